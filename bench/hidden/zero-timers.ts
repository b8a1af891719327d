/**
 * Bottleneck's own timers of 0 ms: its local store waits for a timer of 0 ms before each step. The library removes them
 * from its limiters (`src/http/immediate-promise.ts`); here they stay, to show their cost.
 */
import Bottleneck from 'bottleneck/light.js';

interface Store {
  yieldLoop?: () => Promise<void>;
}

/** Runs `work` while every limiter keeps its timers of 0 ms, whichever Promise it uses. */
export async function withNaps<T>(work: () => Promise<T>): Promise<T> {
  const limiter = new Bottleneck({ reservoir: 1, minTime: 0, Promise });
  // oxlint-disable-next-line no-underscore-dangle
  const store = (limiter as { _store?: Store })._store;
  const prototype = Object.getPrototypeOf(store) as Store;
  const nap = prototype.yieldLoop;
  if (nap === undefined) throw new Error('This Bottleneck has no timers of 0 ms.');
  prototype.yieldLoop = () => new Promise((resolve) => setTimeout(resolve, 0));
  try {
    return await work();
  } finally {
    prototype.yieldLoop = nap;
  }
}
