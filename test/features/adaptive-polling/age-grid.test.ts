import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import {
  ageOf,
  edgeAfter,
  edgeBefore,
  EDGES_PER_10_PERCENT,
  LAST_EDGE,
} from '../../../src/features/adaptive-polling/age-grid.ts';

const hour = 3_600_000;
const age = fc.double({ min: 10, max: 48 * hour, noNaN: true });

describe('age edges', () => {
  it('start at the send and end after 48 hours', () => {
    expect(ageOf(0)).toBe(0);
    expect(ageOf(LAST_EDGE)).toBeGreaterThanOrEqual(48 * hour);
    expect(ageOf(LAST_EDGE - 1)).toBeLessThan(48 * hour);
  });

  it('are a tenth apart after the first few', () => {
    for (let edge = 1; edge < LAST_EDGE - EDGES_PER_10_PERCENT; edge += 1) {
      expect(ageOf(edge + EDGES_PER_10_PERCENT) / ageOf(edge)).toBeCloseTo(1.1, 10);
    }
  });

  it('survive a round trip through their ages', () => {
    for (let edge = 1; edge <= LAST_EDGE; edge += 1) {
      expect([edgeBefore(ageOf(edge)), edgeAfter(ageOf(edge))]).toEqual([edge, edge]);
    }
  });

  it('enclose every age closely', () => {
    fc.assert(
      fc.property(age, (ms) => {
        expect(ageOf(edgeBefore(ms))).toBeLessThanOrEqual(ms * 1.0001);
        expect(ageOf(edgeAfter(ms))).toBeGreaterThanOrEqual(ms * 0.9999);
        expect(edgeAfter(ms) - edgeBefore(ms)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it.each([-1, -Infinity, 0, 1e-300])('%d ms lies in the first cell', (ms) => {
    expect([edgeBefore(ms), edgeAfter(ms)]).toEqual([0, 1]);
  });

  it.each([1e15, Infinity])('%d ms is the end', (ms) => {
    expect([edgeBefore(ms), edgeAfter(ms)]).toEqual([LAST_EDGE, LAST_EDGE]);
  });
});
