import { describe, expect, it } from '@jest/globals';
import {
  pageIsFaster,
  pagePays,
  pageSpreadMs,
  INITIAL_HIT_RATE,
  updateHitRate,
} from '../../../src/features/batch-polling/page-economics.ts';

describe('the economics of a page', () => {
  it.each([
    // wanted, share of our rows, pays
    [1, 1, false],
    [2, 1, false],
    [3, 1, true],
    [500, 1, true],
    // Two of fifty rows would be ours.
    [500, 0.04, false],
    [500, 0.06, true],
    [0, 1, false],
  ])('for %i deliveries, where %f of the rows are ours, a page pays: %s', (wanted, share, worth) => {
    expect(pagePays(wanted, share, INITIAL_HIT_RATE)).toBe(worth);
  });

  it('the estimate falls with the hit rate of the channel’s pages, and rises again with it', () => {
    let hitRate = INITIAL_HIT_RATE;
    for (let i = 0; i < 5; i += 1) hitRate = updateHitRate(hitRate, { expected: 20, found: 0 });
    expect(pagePays(20, 1, hitRate)).toBe(false);
    for (let i = 0; i < 5; i += 1) hitRate = updateHitRate(hitRate, { expected: 50, found: 50 });
    expect(pagePays(3, 1, hitRate)).toBe(true);
  });
});

describe('members who reconnect at the same moment', () => {
  it('do not list faster than the channel takes messages, however many they are', () => {
    // As many members as a full channel (30 messages a second) can have with this many messages each.
    for (const [count, spanMs] of [
      [3, 60_000],
      [10, 60_000],
      [50, 300_000],
    ] as const) {
      const members = (30 * spanMs) / 1_000 / count;
      expect((members / pageSpreadMs(evenly(count, spanMs))) * 1_000).toBeCloseTo(30);
    }
  });

  it('do not delay old messages for new ones, and never wait long', () => {
    const young = evenly(100, 20_000);
    expect(pageSpreadMs([36_000_000, ...young])).toBe(pageSpreadMs(young));
    expect(pageSpreadMs([36_000_000, 36_000_000, 36_000_000])).toBe(60_000);
  });

  it.each([
    [5, 12_000, false],
    [10, 6_000, false],
    [20, 3_000, true],
    [500, 200, true],
  ])('with %i messages each and a spread of %i ms: a page is sooner: %s', (count, spreadMs, sooner) => {
    expect(pageIsFaster(count, spreadMs, { requestsPerSecond: 5, burst: 5 })).toBe(sooner);
  });
});

/** The ages of `count` messages, sent evenly over a span. */
function evenly(count: number, spanMs: number): number[] {
  return Array.from({ length: count }, (_, i) => (spanMs * (i + 1)) / count);
}
