import { describe, expect, it } from '@jest/globals';
import type { TrackedDelivery } from '../../../src/core/delivery.ts';
import { timesOf, windowAround } from '../../../src/features/batch-polling/page-window.ts';
import { trackedDelivery } from '../../support/delivery-record.ts';

const SERVICE_AHEAD = 1_000_000;
const times = { aheadMs: SERVICE_AHEAD, rowsPerMs: 0.1 };

/** One message every 10 ms. */
function sent(count: number): TrackedDelivery[] {
  return Array.from({ length: count }, (_, i) =>
    trackedDelivery({ id: `m${i}`, messageId: `m${i}`, sentAt: i * 10, trackedAt: i * 10 }),
  );
}

describe('a window of send times', () => {
  it('is undefined if no page has shown a time', () => {
    const due = sent(10);
    expect(windowAround(due[0]!, due, { aheadMs: undefined, rowsPerMs: 0.1 }, 0)).toBeUndefined();
    expect(windowAround(due[0]!, due, { aheadMs: 0, rowsPerMs: undefined }, 0)).toBeUndefined();
  });

  it('holds a page around the delivery that is due, and ends with its newest message', () => {
    const due = sent(200);
    const window = windowAround(due[70]!, due.toReversed(), times, 10_000);
    expect(window?.deliveries).toEqual(due.slice(50, 100));
    expect(window?.notAfter).toBe(SERVICE_AHEAD + 990);
  });

  it('leaves no gap to the window before it', () => {
    const due = sent(200);
    expect(windowAround(due[49]!, due, times, 10_000)?.deliveries.at(-1)).toBe(due[49]);
    expect(windowAround(due[50]!, due, times, 10_000)?.deliveries[0]).toBe(due[50]);
  });

  it('is no longer than the rows of a page reach', () => {
    const due = sent(200).filter((_, i) => i % 4 === 0);
    expect(windowAround(due[0]!, due, times, 10_000)?.deliveries).toHaveLength(13);
  });

  it('starts with the newest message if hardly any stands before it', () => {
    const due = sent(20);
    expect(windowAround(due[0]!, due, times, 250)?.notAfter).toBeUndefined();
  });
});

describe('the times of rows', () => {
  it('show the rate of all rows, and how far the service clock is ahead of ours', () => {
    const rows = Array.from({ length: 50 }, (_, i) => ({ createdAt: 1_000 + i * 2 }));
    expect(timesOf([...rows.slice(1), { createdAt: 1_100, sentAt: 450 }])).toEqual({
      aheadMs: 650,
      rowsPerMs: 50 / 98,
    });
  });

  it('do not show the rate if there are only a few', () => {
    const rows = [{ createdAt: 1_000, sentAt: 400 }, { createdAt: 1_050 }, { createdAt: 1_100, sentAt: 450 }];
    expect(timesOf(rows)).toEqual({ aheadMs: 650, rowsPerMs: undefined });
  });

  it('show nothing if the rows have none, or only whole seconds', () => {
    const nothing = { aheadMs: undefined, rowsPerMs: undefined };
    expect(timesOf([{ createdAt: undefined, sentAt: 3 }])).toEqual(nothing);
    expect(timesOf([1_000, 1_000, 3_000].map((createdAt) => ({ createdAt, sentAt: 400 })))).toEqual(nothing);
  });
});
