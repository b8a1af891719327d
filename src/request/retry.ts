/** p-retry behind one function, so that the rest of the library does not know it. */
import pRetry from 'p-retry';
import { standardSignal } from '../core/abort.ts';
import { MAX_TIMER_MS } from '../core/time.ts';

export interface RetryOptions {
  /** Attempts after the first. */
  readonly retries: number;
  /** Milliseconds before the first retry; doubled, with jitter, for each further one. */
  readonly minTimeoutMs: number;
  readonly maxTimeoutMs: number;
}

/** Runs `attempt` until it succeeds, `again` says no, the retries are used up, or the signal is aborted. */
export function retry<T>(
  attempt: () => Promise<T>,
  { retries, minTimeoutMs, maxTimeoutMs }: RetryOptions,
  signal: AbortSignal,
  again: (error: Error) => boolean,
): Promise<T> {
  return pRetry(attempt, {
    retries,
    minTimeout: Math.min(minTimeoutMs, MAX_TIMER_MS),
    maxTimeout: Math.min(maxTimeoutMs, MAX_TIMER_MS),
    randomize: true,
    signal: standardSignal(signal),
    shouldRetry: ({ error }) => again(error),
  });
}
