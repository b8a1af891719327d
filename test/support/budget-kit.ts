// Budgets in fake time: callers that hold a permit for as long as a request takes, and a log of when each left.

import { Budget } from '../../src/request/budget.ts';
import type { RateLimit } from '../../src/request/pace.ts';
import type { Permit, Priority } from '../../src/core/ports.ts';
import { alice } from './known.ts';

export interface Leave {
  readonly at: number;
  readonly who: string;
}

export interface BudgetKit {
  readonly budget: Budget;
  /** What the service said of the credentials of a bearer. */
  readonly suspension: {
    refused(error: unknown, bearer?: string): void;
    answered(bearer?: string): void;
    close(): void;
  };
  /** Who left, and when, in milliseconds since the kit was made. */
  readonly left: Leave[];
  /** Most requests under way at once. */
  readonly peak: () => number;
  /** Asks for leave; the request then takes `ms`. */
  readonly request: (
    who: string,
    options?: { bearer?: string; priority?: Priority; ms?: number; signal?: AbortSignal },
  ) => void;
  /** Leave for a request that ends when its permit is given back. */
  readonly hold: (bearer?: string, priority?: Priority) => Promise<Permit>;
}

export const limit: RateLimit = { requestsPerSecond: 5, burst: 5, maxConcurrent: 4 };

export function budgetKit(rateLimit: RateLimit = limit, random: () => number = () => 1): BudgetKit {
  const start = Date.now();
  const left: Leave[] = [];
  let running = 0;
  let peak = 0;
  const nothing = (): void => undefined;
  const budget = new Budget(rateLimit, { random, onSuspended: nothing, onResumed: nothing });
  const suspension: BudgetKit['suspension'] = {
    refused: (error, bearer = alice) => budget.refused(bearer, error),
    answered: (bearer = alice) => budget.answered(bearer),
    close: () => budget.close(),
  };
  const hold = (bearer = alice, priority: Priority = 'poll'): Promise<Permit> =>
    budget.acquire(bearer, priority, new AbortController().signal);
  return {
    budget,
    suspension,
    left,
    peak: () => peak,
    hold,
    request: (who, { bearer = alice, priority = 'poll', ms = 0, signal = new AbortController().signal } = {}) => {
      const leave = async (): Promise<void> => {
        const permit = await budget.acquire(bearer, priority, signal);
        left.push({ at: Date.now() - start, who });
        running += 1;
        peak = Math.max(peak, running);
        setTimeout(() => {
          running -= 1;
          permit.release();
        }, ms);
      };
      leave().catch(() => undefined);
    },
  };
}

/** The most that left in any second. */
export function mostInASecond(left: readonly Leave[]): number {
  const times = left.map(({ at }) => at).sort((a, b) => a - b);
  return Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at < from + 1_000).length));
}
