/** The only file that imports p-retry. */
import pRetry from 'p-retry';
import { abortReason, polyfillSignal } from '../shared/abort.ts';
import { MAX_TIMER_MS } from '../shared/time.ts';

export interface RetryOptions {
  /** Attempts after the first. */
  readonly retries: number;
  /** Milliseconds before the first retry; doubled, with jitter, for each further one. */
  readonly minTimeoutMs: number;
  readonly maxTimeoutMs: number;
}

/**
 * Runs `attempt` until it succeeds, `isRetryable` returns false, the retries are used up, or the signal is aborted. The
 * first attempt runs outside p-retry, which counts it all the same: most requests need no retry, and so no p-retry.
 */
export async function retry<T>(
  attempt: () => Promise<T>,
  { retries, minTimeoutMs, maxTimeoutMs }: RetryOptions,
  signal: AbortSignal,
  isRetryable: (error: Error) => boolean,
): Promise<T> {
  if (signal.aborted) throw abortReason(signal);
  let result: T;
  try {
    result = await attempt();
  } catch (first) {
    if (!(first instanceof Error) || !isRetryable(first)) throw first;
    return pRetry(
      (attemptNumber) => {
        if (attemptNumber === 1) throw first;
        return attempt();
      },
      {
        retries,
        minTimeout: Math.min(minTimeoutMs, MAX_TIMER_MS),
        maxTimeout: Math.min(maxTimeoutMs, MAX_TIMER_MS),
        randomize: true,
        signal: polyfillSignal(signal),
        shouldRetry: ({ error }) => isRetryable(error),
      },
    );
  }
  if (signal.aborted) throw abortReason(signal);
  return result;
}
