import { describe, expect, it } from '@jest/globals';
import type { Permit } from '../../src/core/ports.ts';
import { budgetKit, mostInASecond } from '../support/budget-kit.ts';
import { pass, timersLeft, useFakeTime } from '../support/fake-time.ts';
import { alice } from '../support/known.ts';
import { roadKit } from '../support/road-kit.ts';
import { ok } from '../support/sdk-errors.ts';
import { randomOf, seeds } from '../support/seeds.ts';

useFakeTime();

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
