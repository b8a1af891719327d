/** Time as all rooms see it: the bounds of timers, and a clock that nobody sets. */

/** The longest delay that `setTimeout` takes, in milliseconds (2^31-1); above it Node fires at once. */
export const MAX_TIMER_MS = 2_147_483_647;

/** A wall clock that went back by more than this, in milliseconds, was set back: what was planned by it would be late. */
export const CLOCK_SLIP_MS = 1_000;

/**
 * Milliseconds by a clock that nobody sets, from some beginning: small numbers, also 0. It may stand still while the machine
 * sleeps. A platform without one has the wall clock alone.
 */
export function steadyNow(): number {
  const { performance } = globalThis as { performance?: { now?(): number } };
  return performance?.now?.() ?? Date.now();
}
