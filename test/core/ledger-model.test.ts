// The ledger beside a model of it, through any order of anything that can happen to a few deliveries.

import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { Entry } from '../../src/core/entry.ts';
import type { Evidence, Said } from '../../src/core/evidence.ts';
import type { Known, NewDelivery } from '../../src/core/known.ts';
import { Ledger, type Change, type MessageKey } from '../../src/core/ledger.ts';
import { isTerminal } from '../../src/core/message.ts';
import { alice, bob, channel, otherChannel, sentAt } from '../support/known.ts';
import { same } from '../support/same.ts';
import { LedgerModel, type Modelled } from './ledger-model.ts';

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
  /** What the clock shows beyond the one that nobody sets. */
  ahead: number;
}
type Step = fc.Command<World, Real>;

/** The same in both, seen from outside. */
function compare({ model, all }: World, { ledger, entries, ends }: Real): void {
  const seen = Array.from(ledger.entries(), ({ known }) => {
    const { id, status, reason, evidence, messageId, settledAt, polls, misses } = known;
    return [id, status, reason ?? evidence, messageId, settledAt, polls, misses];
  });
  const modelled = model.deliveries.map((it) => {
    const { of, status, why, messageId, settledAt, polls, misses } = it;
    return [of.id, status, why, messageId, settledAt, polls, misses.length];
  });
  same(seen, modelled);
  const open = model.deliveries.length - model.settled.length;
  same([ledger.pending, [...ledger.open()].length], [open, open]);
  for (const id of [...tokens, ...messageIds]) {
    const it = model.names.get(id);
    const entry = it && entries.get(it);
    if (ledger.find(id) !== entry) expect(ledger.find(id)).toBe(entry);
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

const word = fc.constantFrom('PENDING', 'SENT', 'FAILED', 'DENIED');
const messageId = fc.constantFrom(...messageIds);
const mostly = <T>(usual: T, other: T): fc.Arbitrary<T> =>
  fc.oneof({ weight: 5, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constant(other) });
const whose = { channelArn: mostly(channel, otherChannel), chimeBearer: mostly(alice, bob) };
const nature = fc.constantFrom(
  { provable: true, update: false },
  { provable: true },
  { provable: false, update: false },
  { provable: false, update: true },
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
      const id = 'token' in by ? by.token : by.messageId;
      if (world.model.names.has(id)) return;
      const delivery: NewDelivery = { id, ...nature, ...whose, at, ...('token' in by ? {} : by) };
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
  fc.record({ kind: fc.constant('accepted'), messageId, status: fc.option(word, { nil: undefined }) }),
  fc.constantFrom('rejected', 'lost', 'invalid', 'forbidden').map((kind) => ({ kind, error })),
  fc.constantFrom('present', 'unanswered', 'deadline').map((kind) => ({ kind })),
  fc.record({ kind: fc.constant('missing'), witness: fc.constantFrom('status', 'message', 'status-alone') }),
  fc.record({ kind: fc.constant('missing'), witness: fc.constantFrom('message', 'status-alone') }),
  fc.record({ kind: fc.constant('said'), source: fc.constantFrom('status', 'list', 'send-response'), status: word }),
);

const learn: fc.Arbitrary<Step> = fc
  .record({ which: fc.nat(7), what: learnt, twice: fc.boolean(), steady: fc.boolean() })
  .map(({ which, what, twice, steady }) =>
    step(
      `learn ${which} ${JSON.stringify(what)}${twice ? ' twice' : ''}`,
      ({ model, all, now, ahead }, { ledger, entries }) => {
        const it = all[which % Math.max(1, all.length)];
        const entry = it && entries.get(it);
        if (it === undefined || entry === undefined) return;
        const evidence = { ...what, at: now, ...(steady ? { steadyAt: now - ahead } : {}) } as Evidence;
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
    update: fc.constantFrom(false, false, true, undefined),
    status: word,
  })
  .map(({ status, ...about }) =>
    step(`hear ${status} of ${JSON.stringify(about)}`, ({ model, now }, { ledger }) => {
      const message: MessageKey = about;
      const source = about.update === undefined ? 'prefetch' : 'websocket';
      const evidence: Said = { kind: 'said', source, status, at: now };
      tell(ledger.find(about.messageId), () => ledger.apply({ message, evidence }));
      model.hear(about, evidence);
    }),
  );

const forget: fc.Arbitrary<Step> = fc.nat(7).map((which) =>
  step(`forget ${which}`, ({ model, all }, { ledger, entries }) => {
    const it = all[which % Math.max(1, all.length)];
    const entry = it && entries.get(it);
    if (it === undefined || entry === undefined) return;
    ledger.remove(entry);
    model.forget(it);
  }),
);

const wait: fc.Arbitrary<Step> = fc
  .constantFrom(1, 999, 1_000, 2_000, 59_999, 60_000, 60_001, -5_000)
  .map((ms) => step(`wait ${ms}`, (world) => void (world.now += ms)));

const setClock: fc.Arbitrary<Step> = fc.constantFrom(-3_600_000, -1_500, 1_500, 3_600_000).map((ms) =>
  step(`set the clock by ${ms}`, (world) => {
    world.now += ms;
    world.ahead += ms;
  }),
);

const steps = fc.commands([begin, begin, learn, learn, learn, hear, hear, forget, wait, wait, setClock], {
  maxCommands: 60,
  size: 'max',
});
const rules = fc.record({
  confirmations: fc.constantFrom(1, 2, 2, 3),
  confirmDelayMs: fc.constantFrom(0, 1_000, 1_000),
  minAgeMs: fc.constantFrom(0, 2_000, 2_000),
  unseenMs: fc.constant(10_000),
  editMs: fc.constant(60_000),
});

function agrees(): fc.IProperty<unknown> {
  return fc.property(rules, fc.constantFrom(0, 1, 2, 100), steps, (rules, keepSettled, commands) => {
    const ledger = new Ledger(rules, keepSettled);
    ledger.expect(alice);
    const model = new LedgerModel(rules, keepSettled, alice);
    fc.modelRun(
      () => ({
        model: { model, all: [], now: sentAt, ahead: 0 },
        real: { ledger, entries: new Map(), ends: new Map() },
      }),
      commands,
    );
  });
}

describe('the ledger believes what its model believes', () => {
  it('in ten thousand stories', () => {
    fc.assert(agrees(), { seed: 1, numRuns: 10_000 });
  });

  it('in some more, new each time', () => {
    fc.assert(agrees(), { numRuns: 2_000 });
  });
});
