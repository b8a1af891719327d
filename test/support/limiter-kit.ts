// Budgets in fake time: callers that hold a permit for as long as a request takes, and a log of when each left.

import { RateLimiter } from '../../src/http/rate-limiter.ts';
import type { RateLimit } from '../../src/http/adaptive-rate.ts';
import type { Permit, Priority } from '../../src/core/ports/http.ts';
import { alice } from './delivery-record.ts';

export interface Dispatch {
  readonly at: number;
  readonly who: string;
}

export interface LimiterKit {
  readonly limiter: RateLimiter;
  /** The service's answer about the credentials of a bearer. */
  readonly breaker: {
    refused(error: unknown, bearer?: string): void;
    answered(bearer?: string): void;
    close(): void;
  };
  /** The callers that left, and when, in milliseconds since the kit was made. */
  readonly dispatched: Dispatch[];
  /** Most requests in flight at once. */
  readonly peak: () => number;
  /** Requests a permit; the request then takes `ms`. */
  readonly request: (
    who: string,
    options?: { bearer?: string; priority?: Priority; ms?: number; signal?: AbortSignal },
  ) => void;
  /** A permit for a request that ends when the permit is returned. */
  readonly hold: (bearer?: string, priority?: Priority) => Promise<Permit>;
}

export const limit: RateLimit = { requestsPerSecond: 5, burst: 5, maxConcurrent: 4 };

export function limiterKit(rateLimit: RateLimit = limit, random: () => number = () => 1): LimiterKit {
  const start = Date.now();
  const left: Dispatch[] = [];
  let running = 0;
  let peak = 0;
  const nothing = (): void => undefined;
  const limiter = new RateLimiter(rateLimit, { random, onSuspended: nothing, onResumed: nothing });
  const suspension: LimiterKit['breaker'] = {
    refused: (error, bearer = alice) => limiter.onCredentialsRejected(bearer, error),
    answered: (bearer = alice) => limiter.onAccepted(bearer),
    close: () => limiter.close(),
  };
  const hold = (bearer = alice, priority: Priority = 'poll'): Promise<Permit> =>
    limiter.acquire(bearer, priority, new AbortController().signal);
  return {
    limiter,
    breaker: suspension,
    dispatched: left,
    peak: () => peak,
    hold,
    request: (who, { bearer = alice, priority = 'poll', ms = 0, signal = new AbortController().signal } = {}) => {
      const leave = async (): Promise<void> => {
        const permit = await limiter.acquire(bearer, priority, signal);
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
export function mostInASecond(left: readonly Dispatch[]): number {
  const times = left.map(({ at }) => at).sort((a, b) => a - b);
  return Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at < from + 1_000).length));
}
