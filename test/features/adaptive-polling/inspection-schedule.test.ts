import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { optimalInspections } from '../../../src/features/adaptive-polling/inspection-schedule.ts';

interface Case {
  readonly ages: number[];
  readonly left: number[];
  readonly gap: number;
}

/** A grid of at most `size` edges with any ages and any distribution. */
function cases(size: number): fc.Arbitrary<Case> {
  return fc
    .record({
      steps: fc.array(fc.record({ ms: fc.integer({ min: 1, max: 5_000 }), done: fc.integer({ min: 0, max: 9 }) }), {
        minLength: 1,
        maxLength: size,
      }),
      never: fc.integer({ min: 1, max: 9 }),
      gap: fc.integer({ min: 1, max: 3 }),
    })
    .map(({ steps, never, gap }) => {
      const ages = [0];
      const left = [steps.reduce((sum, { done }) => sum + done, never)];
      for (const { ms, done } of steps) {
        ages.push(ages.at(-1)! + ms);
        left.push(left.at(-1)! - done);
      }
      return { ages, left: left.map((count) => count / left[0]!), gap };
    });
}

/** Mean delay and requests (a second each) of polls at these edges, for all messages that are pending at the first. */
function costOf(looks: readonly number[], { ages, left }: Case): number {
  return looks.slice(1).reduce((sum, look, i) => {
    const before = looks[i]!;
    return sum + left[before]! * (ages[look]! - ages[before]! + 1_000);
  }, 0);
}

/** Every schedule from `edge` on that ends at the last edge and keeps the gap wherever there is room for it. */
function allWays(edge: number, last: number, gap: number): number[][] {
  if (edge === last) return [[last]];
  const from = Math.min(last, edge > 0 ? edge + gap : 1);
  const nexts = Array.from({ length: last - from + 1 }, (_, i) => from + i);
  return nexts.flatMap((next) => allWays(next, last, gap).map((way) => [edge, ...way]));
}

function planned(edge: number, next: Uint16Array): number[] {
  const looks = [edge];
  for (let at = edge; at < next.length;) looks.push((at = next[at]!));
  return looks;
}

describe('the inspection schedule', () => {
  it('is the cheapest of all schedules, from every edge', () => {
    fc.assert(
      fc.property(cases(9), (given) => {
        const next = optimalInspections(Float64Array.from(given.ages), Float64Array.from(given.left), () => given.gap);
        const last = given.ages.length - 1;
        for (let edge = 0; edge < last; edge += 1) {
          const least = Math.min(...allWays(edge, last, given.gap).map((way) => costOf(way, given)));
          expect(costOf(planned(edge, next), given)).toBeCloseTo(least, 6);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('never polls later for a younger message, and keeps the minimum gap', () => {
    fc.assert(
      fc.property(cases(60), ({ ages, left, gap }) => {
        const next = optimalInspections(Float64Array.from(ages), Float64Array.from(left), () => gap);
        next.forEach((look, edge) => {
          expect(look).toBeGreaterThanOrEqual(Math.min(ages.length - 1, edge > 0 ? edge + gap : 1));
          expect(look).toBeGreaterThanOrEqual(next[edge - 1] ?? 0);
        });
      }),
    );
  });

  it('keeps the minimum gap of each edge', () => {
    const ages = Float64Array.from({ length: 21 }, (_, edge) => 1_000 * edge ** 2);
    const left = ages.map((_, edge) => 1 / (1 + edge));
    const next = optimalInspections(ages, left, (edge) => (edge < 10 ? 2 : 6));
    expect(next.slice(1, 9).every((look, i) => look >= i + 3 && look < i + 7)).toBe(true);
    expect(next.slice(10, 15)).toEqual(Uint16Array.from([16, 17, 18, 19, 20]));
  });

  it('polls once if the latency is constant', () => {
    const next = optimalInspections(
      Float64Array.of(0, 1_000, 2_000, 3_000, 4_000),
      Float64Array.of(1, 1, 1, 0, 0),
      () => 1,
    );
    expect(next[0]).toBe(3);
  });
});
