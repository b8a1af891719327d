/** p-retry behind one function, so that the rest of the library does not know it. */
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
 * Runs `attempt` until it succeeds, `again` says no, the retries are used up, or the signal is aborted. The first attempt
 * costs nothing of p-retry, which counts it all the same: nearly every request needs no other.
 */
export async function retry<T>(
  attempt: () => Promise<T>,
  { retries, minTimeoutMs, maxTimeoutMs }: RetryOptions,
  signal: AbortSignal,
  again: (error: Error) => boolean,
): Promise<T> {
  if (signal.aborted) throw abortReason(signal);
  let result: T;
  try {
    result = await attempt();
  } catch (first) {
    if (!(first instanceof Error) || !again(first)) throw first;
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
        shouldRetry: ({ error }) => again(error),
      },
    );
  }
  if (signal.aborted) throw abortReason(signal);
  return result;
}
