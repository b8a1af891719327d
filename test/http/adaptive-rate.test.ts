import { describe, expect, it } from '@jest/globals';
import {
  initialRate,
  refill,
  currentRate,
  afterThrottle,
  delayFor,
  type RateState,
  type RateLimit,
} from '../../src/http/adaptive-rate.ts';
import { deepFreeze } from '../support/delivery-record.ts';

const limit: RateLimit = deepFreeze({ requestsPerSecond: 5, burst: 5, maxConcurrent: 4 });
const t = 1_000_000;
const seconds = (n: number): number => t + n * 1_000;

/** The rate after 429 responses at these seconds. */
function throttledAt(times: number[], by: RateLimit = limit): RateState {
  return times.reduce<RateState>((rate, at) => afterThrottle(deepFreeze(rate), by, seconds(at)), initialRate(by, t));
}

describe('the rate after 429 responses', () => {
  it.each([
    ['none', [], 0, 5],
    ['one', [0], 0, 2.5],
    ['two, one after the other', [0, 2], 2, 1.25],
    ['three', [0, 2, 4], 4, 0.625],
    ['four: not below half a request per second', [0, 2, 4, 6], 6, 0.5],
    ['ten', [0, 2, 4, 6, 8, 10, 12, 14, 16, 18], 18, 0.5],
    ['two that came together count as one', [0, 0.9], 1, 2.5],
  ])('with %s', (_name, times, at, rate) => {
    expect(currentRate(throttledAt(times), limit, seconds(at))).toBe(rate);
  });

  it.each([
    [4.999, 2.5],
    [5, 3],
    [10, 3.5],
    [14.9, 3.5],
    [25, 5],
    [3_600, 5],
  ])('has grown back %d s later to %d', (later, rate) => {
    expect(currentRate(throttledAt([0]), limit, seconds(later))).toBe(rate);
  });

  it('is halved from what it has grown back to', () => {
    expect(currentRate(throttledAt([0, 10]), limit, seconds(10))).toBe(1.75);
  });

  it('does not fall below a limit that is lower than the floor', () => {
    const slow = { requestsPerSecond: 0.2, burst: 1, maxConcurrent: 1 };
    expect(currentRate(throttledAt([0, 2, 4], slow), slow, seconds(4))).toBe(0.2);
  });

  it('is never above the limit, and never NaN, at any moment', () => {
    for (const at of [-1e9, -1, 0, 1, 1e9, 1e13]) {
      const rate = currentRate(throttledAt([0]), limit, seconds(at));
      expect([rate >= 0.5, rate <= 5]).toEqual([true, true]);
    }
  });
});

describe('the pause after a 429', () => {
  it.each([
    [undefined, 1_000],
    [0, 0],
    [30_000, 30_000],
  ])('with Retry-After %p lasts %i ms', (retryAfterMs, ms) => {
    expect(afterThrottle(initialRate(limit, t), limit, t, retryAfterMs).pausedUntil - t).toBe(ms);
  });

  it('is not shortened by a second response', () => {
    const rate = afterThrottle(afterThrottle(initialRate(limit, t), limit, t, 30_000), limit, seconds(1), 0);
    expect(rate.pausedUntil).toBe(seconds(30));
  });

  it('adds no permits', () => {
    const { requests, rate } = refill(throttledAt([0]), limit, seconds(1));
    expect(requests).toBe(0);
    expect(refill(rate, limit, seconds(2)).requests).toBe(2.5);
  });
});

describe('the permits for a span of time', () => {
  it('follow the rate, and none is granted twice', () => {
    const first = refill(initialRate(limit, t), limit, seconds(1));
    const again = refill(first.rate, limit, seconds(1));
    expect([first.requests, again.requests, refill(again.rate, limit, seconds(1.5)).requests]).toEqual([5, 0, 2.5]);
  });

  it.each([1, 60, 3_600, 86_400])('continue as before after the clock was set back by %i s', (back) => {
    const { rate } = refill(initialRate(limit, t), limit, seconds(1));
    const set = refill(rate, limit, seconds(1 - back));
    expect(set.requests).toBeGreaterThanOrEqual(0);
    expect(refill(set.rate, limit, seconds(2 - back)).requests).toBe(5);
  });

  it('can be computed ahead: after the wait, the missing permits are there', () => {
    for (const missing of [0.2, 1, 3]) {
      const rate = throttledAt([0]);
      const ms = delayFor(missing, rate, limit, t);
      expect(refill(rate, limit, t + ms).requests).toBeGreaterThanOrEqual(missing);
      expect(refill(rate, limit, t + ms - 10).requests).toBeLessThan(missing);
    }
  });
});
