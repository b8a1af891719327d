// What a fleet takes for a push event.
import { describe, expect, it } from '@jest/globals';

import { parsePushed } from '../../src/fleet/pushed-event.ts';
import { ALICE, CHANNEL } from '../support/scripted-service.ts';

const body = { MessageId: 'm1', ChannelArn: CHANNEL, Sender: { Arn: ALICE } };
const parsed = { bearer: ALICE, type: 'DENIED_CREATE_CHANNEL_MESSAGE', payload: JSON.stringify(body) };
const { type } = parsed;

describe('a pushed event', () => {
  it.each([
    ['a message of a session', { type, payload: JSON.stringify(body) }],
    ['a message on the wire', { Headers: { 'x-amz-chime-event-type': type }, Payload: JSON.stringify(body) }],
    ['a record of a stream', { EventType: type, Payload: body }],
  ])('is read from %s', (_name, event) => {
    expect(parsePushed(event, undefined)).toEqual(parsed);
  });

  it('gets the user of the websocket where it names no sender', () => {
    const { Sender: _sender, ...rest } = body;
    expect(parsePushed({ type, payload: JSON.stringify(rest) }, ALICE)).toEqual(parsed);
    expect(() => parsePushed({ type, payload: JSON.stringify(rest) }, undefined)).toThrow('`chimeBearer`');
  });

  it('concerns all bearers where a channel was deleted', () => {
    expect(
      parsePushed({ type: 'DELETE_CHANNEL', payload: JSON.stringify({ ChannelArn: CHANNEL }) }, undefined),
    ).toMatchObject({
      bearer: undefined,
    });
  });

  it.each(['PENDING_CREATE_CHANNEL_MESSAGE', 'UPDATE_CHANNEL', 'CHANNEL_DETAILS'])(
    'is ignored where it is %s',
    (other) => {
      expect(parsePushed({ type: other, payload: '{}' }, undefined)).toBeUndefined();
    },
  );

  it('has to be readable', () => {
    expect(() => parsePushed({ type, payload: 'no JSON' }, undefined)).toThrow('`event.payload`');
    expect(() => parsePushed({} as never, undefined)).toThrow('`event.type`');
  });
});
