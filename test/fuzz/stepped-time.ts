// Fake time for every test of a file (call it at the top), stepped timer by timer: the real event loop goes on beneath it,
// so that promises settle in between without costing a timer.

import { afterEach, beforeEach, jest } from '@jest/globals';
import { expectEqual } from '../support/expect-equal.ts';

export function useSteppedTime(): void {
  beforeEach(() => {
    jest.useFakeTimers({ now: Date.UTC(2026, 0, 1), doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
  });
  afterEach(() => {
    const left = jest.getTimerCount();
    jest.restoreAllMocks();
    jest.useRealTimers();
    // Every tracker has been closed.
    expectEqual(left, 0);
  });
}

/** Lets every promise settle that can, in no time. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
