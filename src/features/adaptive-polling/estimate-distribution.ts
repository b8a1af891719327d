/**
 * Estimates the distribution of processing times from a channel's observations. An interval tells only that the time lies in it.
 * The estimate is the fixed point of Turnbull's self-consistency (1976): each observation is divided among the cells of its
 * interval in proportion to the estimate. Three rules keep a few observations from counting for too much. The counts are
 * smoothed according to their number and density. A heavy-tailed distribution with the same middle and spread has a small
 * weight. Where messages may have ended, half a message more is at risk; its end is equally likely in each tenth of the age
 * (a Beta-Stacy prior, for the tail).
 */
import { LAST_EDGE, STEP } from './age-grid.ts';
import { isExact, type Interval } from './observations.ts';

export interface Distribution {
  /** The edge before the first cell: cell `i` lies between the edges `first + i` and `first + i + 1`. */
  readonly first: number;
  /** Messages in each cell, expected from the observations and from what is supposed beforehand. */
  readonly counts: Float64Array;
}

/** Cells before the earliest and after the latest observation: a factor of seven. */
const MARGIN = Math.round(2 / STEP);
/** Of self-consistency. More change the plan little, and take as much longer. */
const ITERATIONS = 20;
/**
 * The smoothing goes by the width of the narrowest stretch with this part of the counts, which is one hump's own where there
 * are several, and by the cube root of their number (as Freedman and Diaconis have it for histograms).
 */
const MODE_SHARE = 0.4;
/** Where counts are rarer than there, the smoothing reaches further, at most so many cells: a factor of three. */
const MAX_REACH = Math.round(1 / STEP);
/** How many observations the heavy-tailed law counts for. */
const PRIOR_WEIGHT = 1.5;
/** Its spread beforehand, which counts for one observation: a factor of 1.35. */
const PRIOR_WIDTH = 0.3 / STEP;
/** A Cauchy law is as wide as a normal one, where it matters, at this part of the variance. */
const PRIOR_NARROWING = 0.5;
/** Messages at risk beforehand, where all may have ended. Their hazard is that of a Pareto law with exponent 1. */
const PRIOR_AT_RISK = 0.5;

export function estimateDistribution(intervals: readonly Interval[]): Distribution {
  const latest = Math.max(...intervals.map(({ by }) => by));
  const earliest = Math.min(...intervals.map(({ after, by }) => Math.max(after, by - MARGIN)));
  const first = Math.max(0, earliest - MARGIN);
  let distribution = { first, counts: new Float64Array(Math.min(LAST_EDGE, latest + MARGIN) - first).fill(1) };
  for (let round = 0; round < ITERATIONS; round += 1)
    distribution = {
      first,
      counts: smooth(selfConsistency(intervals, distribution), intervals.length, distribution.counts),
    };
  return distribution;
}

/** The observations, each divided among the cells of its interval in proportion to the estimate. */
export function selfConsistency(
  intervals: readonly Interval[],
  { first, counts }: Distribution,
): Float64Array<ArrayBuffer> {
  const upTo = prefixSums(counts);
  const steps = new Float64Array(upTo.length);
  for (const { after, by } of intervals) {
    const from = Math.max(0, after - first);
    const part = 1 / (upTo[by - first]! - upTo[from]!);
    steps[from]! += part;
    steps[by - first]! -= part;
  }
  const parts = new Float64Array(counts.length);
  let factor = 0;
  for (let cell = 0; cell < parts.length; cell += 1) {
    factor += steps[cell]!;
    // A sum minus its parts need not be exactly zero.
    if (factor > 0) parts[cell] = counts[cell]! * factor;
  }
  return parts;
}

/**
 * Each count spread over its neighbourhood, and a heavy-tailed law (Cauchy's, of log age) of their middle and spread. The
 * neighbourhood goes by the square root of the density there, by the last estimate (as Abramson has it for kernels): a rare
 * second hump is as smooth as the first.
 */
function smooth(counts: Float64Array, size: number, density: Float64Array): Float64Array<ArrayBuffer> {
  const upTo = prefixSums(counts);
  let sum = 0;
  let squares = 0;
  for (let cell = 0; cell < counts.length; cell += 1) {
    sum += counts[cell]! * cell;
    squares += counts[cell]! * cell * cell;
  }
  const middle = sum / size;
  const spread = Math.sqrt((PRIOR_NARROWING * (PRIOR_WIDTH ** 2 + squares - sum * middle)) / size);
  let width = counts.length;
  for (let from = 0, to = 0; to < upTo.length;) {
    if (upTo[to]! - upTo[from]! < MODE_SHARE * size) to += 1;
    else if (to - from < width) width = to - from;
    else from += 1;
  }
  const peak = PRIOR_WEIGHT / (Math.PI * spread);
  const reach = width / Math.cbrt(size);
  const dense = (MODE_SHARE * size) / width;
  const steps = new Float64Array(counts.length + 1);
  for (let cell = 0; cell < counts.length; cell += 1) {
    const own = Math.floor(Math.min(MAX_REACH, reach * Math.sqrt(Math.max(1, dense / density[cell]!))));
    const from = Math.max(0, cell - own);
    const to = Math.min(counts.length, cell + own + 1);
    steps[from]! += counts[cell]! / (to - from);
    steps[to]! -= counts[cell]! / (to - from);
  }
  const softened = new Float64Array(counts.length);
  let around = 0;
  for (let cell = 0; cell < counts.length; cell += 1) {
    around += steps[cell]!;
    // A sum minus its parts need not be exactly zero.
    softened[cell] = Math.max(0, around) + peak / (1 + ((cell - middle) / spread) ** 2);
  }
  return softened;
}

/**
 * The part of the messages that is still pending at each edge of the estimate, the first edge being the send. What is at
 * risk beforehand is what may have ended by then: no message before its end, where that was told exactly.
 */
export function survival(intervals: readonly Interval[], { first, counts }: Distribution): Float64Array {
  const risks = new Float64Array(counts.length);
  for (const interval of intervals) {
    risks[isExact(interval) ? Math.max(0, interval.after - first) : 0]! += PRIOR_AT_RISK / intervals.length;
  }
  const left = new Float64Array(counts.length + 1).fill(1);
  const upTo = prefixSums(counts);
  const all = upTo.at(-1)!;
  let risk = 0;
  for (let cell = 0; cell < counts.length; cell += 1) {
    risk += risks[cell]!;
    left[cell + 1] = left[cell]! * (1 - (counts[cell]! + risk * STEP) / (all + risk - upTo[cell]!));
  }
  return left;
}

/** The mass before each edge. */
export function prefixSums(values: Float64Array): Float64Array {
  const upTo = new Float64Array(values.length + 1);
  for (let i = 0; i < values.length; i += 1) upTo[i + 1] = upTo[i]! + values[i]!;
  return upTo;
}
