/**
 * Limits how many plans are made at once. A plan takes about a millisecond: after a drop, the plans of hundreds of channels
 * would block the page. A refused plan is made when the channel needs it again.
 */

/** Plans in each period. */
const PLANS = 2;
const PERIOD_MS = 50;

export class PlanningAllowance {
  #begunAt = -Infinity;
  #used = 0;

  /** Whether one more plan may be made at `now`, by the monotonic clock. */
  take(now: number): boolean {
    if (now - this.#begunAt >= PERIOD_MS) {
      this.#begunAt = now;
      this.#used = 0;
    }
    this.#used += 1;
    return this.#used <= PLANS;
  }
}
