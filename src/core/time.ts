/** Bounds on time that hold wherever a timer is set. */

/** The longest delay that `setTimeout` takes, in milliseconds (2^31-1); above it Node fires at once. */
export const MAX_TIMER_MS = 2_147_483_647;

/** A wall clock that went back by more than this, in milliseconds, was set back: what was planned by it would be late. */
export const CLOCK_SLIP_MS = 1_000;
