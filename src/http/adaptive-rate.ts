/**
 * The request rate of one bearer: additive increase, multiplicative decrease on 429, and how many requests the elapsed
 * time refills. Pure: a rate is a value, and each function takes the time of the monotonic clock. Bottleneck counts the
 * requests (`reservoir.ts`).
 */

import { MAX_RETRY_AFTER_MS } from './classify-error.ts';

/** The service's limits for one bearer. */
export interface RateLimit {
  /** Requests per second, each HTTP attempt counted. */
  readonly requestsPerSecond: number;
  /** Requests that may go out at once after an idle time. */
  readonly burst: number;
  /** Requests in flight at the same time. */
  readonly maxConcurrent: number;
}

export interface RateState {
  /** Requests per second, as of `throttledAt`. */
  readonly rate: number;
  /** When the service last throttled, by the monotonic clock. */
  readonly throttledAt: number;
  /** No request goes out before this time. */
  readonly pausedUntil: number;
  /** The time up to which tokens were refilled. */
  readonly refilledUntil: number;
}

const MIN_RATE = 0.5;
const INCREASE_STEP_MS = 5_000;
const INCREASE_PER_STEP = 0.1;
const DEFAULT_PAUSE_MS = 1_000;
/** The largest difference between the times that two requests take to arrive. */
const NETWORK_JITTER_MS = 100;

export function initialRate(limit: RateLimit, now: number): RateState {
  return { rate: limit.requestsPerSecond, throttledAt: now, pausedUntil: -Infinity, refilledUntil: now };
}

/** The rate now: it grows by a tenth of the maximum for each 5 s without a throttle. */
export function currentRate(rate: RateState, limit: RateLimit, now: number): number {
  const steps = Math.max(0, Math.floor((now - rate.throttledAt) / INCREASE_STEP_MS));
  return Math.min(limit.requestsPerSecond, rate.rate + steps * INCREASE_PER_STEP * limit.requestsPerSecond);
}

/** After a 429: half the rate (never below 0.5/s, or the limit itself), and a pause of `Retry-After` or 1 s. */
export function afterThrottle(
  state: RateState,
  limit: RateLimit,
  now: number,
  retryAfterMs: number = DEFAULT_PAUSE_MS,
): RateState {
  // Several 429 within one pause answer one burst of requests: they halve the rate once.
  const alreadyPaused = isPaused(state, now);
  const rate = alreadyPaused ? state.rate : currentRate(state, limit, now) / 2;
  const pausedUntil = Math.max(alreadyPaused ? state.pausedUntil : now, now + retryAfterMs);
  return {
    rate: Math.max(Math.min(MIN_RATE, limit.requestsPerSecond), rate),
    throttledAt: now,
    pausedUntil,
    refilledUntil: pausedUntil,
  };
}

/**
 * Whether the pause after a 429 still lasts. A pause longer than the longest that is possible means that a wall clock was
 * set back; it is ignored.
 */
export function isPaused({ pausedUntil }: RateState, now: number): boolean {
  return now < pausedUntil && pausedUntil - now <= Math.max(MAX_RETRY_AFTER_MS, DEFAULT_PAUSE_MS);
}

/**
 * The requests that the time until `now` refills, at most `capacity`, and the rate state afterwards. When the capacity is
 * reached, the next request accrues `NETWORK_JITTER_MS` later: a burst may travel longer than the requests that follow
 * it, and the service counts arrivals.
 */
export function refill(
  rate: RateState,
  limit: RateLimit,
  now: number,
  capacity: number = Infinity,
): { readonly requests: number; readonly rate: RateState } {
  // Without a monotonic clock, a wall clock that was set back must not stop the refill until it has caught up.
  const wentBack = rate.refilledUntil - now > NETWORK_JITTER_MS && !isPaused(rate, now);
  const from = wentBack ? now : rate.refilledUntil;
  const accrued = (Math.max(0, now - from) / 1_000) * currentRate(rate, limit, now);
  const refilledUntil = accrued >= capacity ? now + NETWORK_JITTER_MS : Math.max(from, now);
  return {
    requests: Math.min(accrued, capacity),
    rate: {
      ...rate,
      throttledAt: Math.min(rate.throttledAt, now),
      refilledUntil: isPaused(rate, now) ? from : refilledUntil,
    },
  };
}

/** Milliseconds until `missing` more requests are refilled. */
export function delayFor(missing: number, rate: RateState, limit: RateLimit, now: number): number {
  return Math.max(0, rate.refilledUntil - now) + Math.ceil((missing / currentRate(rate, limit, now)) * 1_000);
}
