// The work for many bearers, counted: none of it grows with idle bearers.

import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { BearerLimiter } from '../../src/http/bearer-limiter.ts';
import { CredentialsBreaker } from '../../src/http/credentials-circuit-breaker.ts';
import { limiterKit } from '../support/limiter-kit.ts';
import { timersLeft } from '../support/fake-time.ts';
import { ALICE, replies } from '../support/scripted-service.ts';
import { MINUTE, pass, SECOND, startTracker } from '../support/tracker-kit.ts';

afterEach(() => {
  jest.restoreAllMocks();
});

/** Calls that iterate over bearers. */
function walks(): () => number {
  const spies = [
    jest.spyOn(BearerLimiter.prototype, 'isIdle'),
    jest.spyOn(CredentialsBreaker.prototype, 'probeNow'),
    jest.spyOn(BearerLimiter.prototype, 'drainTokens'),
  ];
  return () => spies.reduce((sum, { mock }) => sum + mock.calls.length, 0);
}

const bearer = (i: number): string => `${ALICE}-${i}`;

describe('a send as each of many bearers', () => {
  it('costs the same however many there are', () => {
    const { send, service } = startTracker();
    service.answer('send', replies.hangs());
    const count = walks();
    const counts = [500, 1_000].map((size) => {
      const before = count();
      for (let i = 0; i < size; i += 1) send({ ChimeBearer: bearer(i) });
      return count() - before;
    });
    expect(counts.every((each, i) => each <= [500, 1_000][i]!)).toBe(true);
  });

  it('checks suspended bearers alone after a wake signal', async () => {
    const { send, service } = startTracker();
    service.answer('send', (call) =>
      call.bearer === bearer(7) ? replies.expiredToken() : replies.accepted(call.token ?? '', 'SENT'),
    );
    for (let i = 0; i < 50; i += 1) send({ ChimeBearer: bearer(i) });
    await pass(SECOND / 2);
    const hurry = jest.spyOn(CredentialsBreaker.prototype, 'probeNow');
    send({ ChimeBearer: bearer(1) });
    expect(hurry).toHaveBeenCalledTimes(1);
  });
});

describe('the limiters of idle bearers', () => {
  it('are dropped a while later, all but a few, at a linear cost, and without a timer that stays', async () => {
    const { request, dispatched, limiter } = limiterKit();
    const dropped = jest.spyOn(BearerLimiter.prototype, 'close');
    const looked = jest.spyOn(BearerLimiter.prototype, 'isIdle');
    for (let i = 0; i < 1_000; i += 1) request('one', { bearer: bearer(i) });
    await pass(MINUTE);
    expect(dispatched).toHaveLength(1_000);
    expect(dropped.mock.calls.length).toBeGreaterThanOrEqual(1_000 - 16);
    expect(looked.mock.calls.length).toBeLessThanOrEqual(3_000);
    expect(timersLeft()).toBe(0);
    limiter.close();
  });

  it('are as new when they are opened again, and no sooner', async () => {
    const { request, dispatched, limiter } = limiterKit({ requestsPerSecond: 1, burst: 3, maxConcurrent: 4 });
    for (let i = 0; i < 100; i += 1) for (let n = 0; n < 3; n += 1) request(bearer(i), { bearer: bearer(i) });
    await pass(SECOND);
    for (let i = 0; i < 100; i += 1) for (let n = 0; n < 3; n += 1) request(bearer(i), { bearer: bearer(i) });
    await pass(1_500);
    const of = (who: string): number => dispatched.filter((leave) => leave.who === who).length;
    expect([...new Set(Array.from({ length: 100 }, (_, i) => of(bearer(i))))]).toEqual([5]);
    limiter.close();
  });

  it('that are suspended, throttled or in debt stay', async () => {
    const { limiter, breaker, request, dispatched } = limiterKit();
    for (let i = 0; i < 100; i += 1) request('idle', { bearer: bearer(i) });
    breaker.refused(new Error('expired'), bearer(1));
    limiter.onThrottled(bearer(2), 50_000);
    limiter.charge(bearer(3), 200);
    await pass(20 * SECOND);
    const before = dispatched.length;
    for (const i of [1, 2, 3]) request(`late ${i}`, { bearer: bearer(i) });
    await pass(100);
    expect(dispatched.slice(before).map(({ who }) => who)).toEqual(['late 1']);
    limiter.close();
  });
});
