import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { createWaiter, WaiterState } from '@smithy/util-waiter';
import { utilWaiter } from '../../../bench/schedule/contenders.ts';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => {
  jest.restoreAllMocks();
  jest.useRealTimers();
});

/** The ages, in seconds, at which the package's own `pollDelay` polls, while `random` is its only randomness. */
async function asks(chance: number, count: number): Promise<number[]> {
  jest.spyOn(Math, 'random').mockReturnValue(chance);
  const begun = Date.now();
  const ages: number[] = [];
  const check = (): Promise<{ state: WaiterState }> => {
    ages.push((Date.now() - begun) / 1_000);
    return Promise.resolve({ state: ages.length < count ? WaiterState.RETRY : WaiterState.SUCCESS });
  };
  const waiting = createWaiter({ client: {}, minDelay: 2, maxDelay: 120, maxWaitTime: 100_000 }, {}, check);
  await jest.advanceTimersByTimeAsync(10_000_000);
  await waiting;
  return ages;
}

it.each([0, 0.25, 0.5, 0.999])(
  'the schedule of query-per-message equals the package’s own, at random %d',
  async (chance) => {
    const count = 12;
    const timers = utilWaiter(() => chance);
    const ages: number[] = [];
    for (let looks = 0; looks < count; looks += 1) ages.push(timers(ages.at(-1) ?? 0, looks));
    const asked = await asks(chance, count);
    expect(asked).toHaveLength(count);
    // The clock of timers keeps whole milliseconds.
    asked.forEach((age, i) => expect(Math.abs(age - ages[i]!)).toBeLessThan(0.001 * (i + 1)));
  },
);
