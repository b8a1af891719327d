import { describe, expect, it, jest } from '@jest/globals';
import * as fc from 'fast-check';
import { DeliveryMapBuilder } from '../../src/core/delivery-map.ts';
import { TrackedDelivery } from '../../src/core/delivery.ts';
import { selector, type Filter } from '../../src/react/select.ts';
import { pending } from '../support/delivery-record.ts';

const entryAt = (place: number): TrackedDelivery =>
  new TrackedDelivery(pending({ id: `m${place}`, messageId: `m${place}` }), place);

function settle(delivery: TrackedDelivery): void {
  delivery.record = { ...delivery.record, status: 'SENT', settledAt: 1, evidence: 'websocket' };
}

const isSent: Filter = ({ status }) => status === 'SENT';
const never = (): undefined => undefined;

describe('a selector', () => {
  it('returns what filtering the whole map returns, in every version', () => {
    const steps = fc.array(fc.record({ kind: fc.constantFrom('put', 'settle', 'delete'), n: fc.nat(2_000) }), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(steps, (all) => {
        const builder = new DeliveryMapBuilder();
        const deliveries = new Map<number, TrackedDelivery>();
        const [some, whole] = [selector(isSent, never), selector(undefined, never)];
        for (const { kind, n } of all) {
          const delivery = deliveries.get(n) ?? entryAt(n);
          deliveries.set(n, delivery);
          if (kind === 'settle') settle(delivery);
          if (kind === 'delete') {
            builder.delete(delivery);
            deliveries.delete(n);
          } else builder.put(delivery);
          const map = builder.build();
          expect(some(map)).toEqual([...map.values()].filter(isSent));
          expect(whole(map)).toEqual([...map.values()]);
        }
      }),
    );
  });

  it('filters the neighbours of what changed, and not everything', () => {
    const builder = new DeliveryMapBuilder();
    const deliveries = Array.from({ length: 10_000 }, (_, place) => entryAt(place));
    for (const delivery of deliveries) builder.put(delivery);
    const filter = jest.fn(isSent);
    const select = selector(filter, never);
    select(builder.build());
    expect(filter).toHaveBeenCalledTimes(10_000);
    filter.mockClear();
    for (const delivery of deliveries.slice(5_000, 5_001)) {
      settle(delivery);
      builder.put(delivery);
    }
    expect(select(builder.build()).map(({ id }) => id)).toEqual(['m5000']);
    expect(filter.mock.calls.length).toBeLessThanOrEqual(32);
  });

  it('returns the same array while nothing in it changed, also the one that was shown', () => {
    const builder = new DeliveryMapBuilder();
    const deliveries = [entryAt(0), entryAt(1)];
    for (const delivery of deliveries) builder.put(delivery);
    settle(deliveries[0] as TrackedDelivery);
    builder.put(deliveries[0] as TrackedDelivery);
    const shown = selector(isSent, never)(builder.build());
    const select = selector(
      (state) => isSent(state),
      () => shown,
    );
    expect(select(builder.build())).toBe(shown);
    builder.put(entryAt(2));
    expect(select(builder.build())).toBe(shown);
  });

  it('accepts any map, such as one in an app’s own tests', () => {
    const map = new Map([entryAt(0), entryAt(1)].map(({ record }) => [record.id, { ...record } as never]));
    expect(selector(undefined, never)(map)).toEqual([...map.values()]);
    expect(selector(isSent, never)(map)).toEqual([]);
  });
});
