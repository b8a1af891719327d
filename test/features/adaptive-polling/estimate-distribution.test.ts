import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { ageOf, LAST_EDGE, PARTS, STEP } from '../../../src/features/adaptive-polling/age-grid.ts';
import {
  selfConsistency,
  estimateDistribution,
  survival,
  type Distribution,
} from '../../../src/features/adaptive-polling/estimate-distribution.ts';
import type { Interval } from '../../../src/features/adaptive-polling/observations.ts';
import { randomOf } from '../../support/seeds.ts';

/** An end between two edges. */
function between(after: number, by: number): Interval {
  return { after, by, part: by * PARTS };
}

const interval: fc.Arbitrary<Interval> = fc
  .tuple(fc.nat(LAST_EDGE), fc.nat(LAST_EDGE))
  .filter(([one, other]) => one !== other)
  .map(([one, other]) => between(Math.min(one, other), Math.max(one, other)));
const intervals = fc.array(interval, { minLength: 1, maxLength: 200 });

const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);

/** The part pending at `ageMs` according to the estimate. */
function leftAt(ageMs: number, given: readonly Interval[]): number {
  const distribution = estimateDistribution(given);
  return survival(given, distribution).find((_, edge) => ageOf(distribution.first + edge) >= ageMs) ?? 0;
}

describe('the estimated distribution', () => {
  it('accounts for every observation and gives every cell a probability above zero', () => {
    fc.assert(
      fc.property(intervals, (given) => {
        const distribution = estimateDistribution(given);
        expect(sum(selfConsistency(given, distribution))).toBeCloseTo(given.length, 3);
        expect(distribution.counts.every((count) => count > 0 && count < Infinity)).toBe(true);
        expect(distribution.first + distribution.counts.length).toBeLessThanOrEqual(LAST_EDGE);
      }),
      { numRuns: 50 },
    );
  });

  it('is a survival function: it starts at one, never rises and never ends', () => {
    fc.assert(
      fc.property(intervals, (given) => {
        const left = survival(given, estimateDistribution(given));
        expect(left[0]).toBe(1);
        expect(left.every((part, edge) => part > 0 && part <= (left[edge - 1] ?? 1))).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it('uses whole intervals, not their middles: the time lies where all of them overlap', () => {
    const random = randomOf(1);
    const given = Array.from({ length: 100 }, () =>
      between(300 - Math.ceil(random() * 100), 300 + Math.ceil(random() * 100)),
    );
    expect(leftAt(ageOf(285), given)).toBeGreaterThan(0.9);
    expect(leftAt(ageOf(315), given)).toBeLessThan(0.1);
  });

  it('assigns two intervals that share a cell mostly to that cell', () => {
    const distribution: Distribution = { first: 0, counts: Float64Array.of(1, 2, 1) };
    const parts = selfConsistency([between(0, 2), between(1, 3)], distribution);
    expect([...parts]).toEqual([expect.closeTo(1 / 3), expect.closeTo(4 / 3), expect.closeTo(1 / 3)]);
  });

  it('keeps a tail that was never observed', () => {
    const given = Array.from({ length: 200 }, () => between(299, 300));
    const left = leftAt(3 * ageOf(300), given);
    expect(left).toBeGreaterThan(0.0005);
    expect(left).toBeLessThan(0.02);
  });

  it('models two humps', () => {
    const given = Array.from({ length: 200 }, (_, i) => (i % 10 > 0 ? between(270, 280) : between(540, 560)));
    expect(leftAt(ageOf(350), given)).toBeCloseTo(0.1, 1);
    expect(leftAt(ageOf(500), given)).toBeGreaterThan(0.08);
    expect(leftAt(ageOf(620), given)).toBeLessThan(0.02);
  });

  it('assumes no end before the first exact observation, and an earlier end if only polls observe', () => {
    const told = Array.from({ length: 3 }, () => between(399, 400));
    const polled = Array.from({ length: 3 }, () => between(397, 400));
    expect(leftAt(ageOf(370), told)).toBeGreaterThan(0.95);
    expect(leftAt(ageOf(370), polled)).toBeLessThan(leftAt(ageOf(370), told) - 0.1);
  });

  it('smooths a rare second hump by the width of that hump', () => {
    const common = Array.from({ length: 190 }, (_, i) => between(270 + (i % 20), 271 + (i % 20)));
    const rare = Array.from({ length: 10 }, (_, i) => between(650 + 4 * i, 651 + 4 * i));
    const { first, counts } = estimateDistribution([...common, ...rare]);
    const hump = counts.slice(655 - first, 685 - first);
    expect(Math.max(...hump) / Math.min(...hump)).toBeLessThan(3);
  });

  /**
   * The distribution far from the observations, where only the heavy-tailed prior counts: Cauchy's with this spread.
   */
  it.each([
    ['one observation: as wide as the prior', [0], Math.sqrt(0.5) * 0.3],
    ['many observations of the same age: narrower with each', [0, 0, 0, 0, 0, 0, 0, 0, 0], Math.sqrt(0.5 / 9) * 0.3],
    // Their sum of squares is 6 * 10 ** 2 edges; each is known to one edge.
    [
      'six observations on either side of their middle: as wide as their distance',
      [-10, -10, -10, 10, 10, 10],
      Math.sqrt((0.5 * (0.3 ** 2 + 600 * STEP ** 2)) / 6),
    ],
  ])('has tails for %s', (_what, offsets, spread) => {
    const { first, counts } = estimateDistribution(offsets.map((edge) => between(300 + edge, 301 + edge)));
    const density = (edges: number): number => counts[300 + edges - first] ?? Number.NaN;
    const cauchy = (edges: number): number => 1 / (1 + ((edges * STEP) / spread) ** 2);
    for (const [near, far] of [
      [20, 30],
      [-20, -30],
      [-25, 25],
    ] as const) {
      expect(density(near) / density(far)).toBeCloseTo(cauchy(near) / cauchy(far), 6);
    }
  });
});
