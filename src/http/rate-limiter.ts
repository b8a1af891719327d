/** One limiter per bearer (`bearer-limiter.ts`): creates them, and evicts those that are idle. */
import type { Permit, Priority } from '../core/ports/http.ts';
import { MAX_TIMER_MS, monotonicNow } from '../shared/time.ts';
import { BearerLimiter } from './bearer-limiter.ts';
import type { RateLimit } from './adaptive-rate.ts';

export interface RateLimiterPorts {
  readonly random: () => number;
  readonly onSuspended: (chimeBearer: string, error: unknown) => void;
  readonly onResumed: (chimeBearer: string) => void;
}

/** Idle limiters that are kept; one takes some kilobytes. */
const MAX_IDLE = 16;
/** Milliseconds between the refill of an idle limiter and its eviction. */
const EVICTION_SLACK_MS = 1_000;

export class RateLimiter {
  readonly #limit: RateLimit;
  readonly #ports: RateLimiterPorts;
  readonly #bearers = new Map<string, BearerLimiter>();
  /** The limiters that are suspended: few, while there may be many limiters. */
  readonly #suspended = new Set<BearerLimiter>();
  #evictionTimer: ReturnType<typeof setTimeout> | undefined;
  #drainedAt = -Infinity;
  #closed = false;

  constructor(limit: RateLimit, ports: RateLimiterPorts) {
    this.#limit = limit;
    this.#ports = ports;
  }

  /** Waits for a permit for one request; rejects with the signal's reason once it is aborted, and on `close`. */
  acquire(chimeBearer: string, priority: Priority, signal?: AbortSignal): Promise<Permit> {
    return this.#bearer(chimeBearer).acquire(priority, signal);
  }

  /** Counts requests that were made without a permit: the SDK's own retries, where they cannot be switched off. */
  charge(chimeBearer: string, requests: number): void {
    this.#bearer(chimeBearer).charge(requests);
  }

  /** The service answered 429. Returns the bearer's new rate and its pause. */
  onThrottled(
    chimeBearer: string,
    retryAfterMs: number | undefined,
  ): { requestsPerSecond: number; pausedForMs: number } {
    return this.#bearer(chimeBearer).onThrottled(retryAfterMs);
  }

  /** The budget of a bearer now. `suspended`: no request leaves, since the credentials are bad. */
  budgetOf(chimeBearer: string): { requestsPerSecond: number; pausedForMs: number; suspended: boolean } {
    const limiter = this.#bearers.get(chimeBearer);
    if (limiter === undefined)
      return { requestsPerSecond: this.#limit.requestsPerSecond, pausedForMs: 0, suspended: false };
    return { ...limiter.budget, suspended: this.#suspended.has(limiter) };
  }

  /** Drops the saved tokens of each bearer: other tabs may just have spent as many. */
  drainTokens(): void {
    this.#drainedAt = monotonicNow();
    for (const limiter of this.#bearers.values()) limiter.drainTokens();
  }

  /** The service gave an answer that it gives only for good credentials. */
  onAccepted(chimeBearer: string): void {
    this.#bearers.get(chimeBearer)?.breaker.onSuccess();
  }

  /** The service rejected the credentials, or their provider failed. */
  onCredentialsRejected(chimeBearer: string, error: unknown): void {
    this.#bearer(chimeBearer).breaker.onRejected(error);
  }

  /** Lets suspended bearers probe at once: the credentials may have changed. */
  probeNow(): void {
    for (const { breaker } of this.#suspended) breaker.probeNow();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#evictionTimer);
    for (const limiter of this.#bearers.values()) limiter.close();
  }

  #bearer(chimeBearer: string): BearerLimiter {
    let limiter = this.#bearers.get(chimeBearer);
    if (limiter === undefined) {
      limiter = this.#createLimiter(chimeBearer);
      this.#bearers.set(chimeBearer, limiter);
      this.#scheduleEviction();
    }
    return limiter;
  }

  #createLimiter(chimeBearer: string): BearerLimiter {
    const { random, onSuspended, onResumed } = this.#ports;
    const limiter = new BearerLimiter(this.#limit, {
      random,
      onSuspended: (error) => {
        this.#suspended.add(limiter);
        onSuspended(chimeBearer, error);
      },
      onResumed: () => {
        this.#suspended.delete(limiter);
        onResumed(chimeBearer);
      },
    });
    // Tokens that were drained earlier than that have been refilled.
    if (monotonicNow() - this.#drainedAt < this.#refillMs) limiter.drainTokens();
    if (this.#closed) limiter.close();
    return limiter;
  }

  get #refillMs(): number {
    return (this.#limit.burst / this.#limit.requestsPerSecond) * 1_000;
  }

  /** One timer for all, only while limiters may be evicted: each limiter costs a constant number of checks. */
  #scheduleEviction(): void {
    if (this.#evictionTimer !== undefined || this.#closed) return;
    if (this.#bearers.size - this.#suspended.size <= MAX_IDLE) return;
    const delay = Math.min(MAX_TIMER_MS, this.#refillMs + EVICTION_SLACK_MS);
    this.#evictionTimer = setTimeout(() => this.#evictIdle(), delay);
  }

  #evictIdle(): void {
    this.#evictionTimer = undefined;
    const now = monotonicNow();
    for (const [chimeBearer, limiter] of this.#bearers) {
      if (!limiter.isIdle(now)) continue;
      limiter.close();
      this.#bearers.delete(chimeBearer);
    }
    this.#scheduleEviction();
  }
}
