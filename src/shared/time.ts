/**
 * The monotonic clock, and the longest timer. Ages, deadlines, windows and delays run on the monotonic clock; the wall clock is
 * for times that are shown, and for times that are persisted.
 */

/** The longest delay that `setTimeout` takes, in milliseconds (2^31-1); above it Node fires at once. */
export const MAX_TIMER_MS = 2_147_483_647;

/** For a platform without `performance`: the sum of the wall clock's steps backwards, and its last reading. */
let steppedBackMs = 0;
let lastWall = -Infinity;

/**
 * Milliseconds of a clock that is never set, from an arbitrary origin: values may be negative, and only differences have a
 * meaning. The clock may stop while the machine sleeps. Without `performance` it is the wall clock, corrected for steps
 * backwards.
 */
export function monotonicNow(): number {
  const { performance } = globalThis as { performance?: { now?(): number } };
  if (typeof performance?.now === 'function') return performance.now();
  const wall = Date.now();
  if (wall < lastWall) steppedBackMs += lastWall - wall;
  lastWall = wall;
  return wall + steppedBackMs;
}

/** The wall clock minus the monotonic clock, in milliseconds. */
export function clockOffset(): number {
  return Date.now() - monotonicNow();
}

/** Converts a time of the wall clock (milliseconds since the epoch) to the monotonic one. A future time counts as now. */
export function monotonicTimeOf(wall: number): number {
  return Math.min(wall, Date.now()) - clockOffset();
}

/** Converts a time of the monotonic clock to the wall clock, in milliseconds since the epoch. */
export function wallTimeOf(monotonic: number): number {
  return Math.round(monotonic + clockOffset());
}
