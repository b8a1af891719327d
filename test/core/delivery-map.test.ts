import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { inspect } from 'node:util';
import { Subject } from 'rxjs';
import type { DeliveryState } from '../../src/core/delivery-state.ts';
import { snapshotOf, TrackedDelivery } from '../../src/core/delivery.ts';
import { DeliveryMapBuilder, type Deliveries } from '../../src/core/delivery-map.ts';
import { DeliveryRegistry } from '../../src/core/delivery-registry.ts';
import { snapshotsOf } from '../../src/tracker/snapshots.ts';
import { alice, channel, pending, rules, sentAt as at } from '../support/delivery-record.ts';

type Model = ReadonlyMap<string, DeliveryState>;

/** All readable content of a map. */
function expectSame(map: Deliveries, model: Model, ids: readonly string[]): void {
  expect(map.size).toBe(model.size);
  expect([...map]).toEqual([...model]);
  expect([...map.entries()]).toEqual([...model.entries()]);
  expect([...map.keys()]).toEqual([...model.keys()]);
  expect([...map.values()].every((state) => state === model.get(state.id))).toBe(true);
  for (const id of ids) expect([map.has(id), map.get(id)]).toEqual([model.has(id), model.get(id)]);
  const told: unknown[] = [];
  map.forEach((state, id, of) => told.push([id, state, of === map]));
  expect(told).toEqual([...model].map(([id, state]) => [id, state, true]));
}

function entryAt(place: number, id = `m${place}`): TrackedDelivery {
  return new TrackedDelivery(pending({ id, messageId: id }), place);
}

describe('the snapshots of random operations', () => {
  const ids = Array.from({ length: 12 }, (_, n) => `m${n}`);
  const steps = fc.array(
    fc.record({
      kind: fc.constantFrom('track', 'settle', 'forget', 'poll'),
      n: fc.nat(ids.length - 1),
      read: fc.boolean(),
    }),
    { maxLength: 150 },
  );

  it('each equal a plain map of that moment, then and later', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 0, max: 6 }), (all, keepSettled) => {
        const registry = new DeliveryRegistry(rules, keepSettled);
        const moved$ = new Subject<void>();
        const deliveries$ = snapshotsOf(registry, moved$);
        const kept: { readonly map: Deliveries; readonly model: Model }[] = [];
        const read = (): Deliveries => {
          let now: Deliveries = new Map();
          deliveries$.subscribe((deliveries) => (now = deliveries)).unsubscribe();
          return now;
        };
        for (const { kind, n, read: isRead } of all) {
          const [messageId = '', address] = [ids[n], { channelArn: channel, chimeBearer: alice }];
          const delivery = registry.find(messageId);
          if (kind === 'track' && delivery === undefined)
            registry.add({ id: messageId, messageId, ...address, missingMeansDenied: true, at });
          if (kind === 'settle' && delivery !== undefined)
            registry.apply({ delivery, evidence: { kind: 'status', source: 'websocket', status: 'SENT', at } });
          if (kind === 'poll' && delivery !== undefined)
            registry.apply({ delivery, evidence: { kind: 'status', source: 'status', status: 'PENDING', at } });
          if (kind === 'forget' && delivery !== undefined) registry.remove(delivery);
          moved$.next();
          if (!isRead) continue;
          const map = read();
          const model = new Map([...registry.deliveries()].map((each) => [each.record.id, snapshotOf(each)]));
          kept.push({ map, model });
          expectSame(map, model, ids);
          expect(read()).toBe(map);
        }
        for (const { map, model } of kept) expectSame(map, model, ids);
      }),
    );
  });

  it('are the same object while nothing has changed, and another one after a change', () => {
    const registry = new DeliveryRegistry(rules, 10);
    const moved$ = new Subject<void>();
    const heard = new Set<Deliveries>();
    const deliveries$ = snapshotsOf(registry, moved$);
    const read = (): void => deliveries$.subscribe((deliveries) => heard.add(deliveries)).unsubscribe();
    for (const messageId of ids)
      registry.add({ id: messageId, messageId, channelArn: channel, chimeBearer: alice, missingMeansDenied: true, at });
    read();
    moved$.next();
    read();
    expect(heard.size).toBe(1);
    registry.remove(registry.find('m3') as TrackedDelivery);
    moved$.next();
    read();
    expect([...heard].map(({ size }) => size)).toEqual([12, 11]);
  });
});

describe('a map of deliveries', () => {
  it('keeps its order and its old versions over many levels and gaps', () => {
    const builder = new DeliveryMapBuilder();
    const model = new Map<string, DeliveryState>();
    const places = [0, 1, 31, 32, 33, 1_023, 1_024, 40_000, 2 ** 20, 2 ** 31, 2 ** 40];
    const versions: { map: Deliveries; model: Model }[] = [];
    const deliveries = places.map((place) => entryAt(place));
    const ids = deliveries.map(({ record }) => record.id);
    const keep = (): number => versions.push({ map: builder.build(), model: new Map(model) });
    for (const delivery of deliveries) {
      builder.put(delivery);
      model.set(delivery.record.id, snapshotOf(delivery));
      keep();
    }
    for (const delivery of [...deliveries].sort((a, b) => (a.record.id < b.record.id ? -1 : 1))) {
      builder.delete(delivery);
      model.delete(delivery.record.id);
      keep();
    }
    for (const { map, model: expected } of versions) expectSame(map, expected, ids);
    expect(versions).toHaveLength(2 * places.length);
  });

  it('holds far more deliveries than it has buckets', () => {
    const builder = new DeliveryMapBuilder();
    for (let place = 0; place < 70_000; place += 1) builder.put(entryAt(place));
    const map = builder.build();
    for (const id of ['m0', 'm69999', 'm12345']) expect(map.get(id)?.id).toBe(id);
    expect([map.size, map.has('m70000')]).toEqual([70_000, false]);
  });

  it('leaves nothing behind of deleted deliveries, however many have come and gone', () => {
    const builder = new DeliveryMapBuilder();
    for (let place = 0; place < 5_000; place += 1) {
      builder.put(entryAt(place));
      if (place >= 3) builder.delete(entryAt(place - 3));
    }
    expect([...builder.build().keys()]).toEqual(['m4997', 'm4998', 'm4999']);
  });

  describe('a snapshot as a public Map', () => {
    const builder = new DeliveryMapBuilder();
    const deliveries = [entryAt(0), entryAt(1)];
    for (const delivery of deliveries) builder.put(delivery);
    const map = builder.build();
    const plain = new Map(deliveries.map((delivery) => [delivery.record.id, snapshotOf(delivery)]));

    it('equals a plain map of the same entries, both ways, and no other', () => {
      expect(map).toEqual(plain);
      expect(plain).toEqual(map);
      expect(map).toStrictEqual(plain);
      expect(map).not.toEqual(new Map([...plain].slice(1)));
      expect(map).not.toEqual(new Map([...plain].map(([id, state]) => [id, { ...state, status: 'SENT' }])));
    });

    it('is a Map by every check, and is printed as one', () => {
      expect([map instanceof Map, map.constructor, Object.prototype.toString.call(map), Object.keys(map)]).toEqual([
        true,
        Map,
        '[object Map]',
        [],
      ]);
      expect(inspect(map)).toBe(inspect(plain));
      expect(new Map(map)).toEqual(plain);
      expect(Object.fromEntries(map)).toEqual(Object.fromEntries(plain));
    });

    it('cannot be changed', () => {
      const writable = map as Map<string, DeliveryState>;
      const state = snapshotOf(entryAt(2));
      for (const change of [() => writable.set('m2', state), () => writable.delete('m0'), () => writable.clear()])
        expect(change).toThrow(TypeError);
      expect(map).toEqual(plain);
    });

    it('passes on the this of forEach', () => {
      const seen = new Set<unknown>();
      map.forEach(function see(this: unknown) {
        seen.add(this);
      }, plain);
      expect([...seen]).toEqual([plain]);
    });
  });
});
