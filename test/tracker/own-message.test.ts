// `ownMessage`: whether a message that push has brought is one of ours, before the response to its send says so.
import { describe, expect, it } from '@jest/globals';

import { replies } from '../support/scripted-service.ts';
import { draft, flush, MINUTE, pass, SECOND, startTracker } from '../support/tracker-kit.ts';

/** What a promise has come to. */
function followed<T>(promise: Promise<T>): { now: T | 'waits' } {
  const result: { now: T | 'waits' } = { now: 'waits' };
  void promise.then((value) => (result.now = value));
  return result;
}

describe('ownMessage', () => {
  it('is the delivery at once where the MessageId is known, and undefined at once where nothing is under way', async () => {
    const { tracker, track, send } = startTracker();
    const delivery = track('m5');
    expect(await tracker.ownMessage('m5')).toBe(delivery);
    expect(await tracker.ownMessage('m6')).toBeUndefined();
    send();
    await pass(SECOND);
    expect(await tracker.ownMessage('m6')).toBeUndefined();
  });

  it('waits for the response to a send that may be it, and no longer', async () => {
    const { tracker, service, send } = startTracker();
    service.answer(
      'send',
      (call) => replies.late(5 * SECOND, service.acceptSend(call)),
      (call) => replies.late(8 * SECOND, service.acceptSend(call)),
    );
    const first = send();
    send();
    await pass(SECOND);
    const [own, other] = ['m1', 'm77'].map((id) => followed(tracker.ownMessage(id)));
    await pass(3 * SECOND);
    expect([own?.now, other?.now]).toEqual(['waits', 'waits']);
    await pass(2 * SECOND);
    expect([own?.now, other?.now]).toEqual([first, 'waits']);
    await pass(4 * SECOND);
    expect(other?.now).toBeUndefined();
  });

  it('does not wait for a send that has not left', async () => {
    const { tracker, service } = startTracker();
    service.answer('send', {
      error: Object.assign(new Error('connect'), { code: 'ECONNREFUSED', syscall: 'connect' }),
    });
    tracker.send(draft);
    await pass(10 * SECOND);
    const own = followed(tracker.ownMessage('m1'));
    await flush();
    expect(own.now).toBeUndefined();
  });

  it('waits for a wrapped send, whether it resolves or rejects', async () => {
    const { tracker } = startTracker();
    const later = <T>(ms: number, value: T): Promise<T> =>
      new Promise((resolve) => setTimeout(() => resolve(value), ms));
    const send = tracker.wrap(async (input: object) =>
      later(5 * SECOND, { ...input, MessageId: 'm8', Status: { Value: 'PENDING' } }),
    );
    const fail = tracker.wrap((_input: object) => later(10 * SECOND, 0).then(() => Promise.reject(new Error('no'))));
    void send(draft);
    fail(draft).catch(() => undefined);
    const [own, other] = ['m8', 'm9'].map((id) => followed(tracker.ownMessage(id)));
    await pass(SECOND);
    expect([own?.now, other?.now]).toEqual(['waits', 'waits']);
    await pass(5 * SECOND);
    expect(own?.now).toBe(await tracker.ownMessage('m8'));
    expect(own?.now).toMatchObject({ state: { messageId: 'm8' } });
    await pass(5 * SECOND);
    expect(other?.now).toBeUndefined();
  });

  it('ends when the send that it waits for is forgotten, and when the tracker closes', async () => {
    const { tracker, service, send } = startTracker();
    service.answer('send', replies.hangs());
    const first = send();
    send();
    await pass(SECOND);
    const own = followed(tracker.ownMessage('m1'));
    tracker.forget(first.id);
    await pass(MINUTE);
    expect(own.now).toBe('waits');
    await tracker.close();
    await flush();
    expect(own.now).toBeUndefined();
  });
});
