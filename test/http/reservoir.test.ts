import { describe, expect, it } from '@jest/globals';
import type { Permit } from '../../src/core/ports/http.ts';
import type { RateLimit } from '../../src/http/adaptive-rate.ts';
import { limiterKit, mostInASecond } from '../support/limiter-kit.ts';
import { pass, timersLeft, useFakeTime, within } from '../support/fake-time.ts';
import { alice } from '../support/delivery-record.ts';
import { httpKit } from '../support/http-kit.ts';
import { ok } from '../support/sdk-errors.ts';
import { randomOf, seeds } from '../support/seeds.ts';

useFakeTime();

/** By how many the departures of any span exceed what a reservoir allows in it. */
function excess(dispatches: readonly number[], { burst, requestsPerSecond }: RateLimit): number {
  const times = dispatches.toSorted((a, b) => a - b);
  const excesses = times.flatMap((from, i) =>
    times.slice(i).map((to, more) => more + 1 - burst - ((to - from) / 1_000) * requestsPerSecond),
  );
  return Math.max(0, ...excesses);
}

/**
 * `count` callers that hold their permits, leave, return permits and retry, with a service that throttles and refuses.
 */
async function failure(
  rateLimit: RateLimit,
  random: () => number,
  count: number,
): Promise<{ dispatches: number[]; peak: number; done: number }> {
  const { limiter, breaker } = limiterKit(rateLimit, random);
  const dispatches: number[] = [];
  let running = 0;
  let peak = 0;
  let done = 0;
  const some = (share: number): boolean => random() < share;
  const rest = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, random() * ms));
  const heldShare = random() * random();
  const beforeDispatch = async (permit: Permit, signal: AbortSignal): Promise<void> => {
    await permit.consume?.(signal);
    dispatches.push(Date.now());
  };
  const use = async (permit: Permit, signal: AbortSignal): Promise<void> => {
    if (some(heldShare)) await rest(5_000);
    if (some(0.1)) return permit.refund();
    try {
      await beforeDispatch(permit, signal);
      if (some(0.1)) await rest(500).then(() => beforeDispatch(permit, signal));
      if (some(0.03)) limiter.onThrottled(alice, undefined);
      if (some(0.03)) limiter.drainTokens();
      if (some(0.03)) limiter.charge(alice, 2);
      if (some(0.02)) {
        breaker.refused(new Error('expired'));
        void rest(2_000).then(() => breaker.answered());
      }
      await rest(800);
    } finally {
      permit.release();
    }
  };
  for (let i = 0; i < count; i += 1) {
    const off = new AbortController();
    if (some(0.1)) void rest(3_000).then(() => off.abort());
    const priority = (['send', 'reconcile', 'poll'] as const)[Math.floor(random() * 3)];
    void limiter
      .acquire(alice, priority ?? 'poll', off.signal)
      .then((permit) => {
        running += 1;
        peak = Math.max(peak, running);
        return use(permit, off.signal).finally(() => (running -= 1));
      })
      .catch(() => undefined)
      .finally(() => (done += 1));
    if (some(0.7)) await pass(random() * (some(0.1) ? 5_000 : 200));
  }
  await pass(600_000);
  limiter.close();
  return { dispatches, peak, done };
}

const rateLimit = { requestsPerSecond: 5, burst: 5, maxConcurrent: 20 };

describe('permits that are used long after they were granted', () => {
  it('let no more leave in a second than burst and rate', async () => {
    const { http, run, requests } = httpKit(() => ok(), { rateLimit });
    const permits: Permit[] = [];
    for (let i = 0; i < 20; i += 1) void http.acquire(alice, 'send').then((permit) => permits.push(permit));
    await pass(10_000);
    expect(permits).toHaveLength(20);
    for (const permit of permits) void run({ permit });
    for (let i = 0; i < 10; i += 1) void run();
    await pass(20_000);
    expect(requests).toHaveLength(30);
    expect(mostInASecond(requests.map((at) => ({ at, who: '' })))).toBeLessThanOrEqual(10);
    http.close();
  });

  it.each(seeds(8))('keep within that however long each was held (seed %i)', async (seed) => {
    const random = randomOf(seed);
    const limit = { requestsPerSecond: 1 + random() * 9, burst: 1 + Math.floor(random() * 8), maxConcurrent: 12 };
    const { limiter } = limiterKit(limit);
    const start = Date.now();
    const left: { at: number; who: string }[] = [];
    for (let i = 0; i < 80; i += 1) {
      const heldMs = random() < 0.5 ? 0 : random() * 5_000;
      void limiter.acquire(alice, 'poll').then(async (permit) => {
        await new Promise((resolve) => setTimeout(resolve, heldMs));
        await permit.consume?.();
        left.push({ at: Date.now() - start, who: String(i) });
        if (random() < 0.05) limiter.onThrottled(alice, undefined);
        setTimeout(() => permit.release(), random() * 500);
      });
      await pass(random() * 400);
    }
    await pass(300_000);
    expect(left).toHaveLength(80);
    expect(mostInASecond(left)).toBeLessThanOrEqual(Math.floor(limit.burst + limit.requestsPerSecond));
    limiter.close();
    expect(timersLeft()).toBe(0);
  });
});

describe('a permit that is used at once', () => {
  it('waits for nothing, and sets no timer', async () => {
    const { limiter, hold } = limiterKit();
    for (let i = 0; i < 40; i += 1) {
      const [permit] = await Promise.all([hold(), pass(250)]);
      const timers = timersLeft();
      expect(permit.consume?.()).toBeUndefined();
      expect(timersLeft()).toBe(timers);
      permit.release();
    }
    limiter.close();
  });
});

describe('a permit that was held for long', () => {
  it('gives its token to the next caller, and its request departs before all that wait', async () => {
    const { hold, request, dispatched, limiter } = limiterKit({ requestsPerSecond: 1, burst: 1, maxConcurrent: 4 });
    const [permit] = await Promise.all([hold(), pass(50)]);
    for (const who of ['second', 'third', 'fourth']) request(who, { priority: 'send' });
    await pass(1_500);
    expect(dispatched.map(({ who }) => who)).toEqual(['second']);
    const departed = permit.consume?.();
    await within(1_500, departed!);
    expect(dispatched.map(({ who }) => who)).toEqual(['second']);
    await pass(2_500);
    expect(dispatched.map(({ who }) => who)).toEqual(['second', 'third', 'fourth']);
    limiter.close();
  });

  it('departs even if no place is free, and nothing else may', async () => {
    const { hold, request, dispatched, limiter } = limiterKit({ requestsPerSecond: 1, burst: 2, maxConcurrent: 2 });
    const [[one, two]] = await Promise.all([Promise.all([hold(), hold()]), pass(50)]);
    request('waits for a place');
    await pass(5_000);
    const departed = Promise.all([one.consume?.(), two.consume?.()]);
    expect(await within(3_000, departed)).toEqual([undefined, undefined]);
    expect(dispatched).toEqual([]);
    two.release();
    await pass(1_500);
    expect(dispatched).toHaveLength(1);
    limiter.close();
  });

  it('costs nothing if it is returned', async () => {
    const { hold, request, dispatched, limiter } = limiterKit({ requestsPerSecond: 0.1, burst: 1, maxConcurrent: 2 });
    const [permit] = await Promise.all([hold(), pass(50)]);
    await pass(15_000);
    permit.refund();
    for (let i = 0; i < 3; i += 1) request(`r${i}`);
    await pass(9_000);
    expect(dispatched).toHaveLength(1);
    limiter.close();
  });
});

describe('requests that were held up together', () => {
  it('depart in the order of arrival, also those whose permits still have their tokens', async () => {
    const { hold, limiter } = limiterKit({ requestsPerSecond: 1, burst: 2, maxConcurrent: 4 });
    const order: string[] = [];
    const [[old, older]] = await Promise.all([Promise.all([hold(), hold()]), pass(50)]);
    await pass(4_000);
    const [young] = await Promise.all([hold(), pass(50)]);
    for (const [who, permit] of Object.entries({ old, older, young })) {
      void Promise.resolve(permit.consume?.()).then(() => order.push(who));
    }
    await pass(100);
    expect(order).toEqual(['old', 'older']);
    await pass(1_200);
    expect(order).toEqual(['old', 'older', 'young']);
    limiter.close();
  });
});

describe('a request that departs a second time with its permit', () => {
  it('is counted again, and waits for its token', async () => {
    const { hold, request, dispatched, limiter } = limiterKit({ requestsPerSecond: 1, burst: 3, maxConcurrent: 4 });
    const [permit] = await Promise.all([hold(), pass(50)]);
    await permit.consume?.();
    await permit.consume?.();
    await permit.consume?.();
    request('next');
    await pass(500);
    expect(dispatched).toEqual([]);
    await pass(1_000);
    expect(dispatched).toHaveLength(1);
    limiter.close();
  });
});

describe('in any span of time', () => {
  it.each(seeds(20))('no more requests depart than burst and rate allow, whatever comes (seed %i)', async (seed) => {
    const random = randomOf(seed);
    const rateLimit = {
      requestsPerSecond: 0.5 + random() * 9,
      burst: 1 + Math.floor(random() * 8),
      maxConcurrent: 1 + Math.floor(random() * 12),
    };
    const { dispatches, peak, done } = await failure(rateLimit, random, 100);
    expect(done).toBe(100);
    expect(peak).toBeLessThanOrEqual(rateLimit.maxConcurrent);
    expect(excess(dispatches, rateLimit)).toBeLessThanOrEqual(0.01);
    expect(timersLeft()).toBe(0);
  });
});

describe('a request that waits to leave', () => {
  it.each(['aborts', 'closes'])('is refused when the app %s, and leaves no timer', async (how) => {
    const { limiter, hold } = limiterKit({ requestsPerSecond: 0.1, burst: 1, maxConcurrent: 4 });
    const [permit] = await Promise.all([hold(), pass(50)]);
    void permit.consume?.();
    const off = new AbortController();
    const wait = permit.consume?.(off.signal);
    let refusal: unknown;
    wait?.catch((error: unknown) => (refusal = error));
    if (how === 'aborts') off.abort();
    else limiter.close();
    await pass(0);
    // (An abort's reason is of the realm of Node, not of the test's.)
    expect((refusal as Error).name).toBe(how === 'aborts' ? 'AbortError' : 'TrackerClosedError');
    limiter.close();
    expect(timersLeft()).toBe(0);
  });
});
