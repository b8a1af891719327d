// The registry beside a model of it, through random orders of all that can happen to a few deliveries.

import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { TrackedDelivery } from '../../src/core/delivery.ts';
import type { Evidence, StatusReported } from '../../src/core/evidence.ts';
import type { DeliveryRecord, NewDelivery } from '../../src/core/delivery-record.ts';
import type { DeliveryQuery } from '../../src/core/delivery-index.ts';
import { DeliveryRegistry, type Transition } from '../../src/core/delivery-registry.ts';
import type { MessageReference } from '../../src/core/identity.ts';
import { isTerminal, type ServiceStatus } from '../../src/core/status.ts';
import { alice, bob, channel, otherChannel, sentAt } from '../support/delivery-record.ts';
import { expectEqual } from '../support/expect-equal.ts';
import { freshSeed } from '../support/fresh-seed.ts';
import { LedgerModel, type Modelled } from './registry-model.ts';
import { searchSize } from '../support/search-size.ts';

interface Real {
  readonly registry: DeliveryRegistry;
  /** Every delivery that ever was, also forgotten ones: a response for them may still be in flight. */
  readonly deliveries: Map<Modelled, TrackedDelivery>;
  readonly ends: Map<TrackedDelivery, DeliveryRecord>;
}
interface World {
  readonly model: LedgerModel;
  readonly all: Modelled[];
  now: number;
}
type Step = fc.Command<World, Real>;

const queries: readonly DeliveryQuery[] = [
  {},
  { operation: 'create' },
  { operation: 'update' },
  { channelArn: otherChannel },
  { chimeBearer: bob, operation: 'update' },
];

/** Both agree, seen from outside. */
function compare({ model, all }: World, { registry, deliveries, ends }: Real): void {
  for (const it of model.deliveries) {
    const delivery = deliveries.get(it);
    const {
      id,
      status,
      reason,
      evidence,
      messageId,
      subChannelId,
      settledAt,
      pollCount,
      missingCount,
      seen,
      missingMeansDenied,
    } = delivery?.record ?? {};
    expectEqual(
      [
        it.id ?? id,
        status,
        reason ?? evidence,
        messageId,
        subChannelId,
        settledAt,
        pollCount,
        missingCount,
        seen,
        missingMeansDenied,
      ],
      [
        id,
        it.status,
        it.why,
        it.messageId,
        it.subChannelId,
        it.settledAt,
        it.polls,
        it.missingCount.length,
        it.seen,
        it.missingMeansDenied,
      ],
    );
  }
  const ids = new Set(Array.from(registry.deliveries(), ({ record }) => record.id));
  expectEqual([[...registry.deliveries()].length, ids.size], [model.deliveries.length, model.deliveries.length]);
  const open = model.deliveries.length - model.settled.length;
  expectEqual([registry.pendingCount, [...registry.pending()].length], [open, open]);
  for (const name of [...tokens, ...messageIds]) {
    for (const query of queries) {
      const it = model.find(name, query);
      const delivery = it && deliveries.get(it);
      if (registry.find(name, query) !== delivery) expect(registry.find(name, query)).toBe(delivery);
    }
  }
  for (const it of all) {
    const delivery = deliveries.get(it);
    if (delivery === undefined || !isTerminal(delivery.record.status)) continue;
    // The final state stays, as the same object.
    const { record } = delivery;
    const end = ends.get(delivery) ?? record;
    if (record !== end) expect(record).toBe(end);
    ends.set(delivery, end);
  }
}

function step(name: string, run: (world: World, real: Real) => void): Step {
  return {
    check: () => true,
    run: (world, real) => {
      run(world, real);
      compare(world, real);
    },
    toString: () => name,
  };
}

/** A change is announced exactly if there was one, and starts from the previous state. */
function tell(delivery: TrackedDelivery | undefined, apply: () => Transition | undefined): void {
  const before = delivery?.record;
  const transition = apply();
  const after = delivery?.record;
  expectEqual([transition?.before, transition?.after], after === before ? [undefined, undefined] : [before, after]);
}

const tokens = ['t1', 't2', 't3', '__proto__'];
const messageIds = ['m1', 'm2', 'm3', 'constructor'];
const error = new Error('refused');

const word = fc.constantFrom<ServiceStatus[]>('PENDING', 'SENT', 'FAILED', 'DENIED');
const messageId = fc.constantFrom(...messageIds);
const mostly = <T>(usual: T, other: T): fc.Arbitrary<T> =>
  fc.oneof({ weight: 5, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constant(other) });
const subChannelId = mostly(undefined, 's1');
const whose = { channelArn: mostly(channel, otherChannel), chimeBearer: mostly(alice, bob), subChannelId };
const content = fc.constantFrom(undefined, 1, 1, 2);
const nature: fc.Arbitrary<Pick<NewDelivery, 'missingMeansDenied' | 'isEdit' | 'contentDigest'>> = fc.oneof(
  fc.constant({ missingMeansDenied: true, isEdit: false }),
  fc.constant({ missingMeansDenied: true }),
  fc.constant({ missingMeansDenied: false, isEdit: false }),
  content.map((contentDigest) => ({ missingMeansDenied: false, isEdit: true, contentDigest })),
  content.map((contentDigest) => ({ missingMeansDenied: false, isEdit: true, contentDigest })),
);

const begin: fc.Arbitrary<Step> = fc
  .record({
    by: fc.oneof(fc.record({ token: fc.constantFrom(...tokens) }), fc.record({ messageId })),
    nature,
    whose: fc.record(whose),
    status: fc.option(word, { nil: undefined }),
  })
  .map(({ by, nature, whose, status }) => {
    const name = `begin ${JSON.stringify({ ...by, ...nature, ...whose, status })}`;
    return step(name, (world, { registry, deliveries }) => {
      const at = world.now;
      const id = 'token' in by ? by.token : nature.isEdit === true ? undefined : by.messageId;
      const delivery: NewDelivery = { id, ...nature, ...whose, at, ...by };
      const said: StatusReported | undefined =
        status === undefined || 'token' in by ? undefined : { kind: 'status', source: 'send-response', status, at };
      const transition = registry.add(delivery, said);
      expectEqual([transition.before, transition.after], [undefined, transition.delivery.record]);
      const it = world.model.add(delivery, said);
      world.all.push(it);
      deliveries.set(it, transition.delivery);
    });
  });

/** What the http client and the poller report about a delivery. */
const adaptive = fc.oneof(
  fc.record({
    kind: fc.constant('accepted'),
    messageId,
    status: fc.option(word, { nil: undefined }),
    subChannelId,
  }),
  fc.constantFrom('rejected', 'unconfirmed', 'invalid', 'forbidden').map((kind) => ({ kind, error })),
  fc.constantFrom('present', 'no-response', 'deadline', 'removed').map((kind) => ({ kind })),
  fc.record({
    kind: fc.constant('missing'),
    source: fc.constantFrom('status', 'message', 'status-only'),
    tookMs: mostly(undefined, 1_500),
  }),
  fc.record({ kind: fc.constant('missing'), source: fc.constantFrom('message', 'status-only') }),
  fc.record({ kind: fc.constant('status'), source: fc.constantFrom('status', 'list', 'send-response'), status: word }),
);
/** What reads show about edits. */
const read = fc.record({
  kind: fc.constant('edit-read'),
  source: fc.constantFrom('message', 'list'),
  shows: fc.constantFrom('applied', 'old', 'old', 'old', 'unclear'),
  status: fc.constantFrom(undefined, 'PENDING', 'PENDING', 'SENT', 'SENT', 'FAILED'),
  ambiguous: mostly(false, true),
});

const learn: fc.Arbitrary<Step> = fc
  .record({ which: fc.nat(11), of: adaptive, ofEdit: fc.oneof(read, read, adaptive), twice: fc.boolean() })
  .map(({ which, of, ofEdit, twice }) =>
    step(
      `learn ${which} ${JSON.stringify([of, ofEdit])}${twice ? ' twice' : ''}`,
      ({ model, all, now }, { registry, deliveries }) => {
        const it = all[which % Math.max(1, all.length)];
        const delivery = it && deliveries.get(it);
        if (it === undefined || delivery === undefined) return;
        const evidence = { ...(it.of.isEdit === true ? ofEdit : of), at: now } as Evidence;
        for (let time = 0; time < (twice ? 2 : 1); time += 1) {
          tell(delivery, () => registry.apply({ delivery, evidence }));
          model.tell(it, evidence);
        }
      },
    ),
  );

const hear: fc.Arbitrary<Step> = fc
  .record({
    messageId,
    channelArn: whose.channelArn,
    sender: fc.option(whose.chimeBearer, { nil: undefined }),
    subChannelId,
    isEdit: fc.constantFrom(false, false, true, true, undefined),
    contentDigest: content,
    eventDigest: fc.constantFrom(undefined, 1, 2, 3),
    status: word,
  })
  .map(({ status, contentDigest, eventDigest, ...named }) =>
    step(`hear ${status} of ${JSON.stringify({ ...named, contentDigest, eventDigest })}`, ({ model, now }, real) => {
      const { isEdit } = named;
      const digests = isEdit === true ? { contentDigest, eventDigest } : {};
      const message: MessageReference = { ...named, ...digests };
      const source = isEdit === undefined ? 'prefetch' : 'websocket';
      const evidence: StatusReported = { kind: 'status', source, status, at: now };
      const before = new Map(Array.from(real.registry.deliveries(), (delivery) => [delivery, delivery.record]));
      const transition = real.registry.apply({ message, evidence });
      const changed = [...before]
        .filter(([delivery, record]) => delivery.record !== record)
        .map(([delivery]) => delivery);
      const it = model.hear(message, evidence);
      // No other delivery changes, and every changed one is announced.
      expectEqual(changed, transition === undefined ? [] : [transition.delivery]);
      if (transition !== undefined) expectEqual(it && real.deliveries.get(it) === transition.delivery, true);
    }),
  );

const removed: fc.Arbitrary<Step> = fc
  .record({ channelArn: whose.channelArn, messageId: fc.oneof(messageId, messageId, fc.constant(undefined)) })
  .map((named) =>
    step(`removed ${JSON.stringify(named)}`, ({ model, now: at }, { registry, deliveries }) => {
      const { channelArn, messageId } = named;
      const key = { channelArn, sender: bob, isEdit: false };
      const message: MessageReference | undefined = messageId === undefined ? undefined : { ...key, messageId };
      const meant = registry.removed({ channelArn, message }, at);
      const modelled = model.remove(named, at);
      expectEqual(new Set(meant), new Set(modelled.map((it) => deliveries.get(it))));
      for (const delivery of meant) registry.apply({ delivery, evidence: { kind: 'removed', at } });
      for (const it of modelled) model.tell(it, { kind: 'removed', at });
    }),
  );

const forget: fc.Arbitrary<Step> = fc.nat(11).map((which) =>
  step(`forget ${which}`, ({ model, all }, { registry, deliveries }) => {
    const it = all[which % Math.max(1, all.length)];
    const delivery = it && deliveries.get(it);
    if (it === undefined || delivery === undefined) return;
    registry.remove(delivery);
    model.forget(it);
  }),
);

const wait: fc.Arbitrary<Step> = fc
  .constantFrom(1, 999, 1_000, 2_000, 4_999, 5_000, 10_000, 59_999, 60_000, 60_001)
  .map((ms) => step(`wait ${ms}`, (world) => void (world.now += ms)));

const steps = fc.commands([begin, begin, learn, learn, learn, hear, hear, removed, forget, wait, wait], {
  maxCommands: 60,
  size: 'max',
});
const rules = fc.record({
  confirmations: fc.constantFrom(1, 2, 2, 3),
  confirmDelayMs: fc.constantFrom(0, 1_000, 1_000),
  minAgeMs: fc.constantFrom(0, 2_000, 2_000),
  unseenMs: fc.constantFrom(0, 10_000, 10_000),
  editMs: fc.constantFrom(5_000, 60_000),
});

function agrees(): fc.IProperty<unknown> {
  return fc.property(rules, fc.constantFrom(0, 1, 2, 100), steps, (rules, keepSettled, commands) => {
    const registry = new DeliveryRegistry(rules, keepSettled);
    registry.watchSender(alice);
    const model = new LedgerModel(rules, keepSettled, alice);
    fc.modelRun(
      () => ({
        model: { model, all: [], now: sentAt },
        real: { registry, deliveries: new Map(), ends: new Map() },
      }),
      commands,
    );
  });
}

describe('the registry agrees with its model', () => {
  it('in thousands of stories', () => {
    fc.assert(agrees(), { seed: 1, numRuns: searchSize({ part: 1_000, whole: 10_000 }) });
  });

  it('in some more, new in each commit', () => {
    fc.assert(agrees(), { seed: freshSeed, numRuns: searchSize({ part: 300, whole: 2_000 }) });
  });
});
