import { describe, expect, it } from '@jest/globals';
import { TrackedDelivery } from '../../src/core/delivery.ts';
import type { DeliveryRecord } from '../../src/core/delivery-record.ts';
import { NameIndex } from '../../src/core/name-index.ts';
import { trackedDelivery, otherChannel, pending, sending } from '../support/delivery-record.ts';

function named(...deliveries: TrackedDelivery[]): NameIndex {
  const names = new NameIndex();
  for (const delivery of deliveries) names.add(delivery);
  return names;
}
const ids = (names: Iterable<TrackedDelivery>): string[] => Array.from(names, ({ record }) => record.id);

describe('the names of a delivery', () => {
  it('are its id, its token and its MessageId', () => {
    const delivery = trackedDelivery({ id: 'ours', token: 't1', messageId: 'm1' });
    const names = named(delivery);
    expect(['ours', 't1', 'm1', 'm2'].map((name) => names.all(name))).toEqual([[delivery], [delivery], [delivery], []]);
    expect([names.size, ids(names)]).toEqual([1, ['ours']]);
  });

  it('may be all the same, and then it is found once', () => {
    const delivery = trackedDelivery({ id: 'm1', token: 'm1', messageId: 'm1' });
    expect([named(delivery).all('m1'), ids(named(delivery))]).toEqual([[delivery], ['m1']]);
  });

  it('grow when its MessageId becomes known', () => {
    const delivery = new TrackedDelivery(sending());
    const names = named(delivery);
    const before = delivery.record;
    delivery.record = { ...before, status: 'PENDING', messageId: 'm1' };
    names.rename(delivery, before);
    names.rename(delivery, delivery.record);
    expect([names.all('token-1'), names.all('m1'), names.size]).toEqual([[delivery], [delivery], 1]);
  });

  it('are removed with it, and no others', () => {
    const first = trackedDelivery({ id: 'a', messageId: 'm1' });
    const second = trackedDelivery({ id: 'b', messageId: 'm1' });
    const third = trackedDelivery({ id: 'c', messageId: 'm1' });
    const names = named(first, second, third);
    names.delete(second);
    names.delete(second);
    expect([names.all('m1'), names.all('b'), names.size, names.has(second)]).toEqual([[first, third], [], 2, false]);
    names.delete(first);
    names.delete(third);
    expect([names.all('m1'), names.size, ids(names)]).toEqual([[], 0, []]);
  });
});

describe('several deliveries of one name', () => {
  const share = (...fields: Partial<DeliveryRecord>[]): TrackedDelivery[] =>
    fields.map((each) => new TrackedDelivery(pending(each)));

  it('are all found, in the order in which they got it', () => {
    const deliveries = share({ id: 'm1' }, { id: 'x', channelArn: otherChannel }, { id: 'y', isEdit: true });
    const names = named(...deliveries);
    expect([names.all('m1'), names.size]).toEqual([deliveries, 3]);
    expect(deliveries.map((delivery) => names.has(delivery))).toEqual([true, true, true]);
  });

  it('are announced once each, in the order in which tracking began', () => {
    const names = named(...share({ id: 'm1' }, { id: 'x', token: 'm1' }, { id: 'y' }, { id: 'm9', messageId: 'x' }));
    expect(ids(names)).toEqual(['m1', 'x', 'y', 'm9']);
  });

  it('do not hide that another delivery is not among them', () => {
    const [one, other, stranger] = share({ id: 'm1' }, { id: 'x' }, { id: 'm1' });
    const names = named(one as TrackedDelivery, other as TrackedDelivery);
    expect(names.has(stranger as TrackedDelivery)).toBe(false);
    names.delete(stranger as TrackedDelivery);
    expect(names.size).toBe(2);
  });

  it.each(['__proto__', 'constructor', 'hasOwnProperty'])('may share the name %s', (messageId) => {
    const names = named(...share({ id: 'a', messageId }, { id: 'b', messageId }));
    expect(ids(names.all(messageId))).toEqual(['a', 'b']);
  });
});
