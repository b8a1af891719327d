/** Permits from the own budget, and, where that is a part of another one (the leading tab's), from both. */
import type { Permit, Priority } from '../core/ports.ts';
import { steadyNow } from '../core/time.ts';
import type { Budget } from './budget.ts';
import { LAG_MS } from './requester.ts';

/** Asks whoever keeps the shared budget; undefined where there is nobody to ask. */
export type AskShared = (
  chimeBearer: string,
  priority: Priority,
  signal: AbortSignal | undefined,
) => Promise<Permit | undefined>;

export class Permits {
  readonly #budget: Budget;
  readonly #askShared: AskShared | undefined;
  /** How often others have spent the budget. */
  #emptied = 0;

  constructor(budget: Budget, askShared: AskShared | undefined) {
    this.#budget = budget;
    this.#askShared = askShared;
  }

  /** Without anybody to ask it is the own permit itself, and takes no turn longer. */
  acquire(chimeBearer: string, priority: Priority, signal?: AbortSignal): Promise<Permit> {
    if (this.#askShared === undefined) return this.#budget.acquire(chimeBearer, priority, signal);
    return this.#acquireBoth(this.#askShared, chimeBearer, priority, signal);
  }

  /** From the own budget alone, for a request that another makes: counted as one that leaves now. */
  async acquireForOther(chimeBearer: string, priority: Priority, signal?: AbortSignal): Promise<Permit> {
    const permit = await this.#budget.acquire(chimeBearer, priority, signal);
    try {
      await permit.depart?.(signal);
      return permit;
    } catch (error) {
      permit.refund();
      throw error;
    }
  }

  /** Others have just spent the budget. */
  empty(): void {
    this.#emptied += 1;
    this.#budget.empty();
  }

  async #acquireBoth(
    ask: AskShared,
    chimeBearer: string,
    priority: Priority,
    signal: AbortSignal | undefined,
  ): Promise<Permit> {
    const own = await this.#budget.acquire(chimeBearer, priority, signal);
    const before = this.#emptied;
    try {
      const shared = await ask(chimeBearer, priority, signal);
      if (shared !== undefined) return both(own, shared, () => ask(chimeBearer, priority, signal));
    } catch (error) {
      own.refund();
      throw error;
    }
    if (this.#emptied === before) return own;
    // Others have spent the budget meanwhile, and this permit with it.
    own.release();
    return this.#acquireBoth(ask, chimeBearer, priority, signal);
  }
}

/**
 * Whoever keeps the shared budget counts its permits as they are given: one that is used later than that is used up, and
 * another is asked for.
 */
function both(own: Permit, first: Permit, again: () => Promise<Permit | undefined>): Permit {
  let shared: Permit | undefined = first;
  let givenAt = steadyNow();
  const isFresh = (): boolean => steadyNow() - givenAt <= LAG_MS;
  const renew = async (wait: Promise<void> | undefined): Promise<void> => {
    await wait;
    if (isFresh()) return;
    shared?.release();
    shared = undefined;
    shared = await again();
    givenAt = steadyNow();
  };
  return {
    depart: (signal) => {
      const wait = own.depart?.(signal);
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
