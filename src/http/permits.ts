/** Permits from the own budget, and, where that is a part of another one (the leading tab's), from both. */
import type { AcquireShared, Permit, Priority } from '../core/ports/http.ts';
import { monotonicNow } from '../shared/time.ts';
import type { RateLimiter } from './rate-limiter.ts';
import { PERMIT_FRESH_MS } from './requester.ts';

export class PermitSource {
  readonly #limiter: RateLimiter;
  readonly #acquireFromShared: AcquireShared | undefined;
  /** How often others have spent the budget. */
  #drains = 0;

  constructor(limiter: RateLimiter, askShared: AcquireShared | undefined) {
    this.#limiter = limiter;
    this.#acquireFromShared = askShared;
  }

  /** Without anybody to ask it is the own permit itself, and takes no turn longer. */
  acquire(chimeBearer: string, priority: Priority, signal?: AbortSignal): Promise<Permit> {
    if (this.#acquireFromShared === undefined) return this.#limiter.acquire(chimeBearer, priority, signal);
    return this.#acquireShared(this.#acquireFromShared, chimeBearer, priority, signal);
  }

  /** From the own budget alone, for a request that another makes: counted as one that leaves now. */
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

  /** Others have just spent the budget. */
  drainTokens(): void {
    this.#drains += 1;
    this.#limiter.drainTokens();
  }

  async #acquireShared(
    ask: AcquireShared,
    chimeBearer: string,
    priority: Priority,
    signal: AbortSignal | undefined,
  ): Promise<Permit> {
    const own = await this.#limiter.acquire(chimeBearer, priority, signal);
    const before = this.#drains;
    try {
      const shared = await ask(chimeBearer, priority, signal);
      if (shared !== undefined) return combinePermits(own, shared, () => ask(chimeBearer, priority, signal));
    } catch (error) {
      own.refund();
      throw error;
    }
    if (this.#drains === before) return own;
    // Others have spent the budget meanwhile, and this permit with it.
    own.release();
    return this.#acquireShared(ask, chimeBearer, priority, signal);
  }
}

/**
 * Whoever keeps the shared budget counts its permits as they are given: one that is used later than that is used up, and
 * another is asked for.
 */
function combinePermits(own: Permit, first: Permit, again: () => Promise<Permit | undefined>): Permit {
  let shared: Permit | undefined = first;
  let givenAt = monotonicNow();
  const isFresh = (): boolean => monotonicNow() - givenAt <= PERMIT_FRESH_MS;
  const renew = async (wait: Promise<void> | undefined): Promise<void> => {
    await wait;
    if (isFresh()) return;
    shared?.release();
    shared = undefined;
    shared = await again();
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
