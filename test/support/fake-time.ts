// Fake time for every test of a file (call it at the top), stepped by hand.

import { afterEach, beforeEach, jest } from '@jest/globals';

export function useFakeTime(now: number = Date.UTC(2026, 0, 1)): void {
  beforeEach(() => {
    jest.useFakeTimers({ now });
  });
  afterEach(() => {
    jest.restoreAllMocks();
    jest.useRealTimers();
  });
}

/** The machine sleeps: both clocks go on, and no timer runs. (A step of the wall clock is `jest.setSystemTime` alone.) */
export function sleepFor(ms: number): void {
  const before = performance.now.bind(performance);
  jest.spyOn(performance, 'now').mockImplementation(() => before() + ms);
  jest.setSystemTime(Date.now() + ms);
}

/** Lets time pass, with all that is due in it. */
export function pass(ms: number): Promise<void> {
  return jest.advanceTimersByTimeAsync(ms);
}

/** The result of a promise, while time passes. */
export async function within<T>(ms: number, promise: Promise<T>): Promise<T | 'still waiting'> {
  const late = new Promise<'still waiting'>((resolve) => setTimeout(() => resolve('still waiting'), ms));
  const [answer] = await Promise.all([Promise.race([promise, late]), pass(ms)]);
  return answer;
}

export function timersLeft(): number {
  return jest.getTimerCount();
}
