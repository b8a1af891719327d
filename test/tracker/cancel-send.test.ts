import { describe, expect, it, jest } from '@jest/globals';

import { replies } from '../support/scripted-service.ts';
import { draft, flush, MINUTE, pass, SECOND, startTracker } from '../support/tracker-kit.ts';

describe('the signal of a send', () => {
  it('that is already aborted prevents the send: FAILED with its reason', async () => {
    const { tracker, service } = startTracker();
    const delivery = tracker.send(draft, { signal: AbortSignal.abort('changed my mind') });
    await pass(MINUTE);
    expect(delivery.state).toMatchObject({ status: 'FAILED', evidence: 'rejected', error: 'changed my mind' });
    expect(service.calls).toEqual([]);
  });

  it('cancels a message that waits for the budget: FAILED, and it never leaves', async () => {
    const { tracker, service } = startTracker({ rateLimit: { requestsPerSecond: 1, burst: 1 } });
    const abort = new AbortController();
    tracker.send(draft);
    const second = tracker.send(draft, { signal: abort.signal });
    await pass(100);
    abort.abort('changed my mind');
    expect(second.state).toMatchObject({ status: 'FAILED', evidence: 'rejected', error: 'changed my mind' });
    await pass(300);
    expect(service.count('send')).toBe(1);
    tracker.send(draft);
    await pass(2 * SECOND);
    expect(service.count('send')).toBe(2);
  });

  it('aborts the request in flight: UNKNOWN, because it may have arrived', async () => {
    const { tracker, service, story } = startTracker();
    service.answer('send', replies.hangs());
    const abort = new AbortController();
    const delivery = tracker.send(draft, { signal: abort.signal });
    await pass(100);
    abort.abort('changed my mind');
    await flush();
    expect(delivery.state).toMatchObject({ status: 'UNKNOWN', reason: 'indeterminate', error: 'changed my mind' });
    expect(service.calls.map(({ endError }) => endError)).toEqual(['aborted']);
    await pass(20 * MINUTE);
    expect(service.count()).toBe(1);
    expect(story).toEqual([
      'update SENDING no id',
      'update UNKNOWN no id',
      'unknown UNKNOWN no id',
      'settled UNKNOWN no id',
    ]);
  });

  it('between two attempts ends the send by whether one may have arrived', async () => {
    const outcomes = [];
    for (const fault of [replies.throttled('30'), replies.reset()]) {
      const { tracker, service } = startTracker({ retry: { retries: 0 } });
      service.answer('send', fault);
      const abort = new AbortController();
      const delivery = tracker.send(draft, { signal: abort.signal });
      await pass(100);
      abort.abort('changed my mind');
      outcomes.push(delivery.state.status);
    }
    expect(outcomes).toEqual(['FAILED', 'UNKNOWN']);
  });

  it('has no effect after the response, and has no listener any more', async () => {
    const { tracker, service } = startTracker();
    const abort = new AbortController();
    const listeners = countListeners(abort.signal);
    const delivery = tracker.send(draft, { signal: abort.signal });
    await pass(100);
    expect(listeners()).toBe(0);
    abort.abort('too late');
    service.settle('m1', 'SENT');
    await pass(MINUTE);
    expect(delivery.state.status).toBe('SENT');
  });
});

/** How many listeners were added to a signal. */
function countListeners(signal: AbortSignal): () => number {
  const adding = jest.spyOn(signal, 'addEventListener');
  const removing = jest.spyOn(signal, 'removeEventListener');
  return () => adding.mock.calls.length - removing.mock.calls.length;
}
