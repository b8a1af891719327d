import { describe, expect, it, jest } from '@jest/globals';
import { limiterKit, limit } from '../support/limiter-kit.ts';
import { pass, timersLeft, useFakeTime } from '../support/fake-time.ts';
import { alice, bob } from '../support/delivery-record.ts';

useFakeTime();

const refused = new Error('expired');

describe('a 429', () => {
  it('stops all requests for a second, then halves the rate', async () => {
    const { limiter, request, dispatched } = limiterKit();
    expect(limiter.onThrottled(alice, undefined)).toEqual({ requestsPerSecond: 2.5, pausedForMs: 1_000 });
    for (let i = 0; i < 6; i += 1) request(`r${i}`);
    await pass(1_350);
    expect(dispatched).toHaveLength(0);
    await pass(2_000);
    expect(dispatched.map(({ at }) => Math.round(at / 100) * 100)).toEqual([1_400, 1_800, 2_200, 2_600, 3_000]);
  });

  it('stops all requests until Retry-After is over', async () => {
    const { limiter, request, dispatched } = limiterKit();
    expect(limiter.onThrottled(alice, 30_000).pausedForMs).toBe(30_000);
    request('first');
    await pass(30_000);
    expect(dispatched).toHaveLength(0);
    await pass(1_000);
    expect(dispatched).toHaveLength(1);
  });

  it('halves the rate, which grows back within half a minute', async () => {
    const { limiter, request, dispatched } = limiterKit({ ...limit, maxConcurrent: 100 });
    limiter.onThrottled(alice, undefined);
    await pass(60_000);
    for (let i = 0; i < 15; i += 1) request(`r${i}`);
    await pass(1_150);
    expect(dispatched).toHaveLength(10);
  });

  it.each([0, 1, 2])(
    'that comes %i ms after a caller requested a permit, and has not left, makes that caller wait as well',
    async (ms) => {
      const { limiter, request, dispatched } = limiterKit();
      for (let i = 0; i < 3; i += 1) request(`r${i}`);
      await pass(ms);
      const before = dispatched.length;
      limiter.onThrottled(alice, undefined);
      await pass(900);
      expect(dispatched).toHaveLength(before);
      await pass(5_000);
      expect(dispatched).toHaveLength(3);
    },
  );
});

describe('a clock that is set back', () => {
  it.each([60_000, 3_600_000])('by %i ms leaves requests as before', async (ms) => {
    const { request, dispatched } = limiterKit();
    request('before');
    await pass(50);
    jest.setSystemTime(Date.now() - ms);
    for (let i = 0; i < 10; i += 1) request(`after ${i}`);
    await pass(3_000);
    expect(dispatched).toHaveLength(11);
  });

  it('after a 429 does not extend the pause to an hour', async () => {
    const { limiter, request, dispatched } = limiterKit();
    limiter.onThrottled(alice, undefined);
    jest.setSystemTime(Date.now() - 3_600_000);
    request('after');
    await pass(65_000);
    expect(dispatched).toHaveLength(1);
  });
});

describe('refused credentials', () => {
  it('let nothing leave but one probe, whichever caller waits, and other bearers go on', async () => {
    const { breaker, request, dispatched } = limiterKit();
    breaker.refused(refused);
    for (let i = 0; i < 3; i += 1) request('alice', { ms: 10_000 });
    request('bob', { bearer: bob });
    await pass(900);
    expect(dispatched.map(({ who }) => who)).toEqual(['bob']);
    await pass(5_000);
    expect(dispatched.map(({ who }) => who)).toEqual(['bob', 'alice']);
  });

  it.each([0, 1, 2])('delay a caller that requested its permit %i ms before and has not left as well', async (ms) => {
    const { breaker, request, dispatched } = limiterKit();
    for (let i = 0; i < 4; i += 1) request(`r${i}`, { ms: 10_000 });
    await pass(ms);
    const before = dispatched.length;
    breaker.refused(refused);
    await pass(900);
    expect(dispatched).toHaveLength(before);
  });

  it('release all waiting requests as soon as they work again', async () => {
    const { breaker, request, dispatched } = limiterKit();
    breaker.refused(refused);
    for (let i = 0; i < 4; i += 1) request(`r${i}`);
    await pass(100);
    breaker.answered();
    await pass(50);
    expect(dispatched).toHaveLength(4);
  });
});

describe('a closed limiter', () => {
  it('grants no permit and leaves no timer, in any state', async () => {
    const { limiter, request, dispatched, hold } = limiterKit();
    const [held] = await Promise.all([hold(), pass(50)]);
    for (let i = 0; i < 20; i += 1) request(`r${i}`);
    await pass(100);
    const before = dispatched.length;
    limiter.close();
    held.release();
    await pass(0);
    expect(timersLeft()).toBe(0);
    await pass(60_000);
    expect(dispatched).toHaveLength(before);
  });

  it.each([0, 1, 2, 3])('leaves no timer %i moments after a permit was requested', async (moments) => {
    const { limiter, request, breaker } = limiterKit({ requestsPerSecond: 1, burst: 1, maxConcurrent: 4 });
    request('first');
    await pass(50);
    request('second');
    for (let i = 0; i < moments; i += 1) await Promise.resolve();
    limiter.close();
    breaker.close();
    for (let i = 0; i < 20; i += 1) await pass(0);
    expect(timersLeft()).toBe(0);
  });
});

describe('saved permits', () => {
  it.each([1, 4])('are lost once by 429s that come together: %i of them', async (times) => {
    const { limiter, request, dispatched } = limiterKit({ ...limit, burst: 10 });
    for (let i = 0; i < 4; i += 1) request(`r${i}`);
    await pass(50);
    for (let i = 0; i < times; i += 1) limiter.onThrottled(alice, undefined);
    request('next');
    await pass(30_000);
    expect(dispatched.find(({ who }) => who === 'next')?.at).toBeLessThan(2_000);
  });
});
