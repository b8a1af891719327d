import { describe, expect, it, jest } from '@jest/globals';
import { limiterKit, limit, mostInASecond } from '../support/limiter-kit.ts';
import { pass, useFakeTime, within } from '../support/fake-time.ts';
import { alice, bob } from '../support/delivery-record.ts';
import { randomOf, seeds } from '../support/seeds.ts';

useFakeTime();

async function moments(count: number): Promise<void> {
  for (let i = 0; i < count; i += 1) await Promise.resolve();
}

describe('the budget of a bearer', () => {
  it.each(seeds(12))('never grants more than burst and rate in any second, whatever comes (seed %i)', async (seed) => {
    const random = randomOf(seed);
    const rateLimit = { requestsPerSecond: 1 + random() * 9, burst: 1 + Math.floor(random() * 8), maxConcurrent: 6 };
    const { request, dispatched, peak, limiter } = limiterKit(rateLimit);
    let asked = 0;
    for (let i = 0; i < 40; i += 1) {
      for (let n = Math.floor(random() * 6); n > 0; n -= 1) request(`r${(asked += 1)}`, { ms: random() * 900 });
      await pass(random() < 0.2 ? random() * 4_000 : random() * 200);
    }
    await pass(300_000);
    expect(dispatched).toHaveLength(asked);
    expect(mostInASecond(dispatched)).toBeLessThanOrEqual(Math.ceil(rateLimit.burst + rateLimit.requestsPerSecond));
    expect(peak()).toBeLessThanOrEqual(6);
    limiter.close();
  });

  it('grants the burst at once, then the rate', async () => {
    const { request, dispatched } = limiterKit({ ...limit, maxConcurrent: 100 });
    for (let i = 0; i < 10; i += 1) request(`r${i}`);
    await pass(50);
    expect(dispatched).toHaveLength(5);
    // A burst may be in flight longer than what follows it: the first of these waits 100 ms more.
    await pass(1_100);
    expect(dispatched).toHaveLength(10);
    expect(dispatched.slice(5).map(({ at }) => Math.round(at / 100) * 100)).toEqual([300, 500, 700, 900, 1_100]);
  });

  it('is full again after a rest, and no more than full', async () => {
    const { request, dispatched } = limiterKit({ ...limit, maxConcurrent: 100 });
    await pass(3_600_000);
    for (let i = 0; i < 10; i += 1) request(`r${i}`);
    await pass(50);
    expect(dispatched).toHaveLength(5);
  });

  it('allows no more requests in flight than its maximum', async () => {
    const { request, dispatched, peak } = limiterKit({ ...limit, maxConcurrent: 2 });
    for (let i = 0; i < 5; i += 1) request(`r${i}`, { ms: 1_000 });
    await pass(500);
    expect(dispatched.map(({ who }) => who)).toEqual(['r0', 'r1']);
    await pass(5_000);
    expect([dispatched.length, peak()]).toEqual([5, 2]);
  });

  it('serves sends before reconciles before polls, and keeps the order within each', async () => {
    const { request, dispatched } = limiterKit({ requestsPerSecond: 1, burst: 1, maxConcurrent: 1 });
    request('first');
    await pass(50);
    for (const priority of ['poll', 'reconcile', 'send'] as const) {
      request(`${priority} 1`, { priority });
      request(`${priority} 2`, { priority });
    }
    await pass(10_000);
    expect(dispatched.map(({ who }) => who)).toEqual([
      'first',
      'send 1',
      'send 2',
      'reconcile 1',
      'reconcile 2',
      'poll 1',
      'poll 2',
    ]);
  });

  it('chooses the next caller when there is a permit, not when the permit was requested', async () => {
    const { request, dispatched } = limiterKit({ requestsPerSecond: 1, burst: 1, maxConcurrent: 1 });
    request('first');
    request('poll');
    await pass(900);
    request('send', { priority: 'send' });
    await pass(300);
    expect(dispatched.map(({ who }) => who)).toEqual(['first', 'send']);
  });

  it('is separate for each bearer', async () => {
    const { request, dispatched, limiter } = limiterKit({ requestsPerSecond: 1, burst: 1, maxConcurrent: 1 });
    limiter.onThrottled(alice, undefined);
    request('alice');
    request('bob', { bearer: bob });
    await pass(50);
    expect(dispatched.map(({ who }) => who)).toEqual(['bob']);
  });

  it('does not count the time in which a whole burst waited for a place', async () => {
    const { hold, request, dispatched } = limiterKit();
    const held = [hold(), hold(), hold(), hold()];
    await pass(10);
    for (let i = 0; i < 5; i += 1) request(`waits ${i}`, { ms: 20 });
    await pass(10_000);
    for (const permit of held) (await permit).release();
    await pass(50);
    expect(dispatched).toHaveLength(5);
    for (let i = 0; i < 10; i += 1) request(`comes later ${i}`, { ms: 20 });
    await pass(3_000);
    expect(dispatched).toHaveLength(15);
    expect(mostInASecond(dispatched)).toBeLessThanOrEqual(10);
  });

  it('does not count the time in which a slow timer delayed drawn tokens', async () => {
    const { request, dispatched } = limiterKit({ requestsPerSecond: 2.5, burst: 2.5, maxConcurrent: 4 });
    for (let i = 0; i < 12; i += 1) request(`r${i}`);
    await moments(50);
    // A hidden tab: the wall clock goes on, and immediate work has not run yet.
    jest.setSystemTime(Date.now() + 60_000);
    await pass(3_000);
    expect(mostInASecond(dispatched)).toBeLessThanOrEqual(5);
    expect(dispatched.length).toBeGreaterThan(5);
  });

  it('accepts the return of an unused permit', async () => {
    const { hold, request, dispatched } = limiterKit({ requestsPerSecond: 0.1, burst: 1, maxConcurrent: 1 });
    const held = hold();
    await pass(10);
    (await held).refund();
    request('after the refund');
    await pass(50);
    expect(dispatched).toHaveLength(1);
  });

  it('grants a returned permit to the next caller at once, without waiting for a timer', async () => {
    const { hold, request, dispatched, limiter } = limiterKit({ requestsPerSecond: 0.1, burst: 1, maxConcurrent: 1 });
    const [first] = await Promise.all([hold(), pass(50)]);
    first.refund();
    request('next');
    await moments(50);
    expect(dispatched).toHaveLength(1);
    limiter.close();
  });

  it('grants permits without a timer while there are tokens, and without randomness', async () => {
    jest.spyOn(Math, 'random').mockReturnValue(0.5);
    const { request, dispatched, limiter } = limiterKit();
    for (let i = 0; i < 9; i += 1) request(`r${i}`);
    await moments(100);
    expect(dispatched).toHaveLength(4);
    await pass(3_000);
    expect(dispatched).toHaveLength(9);
    limiter.close();
  });

  it('does not grant a returned permit during a throttle', async () => {
    const { hold, request, dispatched, limiter } = limiterKit();
    const [first] = await Promise.all([hold(), pass(50)]);
    limiter.onThrottled(alice, undefined);
    first.refund();
    request('next');
    await pass(900);
    expect(dispatched).toHaveLength(0);
    await pass(1_000);
    expect(dispatched).toHaveLength(1);
  });

  it('grants nothing to a caller that left while waiting', async () => {
    const { request, dispatched, limiter } = limiterKit({ requestsPerSecond: 1, burst: 1, maxConcurrent: 1 });
    const gone = new AbortController();
    request('first');
    request('gone', { signal: gone.signal });
    request('last');
    await pass(100);
    gone.abort();
    await pass(1_100);
    expect(dispatched.map(({ who }) => who)).toEqual(['first', 'last']);
    await expect(limiter.acquire(alice, 'poll', gone.signal)).rejects.toBe(gone.signal.reason);
  });

  it('keeps working with some hundred bearers that come and go', async () => {
    const { request, dispatched } = limiterKit();
    for (let i = 0; i < 300; i += 1) {
      request(`r${i}`, { bearer: `${alice}-${i}` });
      await pass(100);
    }
    expect(dispatched).toHaveLength(300);
    for (let i = 0; i < 10; i += 1) request('again', { bearer: `${alice}-0` });
    await pass(50);
    expect(dispatched).toHaveLength(300 + 4 + 1);
  });
});

describe('a budget that others have spent', () => {
  it('grants nothing of its savings', async () => {
    const { request, dispatched, limiter } = limiterKit({ ...limit, maxConcurrent: 100 });
    for (let i = 0; i < 5; i += 1) request(`r${i}`);
    limiter.drainTokens();
    await pass(150);
    expect(dispatched).toEqual([]);
    await pass(1_000);
    expect(dispatched).toHaveLength(5);
    limiter.close();
  });

  it('lets no request depart with a permit from before', async () => {
    const { hold, limiter } = limiterKit();
    const [permit] = await Promise.all([hold(), pass(50)]);
    limiter.drainTokens();
    const departed = permit.consume?.();
    expect(departed).toBeInstanceOf(Promise);
    expect(await within(150, departed!)).toBe('still waiting');
    expect(await within(100, departed!)).toBeUndefined();
    limiter.close();
  });

  it.each([
    ['just now is empty, also for a bearer that comes later', 500, 0],
    ['long ago is full again, also for a bearer that comes later', 2_000, 5],
  ])('%s', async (_how, ms, leaves) => {
    const { request, dispatched, limiter } = limiterKit({ ...limit, maxConcurrent: 100 });
    limiter.drainTokens();
    await pass(ms);
    for (let i = 0; i < 10; i += 1) request(`r${i}`);
    await pass(100);
    expect(dispatched).toHaveLength(leaves);
    limiter.close();
  });
});

describe('requests that the SDK made by itself', () => {
  it('are charged afterwards', async () => {
    const { limiter, request, dispatched } = limiterKit();
    limiter.charge(alice, 4);
    for (let i = 0; i < 3; i += 1) request(`r${i}`);
    await pass(50);
    expect(dispatched).toHaveLength(1);
    await pass(400);
    expect(dispatched).toHaveLength(3);
  });

  it('may put the bearer in debt, which is paid before anything else leaves', async () => {
    const { limiter, request, dispatched } = limiterKit();
    limiter.charge(alice, 10);
    request('first');
    await pass(1_150);
    expect(dispatched).toHaveLength(0);
    await pass(100);
    expect(dispatched).toHaveLength(1);
  });

  it('are charged although a 429 comes with them', async () => {
    const { limiter, request, dispatched } = limiterKit();
    limiter.charge(alice, 10);
    limiter.onThrottled(alice, undefined);
    request('first');
    // The reservoir is empty, ten are owed, and after the pause of a second 2.5 a second are added.
    await pass(5_350);
    expect(dispatched).toHaveLength(0);
    await pass(100);
    expect(dispatched).toHaveLength(1);
  });

  it('are owed after a 429 only as far as the savings from before did not cover them', async () => {
    const { limiter, request, dispatched } = limiterKit();
    limiter.charge(alice, 10);
    request('first');
    await pass(100);
    limiter.onThrottled(alice, undefined);
    // Five are owed, and after the pause of a second 2.5 a second are added.
    await pass(3_350);
    expect(dispatched).toHaveLength(0);
    await pass(100);
    expect(dispatched).toHaveLength(1);
  });
});
