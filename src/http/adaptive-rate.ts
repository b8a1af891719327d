/**
 * How fast one bearer may ask: the answer to 429 (additive increase, multiplicative decrease) and what time is worth in
 * requests. Pure: a pace is a value, and each function gets the time, by a clock that nobody sets. Counting requests is
 * Bottleneck's (`rate-limiter.ts`).
 */

import { MAX_RETRY_AFTER_MS } from './classify-error.ts';

/** What one bearer may ask of the service. */
export interface RateLimit {
  /** Requests per second, each HTTP attempt counted. */
  readonly requestsPerSecond: number;
  /** Requests that may leave at once after a rest. */
  readonly burst: number;
  /** Requests under way at the same time. */
  readonly maxConcurrent: number;
}

export interface RateState {
  /** Requests per second, as of `throttledAt`. */
  readonly rate: number;
  /** When the service last throttled, by the monotonic clock. */
  readonly throttledAt: number;
  /** No request leaves before this. */
  readonly pausedUntil: number;
  /** Up to here, time has been turned into requests. */
  readonly refilledUntil: number;
}

const MIN_RATE = 0.5;
const INCREASE_STEP_MS = 5_000;
const INCREASE_PER_STEP = 0.1;
const DEFAULT_PAUSE_MS = 1_000;
/** By how much two requests may differ in the time that they take to arrive. */
const NETWORK_JITTER_MS = 100;

export function initialRate(limit: RateLimit, now: number): RateState {
  return { rate: limit.requestsPerSecond, throttledAt: now, pausedUntil: -Infinity, refilledUntil: now };
}

/** The rate now: it grows back by a tenth of the maximum for each 5 s without a throttle. */
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
  // Answers to requests that left together come together: they are one throttle, not several halvings.
  const again = isPaused(state, now);
  const rate = again ? state.rate : currentRate(state, limit, now) / 2;
  const pausedUntil = Math.max(again ? state.pausedUntil : now, now + retryAfterMs);
  return {
    rate: Math.max(Math.min(MIN_RATE, limit.requestsPerSecond), rate),
    throttledAt: now,
    pausedUntil,
    refilledUntil: pausedUntil,
  };
}

/** Whether the pause after a 429 still lasts. One that lasts longer than any pause is a wall clock that was set back. */
export function isPaused({ pausedUntil }: RateState, now: number): boolean {
  return now < pausedUntil && pausedUntil - now <= Math.max(MAX_RETRY_AFTER_MS, DEFAULT_PAUSE_MS);
}

/**
 * What the time until `now` is worth in requests, at most `capacity`, and the pace with that time paid. With no room
 * left, the next request accrues a little later: a burst may take longer on its way than what follows it, and the
 * service counts arrivals.
 */
export function refill(
  rate: RateState,
  limit: RateLimit,
  now: number,
  capacity: number = Infinity,
): { readonly requests: number; readonly rate: RateState } {
  // Where there is only the wall clock, one that was set back must not stop the refill until it has caught up.
  const slipped = rate.refilledUntil - now > NETWORK_JITTER_MS && !isPaused(rate, now);
  const from = slipped ? now : rate.refilledUntil;
  const accrued = (Math.max(0, now - from) / 1_000) * currentRate(rate, limit, now);
  const paidUntil = accrued >= capacity ? now + NETWORK_JITTER_MS : Math.max(from, now);
  return {
    requests: Math.min(accrued, capacity),
    rate: {
      ...rate,
      throttledAt: Math.min(rate.throttledAt, now),
      refilledUntil: isPaused(rate, now) ? from : paidUntil,
    },
  };
}

/** How long until `missing` more requests are due, in milliseconds. */
export function delayFor(missing: number, rate: RateState, limit: RateLimit, now: number): number {
  return Math.max(0, rate.refilledUntil - now) + Math.ceil((missing / currentRate(rate, limit, now)) * 1_000);
}
