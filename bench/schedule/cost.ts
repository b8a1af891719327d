/**
 * The cost of a schedule of polls for a distribution, averaged over the processing time: exact, no message is
 * simulated.
 */
import type { LatencyDistribution } from './distributions.ts';

/** The age of the next poll, in seconds, at a message that was polled `polls` times, the last time at `age`. */
export type Schedule = (age: number, looks: number) => number;

/** Below this share of the messages, the rest does not matter. */
const NOBODY_LEFT = 1e-9;

/** Mean delay (s) + `perRequest` × mean requests. */
export function costOf(timers: Schedule, distribution: LatencyDistribution, perRequest = 1): number {
  let sum = 0;
  let left = 1;
  for (let age = 0, looks = 0; left > NOBODY_LEFT; looks += 1) {
    const next = timers(age, looks);
    // All messages pending at the last poll wait for this one and pay for it.
    sum += left * (next - age + perRequest);
    age = next;
    left = distribution.survival(age);
  }
  return sum - distribution.mean;
}
