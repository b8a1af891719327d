import { describe, expect, it } from '@jest/globals';
import type { TrackedDelivery } from '../../../src/core/delivery.ts';
import { SharedPolls } from '../../../src/features/batch-polling/shared-polls.ts';
import { deliveryNamed } from '../../support/delivery-record.ts';

function waits(...ms: number[]): Map<TrackedDelivery, number> {
  return new Map(ms.map((each, i) => [deliveryNamed(`m${i}`), each]));
}

describe('a page for several deliveries', () => {
  it('comes sooner, the more deliveries there are', () => {
    const pages = new SharedPolls(() => 0.5);
    const at = (count: number): number => pages.plan(waits(...Array<number>(count).fill(2_000)), 1, 0)?.at ?? NaN;
    expect(at(4)).toBeLessThan(2_000);
    expect(at(16)).toBeCloseTo(at(4) / 2);
  });

  it('is not planned for a single delivery', () => {
    expect(new SharedPolls(() => 0.5).plan(waits(1_000), 1, 0)).toBeUndefined();
    expect(new SharedPolls(() => 0.5).plan(new Map(), 1, 0)).toBeUndefined();
  });

  it('comes no later than the first individual polls, as long as they wait for each other no longer than a request is worth', () => {
    const at = (...ms: number[]): number | undefined => new SharedPolls(() => 0.5).plan(waits(...ms), 1, 0)?.at;
    expect(at(2_000, 2_100)).toBe(2_100);
    expect(at(1_000, 2_500)).toBe(1_000);
  });

  it('comes no sooner for a plan that names the same age again', () => {
    const pages = new SharedPolls(() => 0.5);
    const [one, other] = [deliveryNamed('m1'), deliveryNamed('m2')];
    // Each is worth a poll at 10 000, and not before.
    const at = (now: number): number =>
      pages.plan(new Map([one, other].map((each) => [each, 10_000 - now])), 1, now)?.at ?? NaN;
    let [pageAt, count] = [0, 0];
    for (; pageAt < 10_000; count += 1) pageAt = at(pageAt);
    expect([pageAt, count]).toEqual([10_000, 1]);
    expect(pages.plan(new Map([one, other].map((each) => [each, 4_000])), 1, 10_000)?.at).toBe(14_000);
  });

  it('leaves out deliveries that would wait much longer than the others', () => {
    const all = waits(1_000, 1_000, 1_000, 60_000);
    expect(new SharedPolls(() => 0.5).plan(all, 1, 0)?.deliveries).toEqual([...all.keys()].slice(0, 3));
  });

  it('comes no more often than the tracker’s share of the channel’s lists allows', () => {
    expect(new SharedPolls(() => 0.5).plan(waits(300, 300, 300, 300), 50, 0)?.at).toBeCloseTo(50_000 / 30);
  });

  it('lets other deliveries of the channel wait for as long as a request is worth', () => {
    const pages = new SharedPolls(() => 0.5);
    const at = pages.plan(waits(4_000, 4_000, 4_000, 4_000), 1, 0)?.at ?? NaN;
    expect(pages.pageAt(deliveryNamed('other'), at - 1_500)).toBeUndefined();
    expect(pages.pageAt(deliveryNamed('other'), at - 500)).toBe(at);
    expect(pages.pageAt(deliveryNamed('other'), at + 500)).toBeUndefined();
    expect(pages.pageAt(deliveryNamed('other', 'arn:somebody'), at - 500)).toBeUndefined();
  });
});
