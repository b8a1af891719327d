import { describe, expect, it } from '@jest/globals';
import { nextDelay, usualDelay, type BackoffOptions } from '../../src/poll/backoff.ts';
import { deepFreeze } from '../support/delivery-record.ts';
import { randomOf, seeds } from '../support/seeds.ts';

const hour = 3_600_000;
const polling: BackoffOptions = deepFreeze({
  firstDelayMs: 400,
  factor: 2,
  maxDelayMs: 60_000,
  quietMs: 20_000,
  giveUpAfterMs: 48 * hour,
});

/** The shortest and the longest delay that jitter allows. */
function bounds(attempts: number, ageMs: number, pushUp = false): [number, number] {
  const moment = { attempts, ageMs, pushUp };
  return [nextDelay(moment, polling, 0), nextDelay(moment, polling, 1)];
}

describe('without push', () => {
  it.each([
    [0, 400],
    [1, 800],
    [2, 1_600],
    [7, 51_200],
    [8, 60_000],
    [9, 60_000],
    [1_000_000, 60_000],
  ])('poll %i comes after %i ms, or by up to a fifth sooner', (attempts, most) => {
    expect(bounds(attempts, 0)).toEqual([0.8 * most, most]);
  });

  it.each([
    [10_000, 2_782],
    [600_000, 75_000],
    [hour, hour / 8],
    [24 * hour, 3 * hour],
  ])('at the age of %i ms no poll comes sooner than after %i ms', (ageMs, least) => {
    const [shortest, longest] = bounds(8, ageMs);
    expect(shortest).toBeGreaterThanOrEqual(least);
    expect(shortest).toBeLessThan(least + 1);
    expect(longest).toBeGreaterThan(least);
    expect(longest).toBeLessThanOrEqual(Math.max(60_000, 2 * least));
  });

  it.each([
    [8, 2_000, 1_556],
    [8, 8_000, 3_112],
    [1, 8_000, 800],
  ])('poll %i at the age of %i ms waits no longer than the square-root rule allows', (attempts, ageMs, most) => {
    expect(bounds(attempts, ageMs)[1]).toBeLessThanOrEqual(Math.max(most, ageMs / 4) + 1);
  });

  it('jitter is uniform between the bounds', () => {
    const random = randomOf(1);
    const delays = Array.from({ length: 10_000 }, () =>
      nextDelay({ attempts: 3, ageMs: 0, pushUp: false }, polling, random()),
    );
    const mean = delays.reduce((sum, delay) => sum + delay, 0) / delays.length;
    expect(mean).toBeGreaterThan(2_860);
    expect(mean).toBeLessThan(2_900);
  });
});

describe('while push works', () => {
  it.each([
    [0, 0, 20_000],
    [1, 20_000, 40_000],
    [2, 60_000, 60_000],
    [9, 600_000, 60_000],
    [9, hour, hour / 10],
  ])('safety poll %i at the age of %i ms comes after %i ms, hardly later, never sooner', (attempts, ageMs, least) => {
    const [shortest, longest] = bounds(attempts, ageMs, true);
    expect(shortest).toBeGreaterThanOrEqual(least);
    expect(shortest).toBeLessThan(least + 1);
    expect(longest).toBeGreaterThan(least);
    expect(longest).toBeLessThanOrEqual(1.05 * least);
  });
});

/** How many polls a message costs that stays pending until it is given up. */
function looksOf(seed: number, pushUp: boolean, by: BackoffOptions = polling): number {
  const random = randomOf(seed);
  let ageMs = 0;
  let attempts = 0;
  for (; ageMs < by.giveUpAfterMs && attempts < 10_000; attempts += 1)
    ageMs += nextDelay({ attempts, ageMs, pushUp }, by, random());
  return attempts;
}

describe('a message that stays pending for 48 hours', () => {
  const all = (pushUp: boolean): number[] => seeds(200).map((seed) => looksOf(seed, pushUp));
  const mean = (counts: number[]): number => counts.reduce((sum, count) => sum + count, 0) / counts.length;

  it('costs at most seventy polls by the defaults without push', () => {
    const defaults = { ...polling, firstDelayMs: 1_800, factor: 1.2 };
    const counts = seeds(300).map((seed) => looksOf(seed, false, defaults));
    expect(Math.max(...counts)).toBeLessThanOrEqual(70);
  });

  it('costs some sixty polls without push, not thousands', () => {
    const counts = all(false);
    expect(mean(counts)).toBeLessThan(70);
    expect(Math.max(...counts)).toBeLessThan(90);
    // It is polled in old age as well.
    expect(Math.min(...counts)).toBeGreaterThan(30);
  });

  it('costs no more while push seems to work', () => {
    const counts = all(true);
    expect(mean(counts)).toBeLessThan(75);
    expect(Math.min(...counts)).toBeGreaterThan(20);
  });
});

describe('for any options', () => {
  const extremes: Partial<BackoffOptions>[] = [
    { firstDelayMs: 0 },
    { firstDelayMs: 0, factor: 1e6 },
    { quietMs: 0 },
    { quietMs: 0, factor: 1e300 },
    { factor: 1 },
    { factor: 1e300 },
    { maxDelayMs: Number.MIN_VALUE },
    { maxDelayMs: 1e15, quietMs: 1e15 },
  ];
  it.each(extremes)('%p, the delay is a finite number, and not negative', (given) => {
    for (const attempts of [0, 1, 64, 1e9]) {
      for (const ageMs of [0, 1, 48 * hour, 1e13]) {
        for (const random of [0, 0.5, 1 - Number.EPSILON]) {
          for (const pushUp of [true, false]) {
            const delay = nextDelay({ attempts, ageMs, pushUp }, { ...polling, ...given }, random);
            expect({
              tries: attempts,
              ageMs,
              listening: pushUp,
              fine: Number.isFinite(delay) && delay >= 0,
            }).toMatchObject({
              fine: true,
            });
          }
        }
      }
    }
  });
});

describe('the usual delay without push', () => {
  it.each([1_000, 10_000, 60_000, 600_000, 48 * hour])('is about that of the backoff at the age of %i ms', (ageMs) => {
    const random = randomOf(1);
    const delays = Array.from({ length: 1_000 }, () =>
      nextDelay({ attempts: 50, ageMs, pushUp: false }, polling, random()),
    );
    const mean = delays.reduce((sum, delay) => sum + delay, 0) / delays.length;
    expect(usualDelay(ageMs) / mean).toBeGreaterThan(0.9);
    expect(usualDelay(ageMs) / mean).toBeLessThan(1.15);
  });
});
