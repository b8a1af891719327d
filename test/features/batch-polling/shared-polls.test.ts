import { describe, expect, it } from '@jest/globals';
import type { TrackedDelivery } from '../../../src/core/delivery.ts';
import { SharedPolls } from '../../../src/features/batch-polling/shared-polls.ts';
import { deliveryNamed } from '../../support/delivery-record.ts';

function waits(...ms: number[]): Map<TrackedDelivery, number> {
  return new Map(ms.map((each, i) => [deliveryNamed(`m${i}`), each]));
}

describe('a page for several deliveries', () => {
  it('comes sooner, the more deliveries there are', () => {
    const looks = new SharedPolls(() => 0.5);
    expect(looks.plan(waits(...Array.from({ length: 4 }, () => 2_000)), 1, 0)?.at).toBeCloseTo(1_000);
    expect(looks.plan(waits(...Array.from({ length: 16 }, () => 2_000)), 1, 0)?.at).toBeCloseTo(500);
  });

  it('is not planned for fewer than three deliveries', () => {
    expect(new SharedPolls(() => 0.5).plan(waits(1_000, 1_000), 1, 0)).toBeUndefined();
    expect(new SharedPolls(() => 0.5).plan(new Map(), 1, 0)).toBeUndefined();
  });

  it('leaves out deliveries that would wait much longer than the others', () => {
    const all = waits(1_000, 1_000, 1_000, 60_000);
    expect(new SharedPolls(() => 0.5).plan(all, 1, 0)?.deliveries).toEqual([...all.keys()].slice(0, 3));
  });

  it('comes no more often than the tracker’s share of the channel’s lists allows', () => {
    expect(new SharedPolls(() => 0.5).plan(waits(300, 300, 300, 300), 50, 0)?.at).toBeCloseTo(50_000 / 30);
  });

  it('lets other deliveries of the channel wait for as long as a request is worth', () => {
    const looks = new SharedPolls(() => 0.5);
    looks.plan(waits(...Array.from({ length: 4 }, () => 4_000)), 1, 0);
    expect(looks.pageAt(deliveryNamed('other'), 500)).toBeUndefined();
    expect(looks.pageAt(deliveryNamed('other'), 1_500)).toBeCloseTo(2_000);
    expect(looks.pageAt(deliveryNamed('other'), 2_500)).toBeUndefined();
    expect(looks.pageAt(deliveryNamed('other', 'arn:somebody'), 1_500)).toBeUndefined();
  });
});
