/** Waiting that can be called off. */
import { MAX_TIMER_MS } from '../shared/time.ts';

/** The longest time, in milliseconds, for which one read of an engine waits. */
export const MAX_WAIT_MS = 5_000;

/** Resolves after `ms`, or once `signal` aborts. Never rejects. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted === true) return Promise.resolve();
  return new Promise((resolve) => {
    const others = signal && waitingFor(signal);
    const end = (): void => {
      clearTimeout(timer);
      others?.delete(end);
      resolve();
    };
    const timer = setTimeout(end, Math.min(ms, MAX_TIMER_MS));
    others?.add(end);
  });
}

/** What is called off by each signal. One listener each: while an engine is down, thousands may wait, and Node warns of eleven. */
const waiting = new WeakMap<AbortSignal, Set<() => void>>();

function waitingFor(signal: AbortSignal): Set<() => void> {
  const known = waiting.get(signal);
  if (known !== undefined) return known;
  const ends = new Set<() => void>();
  waiting.set(signal, ends);
  const endAll = (): void => {
    for (const end of ends) end();
  };
  signal.addEventListener('abort', endAll, { once: true });
  return ends;
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
