/** Waiting that can be called off. */
import { MAX_TIMER_MS } from '../shared/time.ts';

/** The longest time, in milliseconds, for which one read of an engine waits. */
export const MAX_WAIT_MS = 5_000;

/** Resolves after `ms`, or once `signal` aborts. Never rejects. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted === true) return Promise.resolve();
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, Math.min(ms, MAX_TIMER_MS));
    signal?.addEventListener('abort', end, { once: true });
  });
}

/** Resolves with whether `work` ended within `ms`. */
export async function endsWithin(work: Promise<unknown>, ms: number): Promise<boolean> {
  const abort = new AbortController();
  const ended = work.then(
    () => true,
    () => true,
  );
  const result = await Promise.race([ended, pause(ms, abort.signal).then(() => false)]);
  abort.abort();
  return result;
}
