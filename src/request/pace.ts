/**
 * How fast one bearer may ask: the answer to 429 (additive increase, multiplicative decrease) and what time is worth in
 * requests. Pure: a pace is a value, and each function gets the time, by a clock that nobody sets. Counting requests is
 * Bottleneck's (`budget.ts`).
 */

import { MAX_RETRY_AFTER_MS } from '../core/trouble.ts';

/** What one bearer may ask of the service. */
export interface RateLimit {
  /** Requests per second, each HTTP attempt counted. */
  readonly requestsPerSecond: number;
  /** Requests that may leave at once after a rest. */
  readonly burst: number;
  /** Requests under way at the same time. */
  readonly maxConcurrent: number;
}

export interface Pace {
  /** Requests per second, as of `since`. */
  readonly rate: number;
  /** When the service last throttled, by the steady clock. */
  readonly since: number;
  /** No request leaves before this. */
  readonly pausedUntil: number;
  /** Up to here, time has been turned into requests. */
  readonly paidUntil: number;
}

const FLOOR_PER_SECOND = 0.5;
const GROWTH_STEP_MS = 5_000;
const GROWTH_PER_STEP = 0.1;
const DEFAULT_PAUSE_MS = 1_000;
/** By how much two requests may differ in the time that they take to arrive. */
const TRAVEL_MS = 100;

export function fullPace(limit: RateLimit, now: number): Pace {
  return { rate: limit.requestsPerSecond, since: now, pausedUntil: -Infinity, paidUntil: now };
}

/** The rate now: it grows back by a tenth of the maximum for each 5 s without a throttle. */
export function rateAt(pace: Pace, limit: RateLimit, now: number): number {
  const steps = Math.max(0, Math.floor((now - pace.since) / GROWTH_STEP_MS));
  return Math.min(limit.requestsPerSecond, pace.rate + steps * GROWTH_PER_STEP * limit.requestsPerSecond);
}

/** After a 429: half the rate (never below 0.5/s, or the limit itself), and a pause of `Retry-After` or 1 s. */
export function throttled(pace: Pace, limit: RateLimit, now: number, retryAfterMs: number = DEFAULT_PAUSE_MS): Pace {
  // Answers to requests that left together come together: they are one throttle, not several halvings.
  const again = isPaused(pace, now);
  const rate = again ? pace.rate : rateAt(pace, limit, now) / 2;
  const pausedUntil = Math.max(again ? pace.pausedUntil : now, now + retryAfterMs);
  return {
    rate: Math.max(Math.min(FLOOR_PER_SECOND, limit.requestsPerSecond), rate),
    since: now,
    pausedUntil,
    paidUntil: pausedUntil,
  };
}

/** Whether the pause after a 429 still lasts. One that lasts longer than any pause is a wall clock that was set back. */
export function isPaused({ pausedUntil }: Pace, now: number): boolean {
  return now < pausedUntil && pausedUntil - now <= Math.max(MAX_RETRY_AFTER_MS, DEFAULT_PAUSE_MS);
}

/**
 * What the time until `now` is worth in requests, at most `room`, and the pace with that time paid. With no room left, the
 * next request accrues a little later: a burst may take longer on its way than what follows it, and the service counts
 * arrivals.
 */
export function pay(
  pace: Pace,
  limit: RateLimit,
  now: number,
  room: number = Infinity,
): { readonly requests: number; readonly pace: Pace } {
  // Where there is only the wall clock, one that was set back must not stop the refill until it has caught up.
  const slipped = pace.paidUntil - now > TRAVEL_MS && !isPaused(pace, now);
  const from = slipped ? now : pace.paidUntil;
  const accrued = (Math.max(0, now - from) / 1_000) * rateAt(pace, limit, now);
  const paidUntil = accrued >= room ? now + TRAVEL_MS : Math.max(from, now);
  return {
    requests: Math.min(accrued, room),
    pace: { ...pace, since: Math.min(pace.since, now), paidUntil: isPaused(pace, now) ? from : paidUntil },
  };
}

/** How long until `missing` more requests are due, in milliseconds. */
export function waitFor(missing: number, pace: Pace, limit: RateLimit, now: number): number {
  return Math.max(0, pace.paidUntil - now) + Math.ceil((missing / rateAt(pace, limit, now)) * 1_000);
}
