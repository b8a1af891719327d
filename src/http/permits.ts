/** Permits of the local rate limit, combined with those of the shared one (the leader tab's) where there is one. */
import type { AcquireShared, Permit, Priority } from '../core/ports/http.ts';
import { monotonicNow } from '../shared/time.ts';
import type { RateLimiter } from './rate-limiter.ts';
import { PERMIT_FRESH_MS } from './requester.ts';

export class PermitSource {
  readonly #limiter: RateLimiter;
  readonly #acquireFromShared: AcquireShared | undefined;
  /** How often `drainTokens` was called. */
  #drains = 0;

  constructor(limiter: RateLimiter, acquireShared: AcquireShared | undefined) {
    this.#limiter = limiter;
    this.#acquireFromShared = acquireShared;
  }

  /** Without a shared rate limit, this is the local permit itself, with no extra microtask. */
  acquire(chimeBearer: string, priority: Priority, signal?: AbortSignal): Promise<Permit> {
    if (this.#acquireFromShared === undefined) return this.#limiter.acquire(chimeBearer, priority, signal);
    return this.#acquireShared(this.#acquireFromShared, chimeBearer, priority, signal);
  }

  /** A permit of the local rate limit alone, for a request of another tab: it counts as dispatched now. */
  async acquireLocal(chimeBearer: string, priority: Priority, signal?: AbortSignal): Promise<Permit> {
    const permit = await this.#limiter.acquire(chimeBearer, priority, signal);
    try {
      await permit.consume?.(signal);
      return permit;
    } catch (error) {
      permit.refund();
      throw error;
    }
  }

  /** Drops the saved tokens: other tabs may just have spent as many. */
  drainTokens(): void {
    this.#drains += 1;
    this.#limiter.drainTokens();
  }

  async #acquireShared(
    acquireFromShared: AcquireShared,
    chimeBearer: string,
    priority: Priority,
    signal: AbortSignal | undefined,
  ): Promise<Permit> {
    const own = await this.#limiter.acquire(chimeBearer, priority, signal);
    const before = this.#drains;
    try {
      const acquire = (): Promise<Permit | undefined> => acquireFromShared(chimeBearer, priority, signal);
      const shared = await acquire();
      if (shared !== undefined) return combinePermits(own, shared, acquire);
    } catch (error) {
      own.refund();
      throw error;
    }
    if (this.#drains === before) return own;
    // The tokens were drained meanwhile, and the one of this permit with them.
    own.release();
    return this.#acquireShared(acquireFromShared, chimeBearer, priority, signal);
  }
}

/**
 * The leader counts a shared permit when it grants it: a permit that is used later than `PERMIT_FRESH_MS` is used up, and
 * another one is requested.
 */
function combinePermits(own: Permit, first: Permit, acquire: () => Promise<Permit | undefined>): Permit {
  let shared: Permit | undefined = first;
  let givenAt = monotonicNow();
  const isFresh = (): boolean => monotonicNow() - givenAt <= PERMIT_FRESH_MS;
  const renew = async (wait: Promise<void> | undefined): Promise<void> => {
    await wait;
    if (isFresh()) return;
    shared?.release();
    shared = undefined;
    shared = await acquire();
    givenAt = monotonicNow();
  };
  return {
    consume: (signal) => {
      const wait = own.consume?.(signal);
      return wait === undefined && isFresh() ? undefined : renew(wait);
    },
    release: () => {
      own.release();
      shared?.release();
    },
    refund: () => {
      own.refund();
      shared?.refund();
    },
  };
}
