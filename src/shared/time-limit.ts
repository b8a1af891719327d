/**
 * A time limit for an operation of the platform. A timer that fires late shows that the machine slept, or was busy: the
 * operation may have ended meanwhile, and its callback has not run yet. So it gets a moment more.
 */
import { monotonicNow } from './time.ts';

/** A timer that fires this much later than it was set for is late, in milliseconds: a hidden tab's is up to a second late. */
const LATE_MS = 2_000;
/** What an operation gets more after a late timer, in milliseconds. */
const GRACE_MS = 1_000;

/** Calls `onPassed` after `ms`, or after a second more where the timer was late. Returns what cancels it. */
export function setTimeLimit(onPassed: () => void, ms: number): () => void {
  const dueAt = monotonicNow() + ms;
  const pass = (): void => {
    if (monotonicNow() - dueAt < LATE_MS) onPassed();
    else timer = setTimeout(onPassed, GRACE_MS);
  };
  let timer = setTimeout(pass, ms);
  return () => clearTimeout(timer);
}
