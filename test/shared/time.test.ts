import { describe, expect, it, jest } from '@jest/globals';
import { monotonicNow } from '../../src/shared/time.ts';
import { limiterKit } from '../support/limiter-kit.ts';
import { pass, useFakeTime } from '../support/fake-time.ts';

useFakeTime();

/** Runs `run` without `performance`, or with one that has no clock. */
async function without(replacement: unknown, run: () => unknown): Promise<void> {
  const own = Object.getOwnPropertyDescriptor(globalThis, 'performance');
  Object.defineProperty(globalThis, 'performance', { value: replacement, configurable: true, writable: true });
  try {
    await run();
  } finally {
    if (own !== undefined) Object.defineProperty(globalThis, 'performance', own);
  }
}

describe('the monotonic clock', () => {
  it('is unaffected by steps of the wall clock', () => {
    const before = monotonicNow();
    jest.setSystemTime(Date.now() + 86_400_000);
    expect(monotonicNow()).toBe(before);
    jest.setSystemTime(Date.now() - 2 * 86_400_000);
    expect(monotonicNow()).toBe(before);
  });

  it.each([[undefined], [{}]])('is the wall clock if the platform has no other (%p)', async (performance) => {
    await without(performance, () => {
      expect(monotonicNow()).toBe(Date.now());
    });
  });

  it('may be the wall clock: a budget goes on when that is set back by days', async () => {
    await without(undefined, async () => {
      const { request, dispatched, limiter } = limiterKit();
      for (let i = 0; i < 8; i += 1) request(`before ${i}`);
      await pass(50);
      jest.setSystemTime(Date.now() - 3 * 86_400_000);
      for (let i = 0; i < 8; i += 1) request(`after ${i}`);
      await pass(5_000);
      expect(dispatched).toHaveLength(16);
      limiter.close();
    });
  });
});
