/** The request budget of every bearer: an account each. How one account works is in `bearer-limiter.ts`. */
import type { Permit, Priority } from '../core/ports/http.ts';
import { MAX_TIMER_MS, monotonicNow } from '../shared/time.ts';
import { BearerLimiter } from './bearer-limiter.ts';
import type { RateLimit } from './adaptive-rate.ts';

export interface RateLimiterPorts {
  readonly random: () => number;
  readonly onSuspended: (chimeBearer: string, error: unknown) => void;
  readonly onResumed: (chimeBearer: string) => void;
}

/** As many accounts may stay open though they are idle: an account is some kilobytes. */
const MAX_IDLE = 16;
/** How long after an account could be as new it is evicted. */
const EVICTION_SLACK_MS = 1_000;

export class RateLimiter {
  readonly #limit: RateLimit;
  readonly #ports: RateLimiterPorts;
  readonly #bearers = new Map<string, BearerLimiter>();
  /** The accounts that are suspended: few, while the accounts may be many. */
  readonly #suspended = new Set<BearerLimiter>();
  #sweepTimer: ReturnType<typeof setTimeout> | undefined;
  /** When others have last spent it. */
  #drainedAt = -Infinity;
  #closed = false;

  constructor(limit: RateLimit, ports: RateLimiterPorts) {
    this.#limit = limit;
    this.#ports = ports;
  }

  /** Waits for a permit to make one request; rejects with the signal's reason once that is aborted, and on `close`. */
  acquire(chimeBearer: string, priority: Priority, signal?: AbortSignal): Promise<Permit> {
    return this.#bearer(chimeBearer).acquire(priority, signal);
  }

  /** Books requests that were made without a permit: the SDK's own retries, where they cannot be switched off. */
  charge(chimeBearer: string, requests: number): void {
    this.#bearer(chimeBearer).charge(requests);
  }

  /** The service answered 429. Says what that costs the bearer. */
  onThrottled(
    chimeBearer: string,
    retryAfterMs: number | undefined,
  ): { requestsPerSecond: number; pausedForMs: number } {
    return this.#bearer(chimeBearer).onThrottled(retryAfterMs);
  }

  /** Every account begins anew with nothing saved up. */
  drainTokens(): void {
    this.#drainedAt = monotonicNow();
    for (const limiter of this.#bearers.values()) limiter.drainTokens();
  }

  /** The service answered something that only good credentials get. */
  onAccepted(chimeBearer: string): void {
    this.#bearers.get(chimeBearer)?.breaker.onSuccess();
  }

  /** The service, or the provider of the credentials, said that they are bad. */
  onCredentialsRejected(chimeBearer: string, error: unknown): void {
    this.#bearer(chimeBearer).breaker.onRejected(error);
  }

  /** A sign that things may have changed for the better. */
  probeNow(): void {
    for (const { breaker } of this.#suspended) breaker.probeNow();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#sweepTimer);
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
    // What was spent long ago has been earned again.
    if (monotonicNow() - this.#drainedAt < this.#refillMs) limiter.drainTokens();
    if (this.#closed) limiter.close();
    return limiter;
  }

  get #refillMs(): number {
    return (this.#limit.burst / this.#limit.requestsPerSecond) * 1_000;
  }

  /** One timer for all, only while there is something to drop: that costs each account a constant number of checks. */
  #scheduleEviction(): void {
    if (this.#sweepTimer !== undefined || this.#closed) return;
    if (this.#bearers.size - this.#suspended.size <= MAX_IDLE) return;
    const delay = Math.min(MAX_TIMER_MS, this.#refillMs + EVICTION_SLACK_MS);
    this.#sweepTimer = setTimeout(() => this.#evictIdle(), delay);
  }

  #evictIdle(): void {
    this.#sweepTimer = undefined;
    const now = monotonicNow();
    for (const [chimeBearer, limiter] of this.#bearers) {
      if (!limiter.isIdle(now)) continue;
      limiter.close();
      this.#bearers.delete(chimeBearer);
    }
    this.#scheduleEviction();
  }
}
