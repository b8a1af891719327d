/**
 * Bottleneck's own naps: its local store waits for a timer of 0 ms before each step. The library takes them out of its limiters
 * (`src/request/budget.ts`); here they are kept in, to show what they cost.
 */
import Bottleneck from 'bottleneck/light.js';

interface Store {
  yieldLoop?: () => Promise<void>;
}

/** Runs `work` while no limiter lets its naps be taken out. */
export async function withNaps<T>(work: () => Promise<T>): Promise<T> {
  // oxlint-disable-next-line no-underscore-dangle
  const store: Store | undefined = new Bottleneck.Group({ reservoir: 1, minTime: 0 }).key('sample')._store;
  const prototype = Object.getPrototypeOf(store) as Store;
  const nap = prototype.yieldLoop;
  if (nap === undefined) throw new Error('This Bottleneck has no naps.');
  Object.defineProperty(prototype, 'yieldLoop', {
    configurable: true,
    get: () => nap,
    set() {
      // It stays as it is.
    },
  });
  try {
    return await work();
  } finally {
    Object.defineProperty(prototype, 'yieldLoop', { configurable: true, writable: true, value: nap });
  }
}
