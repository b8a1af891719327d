import { describe, expect, it } from '@jest/globals';
import type { Permit } from '../../src/core/ports.ts';
import type { RateLimit } from '../../src/request/pace.ts';
import { budgetKit, mostInASecond } from '../support/budget-kit.ts';
import { pass, timersLeft, useFakeTime, within } from '../support/fake-time.ts';
import { alice } from '../support/known.ts';
import { roadKit } from '../support/road-kit.ts';
import { ok } from '../support/sdk-errors.ts';
import { randomOf, seeds } from '../support/seeds.ts';

useFakeTime();

/** By how many the departures of any stretch exceed what a reservoir lets out in it. */
function excess(departures: readonly number[], { burst, requestsPerSecond }: RateLimit): number {
  const times = departures.toSorted((a, b) => a - b);
  const excesses = times.flatMap((from, i) =>
    times.slice(i).map((to, more) => more + 1 - burst - ((to - from) / 1_000) * requestsPerSecond),
  );
  return Math.max(0, ...excesses);
}

/** `count` callers who hold their permits, go away, give back and retry, and a service that throttles and refuses. */
async function trouble(
  rateLimit: RateLimit,
  random: () => number,
  count: number,
): Promise<{ departures: number[]; peak: number; done: number }> {
  const { budget, suspension } = budgetKit(rateLimit, random);
  const departures: number[] = [];
  let running = 0;
  let peak = 0;
  let done = 0;
  const some = (share: number): boolean => random() < share;
  const rest = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, random() * ms));
  const heldShare = random() * random();
  const depart = async (permit: Permit, signal: AbortSignal): Promise<void> => {
    await permit.depart?.(signal);
    departures.push(Date.now());
  };
  const use = async (permit: Permit, signal: AbortSignal): Promise<void> => {
    if (some(heldShare)) await rest(5_000);
    if (some(0.1)) return permit.refund();
    try {
      await depart(permit, signal);
      if (some(0.1)) await rest(500).then(() => depart(permit, signal));
      if (some(0.03)) budget.throttle(alice, undefined);
      if (some(0.03)) budget.empty();
      if (some(0.03)) budget.charge(alice, 2);
      if (some(0.02)) {
        suspension.refused(new Error('expired'));
        void rest(2_000).then(() => suspension.answered());
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
    void budget
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
  budget.close();
  return { departures, peak, done };
}

const rateLimit = { requestsPerSecond: 5, burst: 5, maxConcurrent: 20 };

describe('permits that are used long after they were given', () => {
  it('let no more leave in a second than burst and rate', async () => {
    const { road, run, requests } = roadKit(() => ok(), { rateLimit });
    const permits: Permit[] = [];
    for (let i = 0; i < 20; i += 1) void road.acquire(alice, 'send').then((permit) => permits.push(permit));
    await pass(10_000);
    expect(permits).toHaveLength(20);
    for (const permit of permits) void run({ permit });
    for (let i = 0; i < 10; i += 1) void run();
    await pass(20_000);
    expect(requests).toHaveLength(30);
    expect(mostInASecond(requests.map((at) => ({ at, who: '' })))).toBeLessThanOrEqual(10);
    road.close();
  });

  it.each(seeds(8))('do so however long each was held (seed %i)', async (seed) => {
    const random = randomOf(seed);
    const limit = { requestsPerSecond: 1 + random() * 9, burst: 1 + Math.floor(random() * 8), maxConcurrent: 12 };
    const { budget } = budgetKit(limit);
    const start = Date.now();
    const left: { at: number; who: string }[] = [];
    for (let i = 0; i < 80; i += 1) {
      const heldMs = random() < 0.5 ? 0 : random() * 5_000;
      void budget.acquire(alice, 'poll').then(async (permit) => {
        await new Promise((resolve) => setTimeout(resolve, heldMs));
        await permit.depart?.();
        left.push({ at: Date.now() - start, who: String(i) });
        if (random() < 0.05) budget.throttle(alice, undefined);
        setTimeout(() => permit.release(), random() * 500);
      });
      await pass(random() * 400);
    }
    await pass(300_000);
    expect(left).toHaveLength(80);
    expect(mostInASecond(left)).toBeLessThanOrEqual(Math.floor(limit.burst + limit.requestsPerSecond));
    budget.close();
    expect(timersLeft()).toBe(0);
  });
});

describe('a permit that is used at once', () => {
  it('waits for nothing, and sets no timer', async () => {
    const { budget, hold } = budgetKit();
    for (let i = 0; i < 40; i += 1) {
      const [permit] = await Promise.all([hold(), pass(250)]);
      const timers = timersLeft();
      expect(permit.depart?.()).toBeUndefined();
      expect(timersLeft()).toBe(timers);
      permit.release();
    }
    budget.close();
  });
});

describe('a permit that was held for long', () => {
  it('gives its token to the next, and its request departs before all that wait', async () => {
    const { hold, request, left, budget } = budgetKit({ requestsPerSecond: 1, burst: 1, maxConcurrent: 4 });
    const [permit] = await Promise.all([hold(), pass(50)]);
    for (const who of ['second', 'third', 'fourth']) request(who, { priority: 'send' });
    await pass(1_500);
    expect(left.map(({ who }) => who)).toEqual(['second']);
    const departed = permit.depart?.();
    await within(1_500, departed!);
    expect(left.map(({ who }) => who)).toEqual(['second']);
    await pass(2_500);
    expect(left.map(({ who }) => who)).toEqual(['second', 'third', 'fourth']);
    budget.close();
  });

  it('departs although no place is free, and nothing else may', async () => {
    const { hold, request, left, budget } = budgetKit({ requestsPerSecond: 1, burst: 2, maxConcurrent: 2 });
    const [[one, two]] = await Promise.all([Promise.all([hold(), hold()]), pass(50)]);
    request('waits for a place');
    await pass(5_000);
    const departed = Promise.all([one.depart?.(), two.depart?.()]);
    expect(await within(3_000, departed)).toEqual([undefined, undefined]);
    expect(left).toEqual([]);
    two.release();
    await pass(1_500);
    expect(left).toHaveLength(1);
    budget.close();
  });

  it('costs nothing where it is given back', async () => {
    const { hold, request, left, budget } = budgetKit({ requestsPerSecond: 0.1, burst: 1, maxConcurrent: 2 });
    const [permit] = await Promise.all([hold(), pass(50)]);
    await pass(15_000);
    permit.refund();
    for (let i = 0; i < 3; i += 1) request(`r${i}`);
    await pass(9_000);
    expect(left).toHaveLength(1);
    budget.close();
  });
});

describe('requests that were held up together', () => {
  it('depart in the order in which they come, also those whose permits still have their tokens', async () => {
    const { hold, budget } = budgetKit({ requestsPerSecond: 1, burst: 2, maxConcurrent: 4 });
    const order: string[] = [];
    const [[old, older]] = await Promise.all([Promise.all([hold(), hold()]), pass(50)]);
    await pass(4_000);
    const [young] = await Promise.all([hold(), pass(50)]);
    for (const [who, permit] of Object.entries({ old, older, young })) {
      void Promise.resolve(permit.depart?.()).then(() => order.push(who));
    }
    await pass(100);
    expect(order).toEqual(['old', 'older']);
    await pass(1_200);
    expect(order).toEqual(['old', 'older', 'young']);
    budget.close();
  });
});

describe('a request that departs a second time with its permit', () => {
  it('is counted again, and waits for its token', async () => {
    const { hold, request, left, budget } = budgetKit({ requestsPerSecond: 1, burst: 3, maxConcurrent: 4 });
    const [permit] = await Promise.all([hold(), pass(50)]);
    await permit.depart?.();
    await permit.depart?.();
    await permit.depart?.();
    request('next');
    await pass(500);
    expect(left).toEqual([]);
    await pass(1_000);
    expect(left).toHaveLength(1);
    budget.close();
  });
});

describe('in no stretch of time', () => {
  it.each(seeds(20))('do more depart than burst and rate allow, whatever comes (seed %i)', async (seed) => {
    const random = randomOf(seed);
    const rateLimit = {
      requestsPerSecond: 0.5 + random() * 9,
      burst: 1 + Math.floor(random() * 8),
      maxConcurrent: 1 + Math.floor(random() * 12),
    };
    const { departures, peak, done } = await trouble(rateLimit, random, 100);
    expect(done).toBe(100);
    expect(peak).toBeLessThanOrEqual(rateLimit.maxConcurrent);
    expect(excess(departures, rateLimit)).toBeLessThanOrEqual(0.01);
    expect(timersLeft()).toBe(0);
  });
});

describe('one that waits to leave', () => {
  it.each(['aborts', 'closes'])('is refused where somebody %s, and leaves no timer', async (how) => {
    const { budget, hold } = budgetKit({ requestsPerSecond: 0.1, burst: 1, maxConcurrent: 4 });
    const [permit] = await Promise.all([hold(), pass(50)]);
    void permit.depart?.();
    const off = new AbortController();
    const wait = permit.depart?.(off.signal);
    let refusal: unknown;
    wait?.catch((error: unknown) => (refusal = error));
    if (how === 'aborts') off.abort();
    else budget.close();
    await pass(0);
    // (An abort's reason is of the realm of Node, not of the test's.)
    expect((refusal as Error).name).toBe(how === 'aborts' ? 'AbortError' : 'TrackerClosedError');
    budget.close();
    expect(timersLeft()).toBe(0);
  });
});
