import { describe, expect, it, jest } from '@jest/globals';
import { Subject } from 'rxjs';
import { DeliveryRegistry } from '../../src/core/delivery-registry.ts';
import { snapshotsOf, type Deliveries } from '../../src/tracker/snapshots.ts';
import { alice, channel, rules, sentAt as at } from '../support/delivery-record.ts';

/** Deliveries, their snapshots, and how often the registry was read for one. */
function snapshots() {
  const registry = new DeliveryRegistry(rules, 100);
  const moved$ = new Subject<void>();
  const read = jest.spyOn(registry, 'deliveries');
  const deliveries$ = snapshotsOf(registry, moved$);
  let id = 0;
  return {
    deliveries$,
    moved$,
    builds: () => read.mock.calls.length,
    track: () => {
      id += 1;
      const messageId = `m${id}`;
      registry.add({ id: messageId, messageId, channelArn: channel, chimeBearer: alice, missingMeansDenied: true, at });
      moved$.next();
    },
    settle: (messageId: string) => {
      const message = { messageId, channelArn: channel, sender: alice, isEdit: false };
      registry.apply({ message, evidence: { kind: 'status', source: 'websocket', status: 'SENT', at } });
      moved$.next();
    },
  };
}
const microtasks = async (): Promise<void> => {
  for (let i = 0; i < 5; i += 1) await Promise.resolve();
};
const inShort = (all: readonly Deliveries[]): string[] =>
  all.map((one) => [...one.values()].map(({ id, status }) => `${id} ${status}`).join(', '));

describe('the snapshots of all deliveries', () => {
  it('start with the current one, and follow every change', async () => {
    const { deliveries$, track, settle } = snapshots();
    track();
    const heard: Deliveries[] = [];
    deliveries$.subscribe((deliveries) => heard.push(deliveries));
    settle('m1');
    await microtasks();
    track();
    await microtasks();
    expect(inShort(heard)).toEqual(['m1 PENDING', 'm1 SENT', 'm1 SENT, m2 PENDING']);
  });

  it('are built at most once a microtask', async () => {
    const { deliveries$, track, builds } = snapshots();
    const heard: Deliveries[] = [];
    deliveries$.subscribe((deliveries) => heard.push(deliveries));
    for (let i = 0; i < 100; i += 1) track();
    await microtasks();
    expect([heard.map(({ size }) => size), builds()]).toEqual([[0, 100], 2]);
  });

  it('are not built without a subscriber', async () => {
    const { deliveries$, track, builds } = snapshots();
    track();
    await microtasks();
    expect(builds()).toBe(0);
    deliveries$.subscribe().unsubscribe();
    track();
    await microtasks();
    expect(builds()).toBe(1);
  });

  it('are the same object for all subscribers, and while nothing changed', async () => {
    const { deliveries$, track } = snapshots();
    const heard: Deliveries[] = [];
    for (let i = 0; i < 3; i += 1) deliveries$.subscribe((deliveries) => heard.push(deliveries));
    expect(new Set(heard).size).toBe(1);
    track();
    await microtasks();
    expect([heard.length, new Set(heard).size]).toEqual([6, 2]);
  });

  it('stay as they are when something changes later', async () => {
    const { deliveries$, track, settle } = snapshots();
    track();
    const heard: Deliveries[] = [];
    deliveries$.subscribe((deliveries) => heard.push(deliveries));
    settle('m1');
    await microtasks();
    expect(heard[0]?.get('m1')?.status).toBe('PENDING');
  });

  it('include for a subscriber the change that its subscription causes', async () => {
    const { deliveries$, track } = snapshots();
    const heard: Deliveries[] = [];
    deliveries$.subscribe((deliveries) => {
      heard.push(deliveries);
      if (deliveries.size === 0) track();
    });
    await microtasks();
    expect(inShort(heard)).toEqual(['', 'm1 PENDING']);
  });

  it('complete with the tracker, after the last one', async () => {
    const { deliveries$, track, moved$ } = snapshots();
    const story: string[] = [];
    deliveries$.subscribe({ next: ({ size }) => story.push(`${size}`), complete: () => story.push('end') });
    track();
    moved$.complete();
    await microtasks();
    expect(story).toEqual(['0', '1', 'end']);
  });
});
