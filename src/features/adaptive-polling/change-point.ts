/**
 * Whether a channel's latest messages follow another law than those before them, so that the older ones mislead: the flow
 * was redeployed. Kolmogorov's and Smirnov's distance, on observations that are divided as one common law would have it.
 */
import { selfConsistency, prefixSums, type Distribution } from './estimate-distribution.ts';
import type { Interval } from './observations.ts';

/** The least that can speak against the rest; then each time so much more. */
const MIN_SAMPLE = 16;
const SAMPLE_GROWTH = 2.5;
/** Chance alone brings two samples of one law so far apart in one of three hundred cases. */
const KS_THRESHOLD = 1.8;

/**
 * How many of the `intervals`, from the latest, follow one law. `distribution` is the estimate from all of them. A
 * change is noticed when about half of those compared are new.
 */
export function sinceChangePoint(intervals: readonly Interval[], distribution: Distribution): number {
  for (let recent = MIN_SAMPLE; 2 * recent <= intervals.length; recent *= SAMPLE_GROWTH) {
    const older = intervals.length - recent;
    const between = distance(
      selfConsistency(intervals.slice(0, recent), distribution),
      selfConsistency(intervals.slice(recent), distribution),
    );
    if (between > KS_THRESHOLD * Math.sqrt(1 / recent + 1 / older)) return recent / 2;
  }
  return intervals.length;
}

/** The largest difference of two cumulative laws, given by their counts. */
function distance(one: Float64Array, other: Float64Array): number {
  const [here, there] = [prefixSums(one), prefixSums(other)];
  return Math.max(...here.map((sum, i) => Math.abs(sum / here.at(-1)! - there[i]! / there.at(-1)!)));
}
