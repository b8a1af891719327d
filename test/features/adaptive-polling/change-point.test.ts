import { describe, expect, it } from '@jest/globals';
import { PARTS } from '../../../src/features/adaptive-polling/age-grid.ts';
import { sinceChangePoint } from '../../../src/features/adaptive-polling/change-point.ts';
import { estimateDistribution } from '../../../src/features/adaptive-polling/estimate-distribution.ts';
import type { Interval } from '../../../src/features/adaptive-polling/observations.ts';
import { randomOf, seeds } from '../../support/seeds.ts';

/** An end between two edges. */
function between(after: number, by: number): Interval {
  return { after, by, part: by * PARTS };
}

/** Observed exactly, between the edges `from` and `to`. */
function observed(count: number, from: number, to: number, random: () => number): Interval[] {
  return Array.from({ length: count }, () => {
    const by = from + Math.ceil(random() * (to - from));
    return between(by - 1, by);
  });
}

const kept = (intervals: Interval[]): number => sinceChangePoint(intervals, estimateDistribution(intervals));

describe('change-point detection', () => {
  it('detects a change within the latest sixteen observations and keeps half of them, since it often detects early', () => {
    const random = randomOf(1);
    expect(kept([...observed(16, 300, 340, random), ...observed(184, 380, 420, random)])).toBe(8);
  });

  it('detects a change later if nothing was polled meanwhile', () => {
    const random = randomOf(2);
    expect(kept([...observed(100, 300, 340, random), ...observed(100, 330, 370, random)])).toBeLessThanOrEqual(50);
  });

  it('detects a change in observations from polls', () => {
    const latest = Array.from({ length: 40 }, () => between(290, 350));
    const older = Array.from({ length: 160 }, () => between(370, 430));
    expect(kept([...latest, ...older])).toBeLessThanOrEqual(20);
  });

  it('reports no change at the first messages', () => {
    const random = randomOf(3);
    expect(kept([...observed(15, 300, 340, random), ...observed(15, 380, 420, random)])).toBe(30);
  });

  it('rarely reports a change where there is none', () => {
    const wrong = seeds(100).filter((seed) => kept(observed(200, 250, 400, randomOf(seed))) < 200);
    expect(wrong.length).toBeLessThanOrEqual(2);
  });
});
