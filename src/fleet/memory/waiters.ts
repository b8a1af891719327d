/** Callers that wait until something is added. */
import { MAX_WAIT_MS } from '../wait.ts';

export class Waiters {
  readonly #waiting = new Set<() => void>();

  /** Resolves at the next `wake`, once `signal` aborts, or after `ms`. */
  wait(signal: AbortSignal, ms: number = MAX_WAIT_MS): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(end);
        signal.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      this.#waiting.add(end);
      signal.addEventListener('abort', end, { once: true });
    });
  }

  wake(): void {
    for (const end of this.#waiting) end();
  }
}
