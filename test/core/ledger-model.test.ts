// The ledger beside a model of it, through any order of anything that can happen to a few deliveries.

import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { Entry } from '../../src/core/entry.ts';
import type { Evidence, Said } from '../../src/core/evidence.ts';
import type { Known, NewDelivery } from '../../src/core/known.ts';
import { Ledger, type Change, type DeliveryQuery, type MessageKey } from '../../src/core/ledger.ts';
import { isTerminal, type ServiceStatus } from '../../src/core/message.ts';
import { alice, bob, channel, otherChannel, sentAt } from '../support/known.ts';
import { same } from '../support/same.ts';
import { LedgerModel, type Modelled } from './ledger-model.ts';
import { searchSize } from '../support/search-size.ts';

interface Real {
  readonly ledger: Ledger;
  /** Every delivery that ever was, also those that were forgotten: an answer may still be on its way to them. */
  readonly entries: Map<Modelled, Entry>;
  readonly ends: Map<Entry, Known>;
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

/** The same in both, seen from outside. */
function compare({ model, all }: World, { ledger, entries, ends }: Real): void {
  for (const it of model.deliveries) {
    const entry = entries.get(it);
    const { id, status, reason, evidence, messageId, subChannelId, settledAt, polls, misses, seen, provable } =
      entry?.known ?? {};
    same(
      [it.id ?? id, status, reason ?? evidence, messageId, subChannelId, settledAt, polls, misses, seen, provable],
      [
        id,
        it.status,
        it.why,
        it.messageId,
        it.subChannelId,
        it.settledAt,
        it.polls,
        it.misses.length,
        it.seen,
        it.provable,
      ],
    );
  }
  const ids = new Set(Array.from(ledger.entries(), ({ known }) => known.id));
  same([[...ledger.entries()].length, ids.size], [model.deliveries.length, model.deliveries.length]);
  const open = model.deliveries.length - model.settled.length;
  same([ledger.pending, [...ledger.open()].length], [open, open]);
  for (const name of [...tokens, ...messageIds]) {
    for (const query of queries) {
      const it = model.find(name, query);
      const entry = it && entries.get(it);
      if (ledger.find(name, query) !== entry) expect(ledger.find(name, query)).toBe(entry);
    }
  }
  for (const it of all) {
    const entry = entries.get(it);
    if (entry === undefined || !isTerminal(entry.known.status)) continue;
    // The last word stays, as the same object.
    const { known } = entry;
    const end = ends.get(entry) ?? known;
    if (known !== end) expect(known).toBe(end);
    ends.set(entry, end);
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

/** A change is told of exactly where there was one, and begins where the one before ended. */
function tell(entry: Entry | undefined, apply: () => Change | undefined): void {
  const before = entry?.known;
  const change = apply();
  const after = entry?.known;
  same([change?.before, change?.after], after === before ? [undefined, undefined] : [before, after]);
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
const nature: fc.Arbitrary<Pick<NewDelivery, 'provable' | 'update' | 'contentDigest'>> = fc.oneof(
  fc.constant({ provable: true, update: false }),
  fc.constant({ provable: true }),
  fc.constant({ provable: false, update: false }),
  content.map((contentDigest) => ({ provable: false, update: true, contentDigest })),
  content.map((contentDigest) => ({ provable: false, update: true, contentDigest })),
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
    return step(name, (world, { ledger, entries }) => {
      const at = world.now;
      const id = 'token' in by ? by.token : nature.update === true ? undefined : by.messageId;
      const delivery: NewDelivery = { id, ...nature, ...whose, at, ...by };
      const said: Said | undefined =
        status === undefined || 'token' in by ? undefined : { kind: 'said', source: 'send-response', status, at };
      const change = ledger.add(delivery, said);
      same([change.before, change.after], [undefined, change.entry.known]);
      const it = world.model.add(delivery, said);
      world.all.push(it);
      entries.set(it, change.entry);
    });
  });

/** What the rooms learn about a delivery of theirs. */
const learnt = fc.oneof(
  fc.record({
    kind: fc.constant('accepted'),
    messageId,
    status: fc.option(word, { nil: undefined }),
    subChannelId,
  }),
  fc.constantFrom('rejected', 'lost', 'invalid', 'forbidden').map((kind) => ({ kind, error })),
  fc.constantFrom('present', 'unanswered', 'deadline', 'removed').map((kind) => ({ kind })),
  fc.record({
    kind: fc.constant('missing'),
    witness: fc.constantFrom('status', 'message', 'status-alone'),
    tookMs: mostly(undefined, 1_500),
  }),
  fc.record({ kind: fc.constant('missing'), witness: fc.constantFrom('message', 'status-alone') }),
  fc.record({ kind: fc.constant('said'), source: fc.constantFrom('status', 'list', 'send-response'), status: word }),
);
/** What reads show of edits. */
const read = fc.record({
  kind: fc.constant('edit-read'),
  source: fc.constantFrom('message', 'list'),
  shows: fc.constantFrom('applied', 'old', 'old', 'old', 'unclear'),
  status: fc.constantFrom(undefined, 'PENDING', 'PENDING', 'SENT', 'SENT', 'FAILED'),
  ambiguous: mostly(false, true),
});

const learn: fc.Arbitrary<Step> = fc
  .record({ which: fc.nat(11), of: learnt, ofEdit: fc.oneof(read, read, learnt), twice: fc.boolean() })
  .map(({ which, of, ofEdit, twice }) =>
    step(
      `learn ${which} ${JSON.stringify([of, ofEdit])}${twice ? ' twice' : ''}`,
      ({ model, all, now }, { ledger, entries }) => {
        const it = all[which % Math.max(1, all.length)];
        const entry = it && entries.get(it);
        if (it === undefined || entry === undefined) return;
        const evidence = { ...(it.of.update === true ? ofEdit : of), at: now } as Evidence;
        for (let time = 0; time < (twice ? 2 : 1); time += 1) {
          tell(entry, () => ledger.apply({ entry, evidence }));
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
    update: fc.constantFrom(false, false, true, true, undefined),
    contentDigest: content,
    eventDigest: fc.constantFrom(undefined, 1, 2, 3),
    status: word,
  })
  .map(({ status, contentDigest, eventDigest, ...named }) =>
    step(`hear ${status} of ${JSON.stringify({ ...named, contentDigest, eventDigest })}`, ({ model, now }, real) => {
      const { update } = named;
      const digests = update === true ? { contentDigest, eventDigest } : {};
      const message: MessageKey = { ...named, ...digests };
      const source = update === undefined ? 'prefetch' : 'websocket';
      const evidence: Said = { kind: 'said', source, status, at: now };
      const before = new Map(Array.from(real.ledger.entries(), (entry) => [entry, entry.known]));
      const change = real.ledger.apply({ message, evidence });
      const changed = [...before].filter(([entry, known]) => entry.known !== known).map(([entry]) => entry);
      const it = model.hear(message, evidence);
      // Nobody else is changed by it, and whoever is, is told of.
      same(changed, change === undefined ? [] : [change.entry]);
      if (change !== undefined) same(it && real.entries.get(it) === change.entry, true);
    }),
  );

const removed: fc.Arbitrary<Step> = fc
  .record({ channelArn: whose.channelArn, messageId: fc.oneof(messageId, messageId, fc.constant(undefined)) })
  .map((named) =>
    step(`removed ${JSON.stringify(named)}`, ({ model, now: at }, { ledger, entries }) => {
      const { channelArn, messageId } = named;
      const key = { channelArn, sender: bob, update: false };
      const message: MessageKey | undefined = messageId === undefined ? undefined : { ...key, messageId };
      const meant = ledger.removed({ channelArn, message }, at);
      const modelled = model.remove(named, at);
      same(new Set(meant), new Set(modelled.map((it) => entries.get(it))));
      for (const entry of meant) ledger.apply({ entry, evidence: { kind: 'removed', at } });
      for (const it of modelled) model.tell(it, { kind: 'removed', at });
    }),
  );

const forget: fc.Arbitrary<Step> = fc.nat(11).map((which) =>
  step(`forget ${which}`, ({ model, all }, { ledger, entries }) => {
    const it = all[which % Math.max(1, all.length)];
    const entry = it && entries.get(it);
    if (it === undefined || entry === undefined) return;
    ledger.remove(entry);
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
    const ledger = new Ledger(rules, keepSettled);
    ledger.expect(alice);
    const model = new LedgerModel(rules, keepSettled, alice);
    fc.modelRun(
      () => ({
        model: { model, all: [], now: sentAt },
        real: { ledger, entries: new Map(), ends: new Map() },
      }),
      commands,
    );
  });
}

describe('the ledger believes what its model believes', () => {
  it('in thousands of stories', () => {
    fc.assert(agrees(), { seed: 1, numRuns: searchSize({ part: 1_500, whole: 10_000 }) });
  });

  it('in some more, new each time', () => {
    fc.assert(agrees(), { numRuns: searchSize({ part: 300, whole: 2_000 }) });
  });
});
