import { describe, expect, it } from '@jest/globals';
import { readTrackable, type Trackable } from '../../src/send/tracked-message.ts';
import { alice, bob, channel, deepFreeze } from '../support/known.ts';

const plain = { channelArn: channel, messageId: 'm1' };
const output = { ChannelArn: channel, MessageId: 'm1', $metadata: {} };
const read = (message: unknown): ReturnType<typeof readTrackable> =>
  readTrackable(deepFreeze(message) as Trackable, alice);

const order = {
  channelArn: channel,
  messageId: 'm1',
  subChannelId: undefined,
  chimeBearer: alice,
  provable: true,
  update: false,
  status: undefined,
  detail: undefined,
};

describe('a tracked message', () => {
  it.each<[string, unknown, object]>([
    ['a plain message', plain, {}],
    ['a plain message of another bearer', { ...plain, chimeBearer: bob }, { chimeBearer: bob }],
    ['in a sub-channel', { ...plain, subChannelId: 's1' }, { subChannelId: 's1' }],
    ['whose status is known', { ...plain, status: 'SENT' }, { status: 'SENT' }],
    ['that is not persistent', { ...plain, persistence: 'NON_PERSISTENT' }, { provable: false }],
    ['that passes no flow', { ...plain, type: 'CONTROL' }, { provable: false }],
    ['that is an edit', { ...plain, operation: 'update' }, { provable: false, update: true }],
    ['with everything left open', { ...plain, persistence: undefined, type: undefined, status: undefined }, {}],
    ['an output', output, {}],
    ['an output in a sub-channel', { ...output, SubChannelId: 's1' }, { subChannelId: 's1' }],
    [
      'an output with a status',
      { ...output, Status: { Value: 'DENIED', Detail: 'rude' } },
      { status: 'DENIED', detail: 'rude' },
    ],
    ['an output with a later word', { ...output, Status: { Value: 'ARCHIVED' } }, {}],
    ['an output with an empty status', { ...output, Status: {} }, {}],
    ['an output with null for what is absent', { ...output, Status: null, SubChannelId: null }, {}],
  ])('is read from %s', (_name, message, more) => {
    expect(read(message)).toEqual({ ...order, ...more });
  });

  it.each([
    [{ persistence: 'NON_PERSISTENT' }, { provable: false }],
    [{ type: 'CONTROL' }, { provable: false }],
    [{ operation: 'update' }, { provable: false, update: true }],
    [{ chimeBearer: bob }, { chimeBearer: bob }],
  ])('is read from an output and what the app adds to it: %p', (added, more) => {
    expect(read({ ...output, ...added })).toEqual({ ...order, ...more });
  });

  it.each<[string, unknown]>([
    ['message', undefined],
    ['message', null],
    ['message', 'm1'],
    ['message', [output]],
    ['channelArn', {}],
    ['channelArn', { messageId: 'm1' }],
    ['channelArn', { ...plain, channelArn: 'general' }],
    ['messageId', { channelArn: channel }],
    ['messageId', { ...plain, messageId: '' }],
    ['messageId', { ...output, MessageId: '' }],
    ['messageId', { ...output, MessageId: undefined }],
    ['messageId', { ...plain, messageId: 'a/b' }],
    ['messageId', { ...plain, messageId: 'x'.repeat(129) }],
    ['subChannelId', { ...plain, subChannelId: '' }],
    ['chimeBearer', { ...plain, chimeBearer: 'alice' }],
    ['persistence', { ...plain, persistence: 'FOREVER' }],
    ['type', { ...plain, type: 'standard' }],
    ['operation', { ...plain, operation: 'redact' }],
    ['status', { ...plain, status: 'UNKNOWN' }],
    ['status', { ...plain, status: 'sent' }],
  ])('is refused at the door for its %s: %p', (argument, message) => {
    expect(() => read(message)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', argument }));
  });
});
