// What a chat needs for "Send again": `retry`, `context`, `expireMs`, `accepted`.
import { describe, expect, it } from '@jest/globals';

import { CHANNEL, replies } from '../support/scripted-service.ts';
import { draft, HOUR, MINUTE, pass, SECOND, startTracker } from '../support/tracker-kit.ts';

describe('retry', () => {
  it.each(['FAILED', 'DENIED'] as const)('sends again what ended %s, with a new token', async (status) => {
    const { tracker, service, push } = startTracker({ socket: 'up' });
    const first = tracker.send(draft, { context: { bubble: 1 } });
    await pass(SECOND);
    push.tells('m1', status);
    const again = tracker.retry(first.id);
    expect(again.id).not.toBe(first.id);
    expect(again.state).toMatchObject({
      status: 'SENDING',
      retryOf: first.id,
      input: draft,
      context: { bubble: 1 },
      operation: 'create',
    });
    await pass(SECOND);
    expect(again.state.messageId).toBe('m2');
    expect(new Set(service.requests('send').map(({ token }) => token)).size).toBe(2);
    expect(first.state.status).toBe(status);
  });

  it('of what the service has refused sends it again', async () => {
    const { tracker, service, send } = startTracker();
    service.answer('send', replies.badRequest(), (call) => service.acceptSend(call));
    const first = send();
    await pass(SECOND);
    expect(first.state).toMatchObject({ status: 'FAILED', evidence: 'rejected' });
    const again = tracker.retry(first.id);
    await pass(SECOND);
    expect(again.state.status).toBe('PENDING');
  });

  it('keeps the token where the first send may have arrived, so that it is not delivered twice', async () => {
    const { tracker, service } = startTracker();
    let answers = false;
    service.answer('send', (call) => {
      const reply = service.acceptSend(call);
      return answers ? reply : replies.reset();
    });
    const abort = new AbortController();
    const first = tracker.send(draft, { signal: abort.signal });
    await pass(SECOND);
    abort.abort(new Error('not now'));
    expect(first.state).toMatchObject({ status: 'UNKNOWN', reason: 'indeterminate' });
    answers = true;
    const again = tracker.retry(first.id);
    await pass(SECOND);
    expect(again.state).toMatchObject({ status: 'PENDING', messageId: 'm1' });
    expect(service.created.size).toBe(1);
    expect(tracker.get('m1')).toBe(again.state);
  });

  it('takes a new token where the service may have forgotten the first', async () => {
    const { tracker, service } = startTracker();
    service.answer('send', replies.reset());
    const first = tracker.send(draft);
    await pass(11 * MINUTE);
    expect(first.state).toMatchObject({ status: 'UNKNOWN', reason: 'indeterminate' });
    service.heal('send');
    const again = tracker.retry(first.id);
    await pass(SECOND);
    const tokens = new Set(service.requests('send').map(({ token }) => token));
    expect([tokens.size, again.state.status]).toEqual([2, 'PENDING']);
  });

  it('of a message that waited long before it left keeps the token', async () => {
    const { tracker, service } = startTracker();
    const abort = new AbortController();
    service.answer('send', {
      error: Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', syscall: 'connect' }),
    });
    const first = tracker.send(draft, { signal: abort.signal });
    await pass(20 * MINUTE);
    service.answer('send', (call) => {
      service.acceptSend(call);
      return replies.reset();
    });
    await pass(MINUTE);
    abort.abort();
    expect(first.state).toMatchObject({ status: 'UNKNOWN' });
    service.heal('send');
    tracker.retry(first.id);
    await pass(SECOND);
    expect(service.created.size).toBe(1);
  });

  it('returns the first retry when the button is pressed twice, and sends again once that has failed', async () => {
    const { tracker, service, push, send } = startTracker({ socket: 'up' });
    const first = send();
    await pass(SECOND);
    push.tells('m1', 'FAILED');
    const second = tracker.retry(first.id);
    expect(tracker.retry(first.id)).toBe(second);
    await pass(SECOND);
    push.tells('m2', 'FAILED');
    const third = tracker.retry(first.id);
    expect([third.state.retryOf, tracker.retry(second.id)]).toEqual([second.id, third]);
    await pass(SECOND);
    push.tells('m3', 'SENT');
    expect(tracker.retry(first.id)).toBe(third);
    expect(service.count('send')).toBe(3);
  });

  it('of an edit edits again', async () => {
    const { tracker, service, push } = startTracker({ socket: 'up' });
    const first = tracker.update({ ChannelArn: draft.ChannelArn, MessageId: 'm9', Content: 'better' });
    await pass(SECOND);
    push.event('FAILED_UPDATE_CHANNEL_MESSAGE', { MessageId: 'm9', Content: 'better', Status: { Value: 'FAILED' } });
    const again = tracker.retry(first.id);
    await pass(SECOND);
    expect(again.state).toMatchObject({ operation: 'update', messageId: 'm9', retryOf: first.id, status: 'PENDING' });
    expect(service.count('update')).toBe(2);
  });

  it('of a wrapped send sends what was found in its argument', async () => {
    const { tracker, service, push } = startTracker({ socket: 'up' });
    const sendMessage = tracker.wrap(async (input: object) => ({
      ...input,
      MessageId: 'm7',
      Status: { Value: 'PENDING' },
    }));
    await sendMessage({ ...draft, ClientRequestToken: 'token-1' });
    push.tells('m7', 'DENIED');
    const again = tracker.retry('m7');
    await pass(SECOND);
    expect(service.requests('send')).toMatchObject([{ input: { ...draft }, token: again.id }]);
    expect(again.id).not.toBe('token-1');
  });

  it.each<[string, (kit: ReturnType<typeof startTracker>) => Promise<string>, string]>([
    ['is not tracked', async () => 'unknown-id', 'INVALID_ARGUMENT'],
    [
      'is pending',
      async ({ send }) => {
        const { id } = send();
        await pass(SECOND);
        return id;
      },
      'INVALID_ARGUMENT',
    ],
    ['was delivered', async ({ track }) => track('m5', { status: 'SENT' }).id, 'INVALID_ARGUMENT'],
    ['was tracked by id alone', async ({ track }) => track('m5', { status: 'DENIED' }).id, 'CONTENT_NOT_KEPT'],
  ])('throws for what %s', async (_what, prepare, code) => {
    const kit = startTracker();
    const id = await prepare(kit);
    expect(() => kit.tracker.retry(id)).toThrow(expect.objectContaining({ code }));
  });
});

describe('the options of one send', () => {
  it('expireMs ends a send that cannot leave, for this one alone', async () => {
    const { tracker, service } = startTracker();
    service.answer('send', {
      error: Object.assign(new Error('connect'), { code: 'ECONNREFUSED', syscall: 'connect' }),
    });
    const typing = tracker.send({ ...draft, Type: 'CONTROL', Persistence: 'NON_PERSISTENT' }, { expireMs: 3 * SECOND });
    const message = tracker.send(draft);
    await pass(4 * SECOND);
    expect(typing.state).toMatchObject({
      status: 'FAILED',
      evidence: 'rejected',
      type: 'CONTROL',
      error: { code: 'SEND_EXPIRED', expireMs: 3 * SECOND },
    });
    await pass(HOUR);
    expect(message.state.status).toBe('SENDING');
  });

  it.each<[string, object, string]>([
    ['expireMs 0', { expireMs: 0 }, 'expireMs'],
    ['expireMs NaN', { expireMs: NaN }, 'expireMs'],
    [
      'a context with a cycle',
      {
        context: Object.assign(
          {},
          {
            get self() {
              return this;
            },
          },
        ),
      },
      'context',
    ],
    ['a context with a BigInt', { context: { n: 1n } }, 'context'],
    ['a misspelt option', { expiresMs: 5 }, 'options.expiresMs'],
  ])('%s is refused', (_what, options, argument) => {
    const { tracker, service } = startTracker();
    expect(() => tracker.send(draft, options)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', argument }));
    expect(service.count()).toBe(0);
  });

  it('context is a copy, deeply frozen', () => {
    const { tracker } = startTracker();
    const context = { tags: ['a'] };
    const { state } = tracker.send(draft, { context });
    context.tags.push('b');
    expect(state.context).toEqual({ tags: ['a'] });
    expect(Object.isFrozen((state.context as typeof context).tags)).toBe(true);
  });
});

describe('accepted', () => {
  it('resolves when the service has it, or with the end that came before', async () => {
    const { tracker, service, send } = startTracker();
    const first = send();
    const second = tracker.track({ channelArn: CHANNEL, messageId: 'm9' });
    service.answer('send', (call) => service.acceptSend(call), replies.badRequest());
    const third = send();
    await pass(SECOND);
    const states = await Promise.all([first, second, third].map(({ accepted }) => accepted));
    expect(states.map(({ status }) => status)).toEqual(['PENDING', 'PENDING', 'FAILED']);
  });

  it('rejects as settled does, and never as an unhandled rejection', async () => {
    const { tracker, service, send } = startTracker();
    service.answer('send', replies.hangs());
    const closed = send();
    const forgotten = send();
    void closed.accepted;
    void forgotten.accepted.then(() => undefined);
    tracker.forget(forgotten.id);
    await tracker.close();
    await expect(closed.accepted).rejects.toMatchObject({ code: 'TRACKER_CLOSED' });
    await expect(forgotten.accepted).rejects.toMatchObject({ code: 'DELIVERY_FORGOTTEN' });
  });
});
