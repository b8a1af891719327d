import { SendChannelMessageCommand } from '@aws-sdk/client-chime-sdk-messaging';
import { describe, expect, it } from '@jest/globals';

import { ALICE, BOB, CHANNEL, replies, ScriptedService } from '../support/scripted-service.ts';
import { draft, MINUTE, pass, SECOND, startTracker } from '../support/tracker-kit.ts';

const output = (MessageId: string, Value = 'PENDING') => ({
  ChannelArn: CHANNEL,
  MessageId,
  Status: { Value },
  $metadata: { requestId: 'r-1' },
});

describe('track', () => {
  it('accepts the output of a send', async () => {
    const { tracker, service } = startTracker();
    const delivery = tracker.track({ ...output('m1'), SubChannelId: 'sub-1' } as never);
    expect(delivery.id).toBe('m1');
    expect(delivery.state).toMatchObject({
      status: 'PENDING',
      channelArn: CHANNEL,
      messageId: 'm1',
      subChannelId: 'sub-1',
    });
    service.settle('m1', 'SENT');
    await pass(SECOND);
    expect(delivery.state.status).toBe('SENT');
  });

  it('uses the status of an output, and is pending for an unknown one', () => {
    const { tracker } = startTracker();
    expect(tracker.track(output('m1', 'SENT') as never).state).toMatchObject({
      status: 'SENT',
      evidence: 'send-response',
    });
    expect(tracker.track(output('m2', 'SIMMERING') as never).state.status).toBe('PENDING');
  });

  it('returns the same delivery for the same id, also for one that `send` has begun', async () => {
    const { tracker, send, track } = startTracker();
    const sent = send();
    await pass(100);
    expect(track('m1')).toBe(sent);
    expect(tracker.track(output('m1', 'SENT') as never)).toBe(sent);
    // The other options of the app are not lost.
    expect(sent.state).toMatchObject({ status: 'SENT', evidence: 'send-response' });
    expect(track('m2')).toBe(track('m2'));
  });

  it('uses an outcome that came before the call', () => {
    const { track, push, service } = startTracker({ socket: 'up' });
    push.tells('m1', 'FAILED', { Status: { Value: 'FAILED', Detail: 'too long' } });
    expect(track('m1').state).toMatchObject({ status: 'FAILED', evidence: 'websocket', detail: 'too long' });
    expect(service.count()).toBe(0);
  });

  it('forgets early outcomes after a minute, and keeps the latest thousand', async () => {
    const { track, push } = startTracker({ socket: 'up' });
    push.tells('old', 'SENT');
    await pass(61 * SECOND);
    for (let i = 0; i < 1_001; i += 1) push.tells(`m${i}`, 'SENT');
    expect(['old', 'm0', 'm1', 'm1000'].map((id) => track(id).state.status)).toEqual([
      'PENDING',
      'PENDING',
      'SENT',
      'SENT',
    ]);
  });
});

describe('wrap', () => {
  it('passes on arguments, `this`, and the very same result, and tracks that result', async () => {
    const { tracker } = startTracker();
    const result = output('m1');
    const chat = {
      name: 'chat',
      send: tracker.wrap(async function (this: { name: string }, text: string, ...more: number[]) {
        expect([this.name, text, more]).toEqual(['chat', 'hello', [1, 2]]);
        return result;
      }),
    };
    expect(await chat.send('hello', 1, 2)).toBe(result);
    expect(tracker.get('m1')).toMatchObject({ status: 'PENDING', id: 'm1' });
  });

  it('wraps synchronous functions, too', () => {
    const { tracker } = startTracker();
    const result = output('m1', 'SENT');
    expect(tracker.wrap(() => result)()).toBe(result);
    expect(tracker.get('m1')?.status).toBe('SENT');
  });

  it('passes on a rejection or a throw, and tracks nothing', async () => {
    const { tracker, story } = startTracker();
    const error = new Error('no');
    await expect(tracker.wrap(() => Promise.reject(error))()).rejects.toBe(error);
    const throwing = tracker.wrap(() => {
      throw error;
    });
    expect(() => throwing()).toThrow(error);
    expect(story).toEqual([]);
  });

  it('ignores results without a MessageId, and warns once, and those of a redaction', async () => {
    const { tracker, story, logged } = startTracker();
    const results = [undefined, null, 7, 'text', {}, { MessageId: '' }];
    let calls = 0;
    const send = tracker.wrap(async () => results[calls++]);
    for (const result of results) expect(await send()).toBe(result);
    await tracker.wrap(async (input: object) => ({ ...input, ChannelArn: CHANNEL }))({ MessageId: 'm1' });
    expect(story).toEqual([]);
    expect(logged).toEqual([expect.stringMatching(/^warn .*has no MessageId.*pass \{ read \} to wrap\(\)/)]);
  });

  it.each([
    ['an input', (input: object) => input],
    ['a command', (input: object) => new SendChannelMessageCommand(input as never)],
  ])('reads persistence, type, sub-channel and bearer from %s', async (_name, argument) => {
    const { tracker, service } = startTracker();
    const send = tracker.wrap(async (_argument: object, id: string) => ({ ...output(id), SubChannelId: undefined }));
    await send(argument({ ...draft, SubChannelId: 'sub-1', ChimeBearer: BOB }), 'm1');
    await send(argument({ ...draft, Persistence: 'NON_PERSISTENT' }), 'm2');
    await send(argument({ ...draft, Type: 'CONTROL' }), 'm3');
    expect(tracker.get('m1')).toMatchObject({ subChannelId: 'sub-1', chimeBearer: BOB });
    for (const id of ['m1', 'm2', 'm3']) service.settle(id, 'DENIED');
    await pass(15 * SECOND);
    expect(['m1', 'm2', 'm3'].map((id) => tracker.get(id)?.status)).toEqual(['DENIED', 'UNKNOWN', 'UNKNOWN']);
    expect(service.requests().find(({ messageId }) => messageId === 'm1')).toMatchObject({ bearer: BOB });
  });

  it('recognizes an edit by the MessageId in its input', async () => {
    const { tracker, push } = startTracker({ socket: 'up' });
    const edit = tracker.wrap(async (input: { MessageId: string }) => output(input.MessageId));
    await edit({ MessageId: 'm1' });
    const which = { operation: 'update' } as const;
    push.tells('m1', 'SENT');
    expect([tracker.get('m1'), tracker.get('m1', which)?.status]).toEqual([undefined, 'PENDING']);
    push.event('UPDATE_CHANNEL_MESSAGE', { MessageId: 'm1' });
    expect(tracker.get('m1', which)).toMatchObject({ status: 'SENT', evidence: 'websocket', operation: 'update' });
  });

  it('does not turn a send that worked into a failure because its result cannot be tracked', async () => {
    const { tracker, logged } = startTracker();
    const odd = { MessageId: 'has/slash', ChannelArn: CHANNEL };
    expect(await tracker.wrap(async () => odd)()).toBe(odd);
    expect(logged).toEqual([expect.stringContaining('cannot be tracked')]);
  });

  it('uses an event that comes before the result', async () => {
    const { tracker, push } = startTracker({ socket: 'up' });
    const send = tracker.wrap(async () => {
      push.tells('m1', 'DENIED');
      return output('m1');
    });
    await send();
    expect(tracker.get('m1')).toMatchObject({ status: 'DENIED', evidence: 'websocket' });
  });

  it('adopts the app’s own client in one line', async () => {
    const { tracker, service, push } = startTracker({ socket: 'up' });
    service.answer('send', replies.accepted('m1', 'PENDING'));
    const send = tracker.wrap((input: object) => service.client.send(new SendChannelMessageCommand(input as never)));
    void send(draft);
    await pass(100);
    push.tells('m1', 'SENT');
    expect(tracker.get('m1')).toMatchObject({ status: 'SENT', evidence: 'websocket', polls: 0 });
  });

  it('around the `send` of the tracker’s own client tracks nothing twice', async () => {
    const service = new ScriptedService();
    const client = { send: service.client.send.bind(service.client) };
    const { tracker, send, story } = startTracker({ service, client });
    client.send = tracker.wrap(client.send);
    const delivery = send();
    await pass(100);
    service.settle('m1', 'SENT');
    await pass(MINUTE);
    expect(delivery.state.status).toBe('SENT');
    expect(story).toEqual([
      'update SENDING no id',
      'update PENDING m1',
      'update SENT m1',
      'sent SENT m1',
      'settled SENT m1',
    ]);
    // A message that the app itself sends with it is tracked all the same.
    const own = { ...draft, ChimeBearer: ALICE, ClientRequestToken: 'own', ChannelArn: CHANNEL, Content: 'hello' };
    void client.send(new SendChannelMessageCommand(own));
    await pass(100);
    expect(tracker.get('m2')?.status).toBe('PENDING');
  });
});

describe('wrap with read', () => {
  const output = { ChannelArn: CHANNEL, MessageId: 'm1', Status: { Value: 'PENDING' } } as const;
  const sendMessage = async (channelArn: string, _text: string) => ({
    response: { ...output, ChannelArn: channelArn },
  });

  it('tracks a result of another shape, from the result and the arguments', async () => {
    const { tracker, logged } = startTracker();
    const send = tracker.wrap(sendMessage, {
      read: ({ response }, [channelArn, text]) => ({
        ...response,
        context: text,
        input: { ChannelArn: channelArn, Content: text, Type: 'STANDARD', Persistence: 'PERSISTENT' },
      }),
    });
    expect(await send(CHANNEL, 'hello')).toEqual({ response: output });
    expect(tracker.get('m1')).toMatchObject({ status: 'PENDING', context: 'hello', input: { Content: 'hello' } });
    expect(logged).toEqual([]);
  });

  it('whose function throws, or reads no message, changes nothing for the app, and is told once', async () => {
    const { tracker, logged, story } = startTracker();
    const throwing = tracker.wrap(sendMessage, {
      read: () => {
        throw new Error('trap');
      },
    });
    const silent = tracker.wrap(sendMessage, { read: () => undefined });
    for (const send of [throwing, silent, silent]) await send(CHANNEL, 'hello');
    expect(story).toEqual([]);
    expect(logged).toEqual([
      expect.stringContaining('a wrapped send cannot be tracked'),
      expect.stringContaining('has no MessageId'),
    ]);
  });

  it.each([
    ['a read that is no function', { read: 'response' }, 'read'],
    ['another option', { reads: () => undefined }, 'options.reads'],
  ])('is refused with %s', (_what, options, argument) => {
    const { tracker } = startTracker();
    expect(() => tracker.wrap(sendMessage, options as object)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', argument }),
    );
  });
});
