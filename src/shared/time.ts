/**
 * Time as all layers see it: the bounds of timers, and a monotonic clock. Ages, deadlines, windows and delays are
 * durations and run on that clock; the wall clock is for what is shown and for what outlives the process.
 */

/** The longest delay that `setTimeout` takes, in milliseconds (2^31-1); above it Node fires at once. */
export const MAX_TIMER_MS = 2_147_483_647;

/** What the fallback below has added up so far, and what the wall clock showed last. */
let steppedBackMs = 0;
let lastWall = -Infinity;

/**
 * Milliseconds by a clock that is never set, from an arbitrary beginning: values are small or negative, and only
 * differences mean anything. It may stand still while the machine sleeps. Without `performance` it is the wall clock,
 * corrected for steps backwards.
 */
export function monotonicNow(): number {
  const { performance } = globalThis as { performance?: { now?(): number } };
  if (typeof performance?.now === 'function') return performance.now();
  const wall = Date.now();
  if (wall < lastWall) steppedBackMs += lastWall - wall;
  lastWall = wall;
  return wall + steppedBackMs;
}

/** The wall clock's reading less the monotonic one's. */
export function clockOffset(): number {
  return Date.now() - monotonicNow();
}

/** A moment of the wall clock (milliseconds since the epoch) by the monotonic one. A moment to come counts as now. */
export function monotonicTimeOf(wall: number): number {
  return Math.min(wall, Date.now()) - clockOffset();
}

/** A moment of the monotonic clock by the wall clock, in milliseconds since the epoch. */
export function wallTimeOf(monotonic: number): number {
  return Math.round(monotonic + clockOffset());
}
