import { describe, expect, it } from '@jest/globals';
import {
  missingMeansDenied,
  parseSendInput,
  type SendCommandInput,
  type SendInput,
} from '../../src/send/send-input.ts';
import { alice, bob, channel, deepFreeze } from '../support/delivery-record.ts';

const input: SendInput = {
  ChannelArn: channel,
  Content: 'hello',
  Type: 'STANDARD',
  Persistence: 'PERSISTENT',
};

describe('an outgoing message', () => {
  it('is the input of the app, with its bearer and a generated token', () => {
    const outgoing = parseSendInput(deepFreeze({ ...input, Metadata: 'meta', SubChannelId: 's1' }), alice);
    expect(outgoing).toEqual({
      ...input,
      Metadata: 'meta',
      SubChannelId: 's1',
      ChimeBearer: alice,
      ClientRequestToken: expect.stringMatching(/^[-_a-zA-Z0-9]{2,64}$/),
    });
  });

  it('gets a unique token', () => {
    const tokens = Array.from({ length: 100 }, () => parseSendInput(input, alice).ClientRequestToken);
    expect(new Set(tokens).size).toBe(100);
  });

  it('keeps the app’s own bearer and token', () => {
    const own = { ChimeBearer: bob, ClientRequestToken: 'my-token' };
    expect(parseSendInput({ ...input, ...own }, alice)).toMatchObject(own);
  });

  it('is not changed by later changes of the app’s object', () => {
    const given = {
      ...input,
      PushNotification: { Title: 'before' },
      MessageAttributes: { a: { StringValues: ['before'] } },
    };
    const outgoing = parseSendInput(given, alice);
    given.Content = 'after';
    given.PushNotification.Title = 'after';
    given.MessageAttributes.a.StringValues.push('after');
    expect(outgoing).toMatchObject({
      Content: 'hello',
      PushNotification: { Title: 'before' },
      MessageAttributes: { a: { StringValues: ['before'] } },
    });
  });

  it.each<[string, unknown]>([
    ['input', undefined],
    ['input', 'hello'],
    ['input', []],
    ['input.Content', { ...input, Content: '' }],
    ['input.Content', { ...input, Content: undefined }],
    ['input.Type', { ...input, Type: 'standard' }],
    ['input.Persistence', { ...input, Persistence: 'FOREVER' }],
    ['input.SubChannelId', { ...input, SubChannelId: '' }],
    ['input.ClientRequestToken', { ...input, ClientRequestToken: 'x' }],
    ['input.ClientRequestToken', { ...input, ClientRequestToken: 'x'.repeat(65) }],
    ['input.ClientRequestToken', { ...input, ClientRequestToken: 'a b' }],
    ['input.ClientRequestToken', { ...input, ClientRequestToken: 7 }],
    ['input.ChannelArn', { ...input, ChannelArn: undefined }],
    ['input.ChannelArn', { ...input, ChannelArn: 'general' }],
    ['input.ChimeBearer', { ...input, ChimeBearer: 'alice' }],
  ])('is rejected for %s: %p', (argument, given) => {
    const read = (): unknown => parseSendInput(given as SendInput, alice);
    expect(read).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', argument }));
  });
});

describe('a missing status', () => {
  it.each([
    ['STANDARD', 'PERSISTENT', true],
    ['STANDARD', 'NON_PERSISTENT', false],
    ['CONTROL', 'PERSISTENT', false],
    ['CONTROL', 'NON_PERSISTENT', false],
    [undefined, 'PERSISTENT', false],
    ['STANDARD', undefined, false],
  ])('of %p %p can mean DENIED: %p', (Type, Persistence, expected) => {
    expect(missingMeansDenied({ ...input, Type, Persistence } as unknown as SendCommandInput)).toBe(expected);
  });
});
