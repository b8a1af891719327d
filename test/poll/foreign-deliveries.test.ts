import { describe, expect, it } from '@jest/globals';
import type { DeliveryRecord } from '../../src/core/delivery-record.ts';
import { ForeignDeliveries } from '../../src/poll/foreign-deliveries.ts';
import { bob, trackedDelivery, otherChannel, pending } from '../support/delivery-record.ts';

describe('a foreign delivery', () => {
  it('is added once, and found by its message', () => {
    const foreign = new ForeignDeliveries();
    const delivery = foreign.add(pending());
    expect(delivery).toBeDefined();
    expect(foreign.add(pending({ id: 'of a third tracker' }))).toBeUndefined();
    expect([foreign.find(pending()), foreign.all()]).toEqual([delivery, [delivery]]);
  });

  it.each<[string, Partial<DeliveryRecord>]>([
    ['in another channel', { channelArn: otherChannel }],
    ['in a sub-channel', { subChannelId: 's1' }],
    ['of another bearer', { chimeBearer: bob }],
    ['of another MessageId', { messageId: 'm2' }],
    ['that is an edit', { isEdit: true }],
  ])('is not matched by a delivery %s', (_what, fields) => {
    const foreign = new ForeignDeliveries();
    const delivery = foreign.add(pending());
    expect(foreign.find(pending(fields))).toBeUndefined();
    expect(foreign.add(pending(fields))).not.toBe(delivery);
    expect(foreign.all()).toHaveLength(2);
  });

  it('can be removed and added again', () => {
    const foreign = new ForeignDeliveries();
    const delivery = foreign.add(pending());
    if (delivery !== undefined) foreign.delete(delivery);
    expect([foreign.all(), foreign.find(pending())]).toEqual([[], undefined]);
    expect(foreign.add(pending())).not.toBe(delivery);
  });

  it('is not mistaken for our own delivery of the same message', () => {
    const foreign = new ForeignDeliveries();
    const delivery = foreign.add(pending());
    expect([delivery !== undefined && foreign.has(delivery), foreign.has(trackedDelivery())]).toEqual([true, false]);
  });
});
