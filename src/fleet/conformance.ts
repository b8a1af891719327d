/**
 * The conformance suite of `FleetEngine`: what a fleet relies on, as cases for any test runner. Each case makes an engine of its own;
 * `for (const { name, run } of engineConformance(create)) it(name, run)`.
 */
import type { FleetEngine, InboxEntry, Lease, OldestDelivery, OutcomeEntry, StoredRecord } from './engine.ts';
import { monotonicNow } from '../shared/time.ts';
import { pause } from './wait.ts';

export interface EngineUnderTest {
  /** Not opened yet, and empty. */
  readonly engine: FleetEngine;
  /** Another engine on the same data, as another process has it; the same one where an engine is for one process. */
  readonly other: FleetEngine;
  /** Called at the end of the case, after both engines were closed. */
  readonly dispose: () => Promise<void>;
}

export interface ConformanceCase {
  readonly name: string;
  readonly run: () => Promise<void>;
}

type Case = (engine: FleetEngine, other: FleetEngine) => Promise<void>;

const FLEET = { shards: 8, leaseMs: 1_000, keepSettledMs: 2_000 };
const RATE = { requestsPerSecond: 20, burst: 3 };
/** How long a case waits for a fact, in milliseconds. */
const PATIENCE_MS = 15_000;

/** The cases. They take real time: leases run out, and buckets fill. */
export function engineConformance(create: () => Promise<EngineUnderTest> | EngineUnderTest): ConformanceCase[] {
  return Object.entries(cases).map(([name, test]) => ({
    name,
    run: async () => {
      const { engine, other, dispose } = await create();
      try {
        await engine.open(FLEET);
        await other.open(FLEET);
        await test(engine, other);
      } finally {
        await engine.close();
        await other.close();
        await dispose();
      }
    },
  }));
}

const cases: Record<string, Case> = {
  'a fleet refuses another number of shards': async (engine) => {
    const error = await engine.open({ ...FLEET, shards: 9 }).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    await engine.close();
    same((error as { code?: string } | undefined)?.code, 'FLEET_CONFIGURATION');
  },

  'a record is put once, and read by every process': async (engine, other) => {
    same(await engine.records.put(1, 'a', record('first')), true);
    same(await other.records.put(1, 'a', record('second')), false);
    same(await other.records.put(2, 'a', record('elsewhere')), true);
    same(await other.records.get(1, 'a'), { record: record('first') });
    same(await readAll(other, 1), [['a', record('first')]]);
    same(await engine.records.get(1, 'b'), {});
  },

  'an update has no effect where the record is gone: a paused holder cannot bring it back': async (engine, other) => {
    same(await engine.records.update(1, 'a', record('x')), false);
    await engine.records.put(1, 'a', record('first'));
    same(await other.records.update(1, 'a', record('second')), true);
    same(await engine.records.get(1, 'a'), { record: record('second') });
    same(await engine.records.settle(1, 'a', 'end'), true);
    same(await other.records.update(1, 'a', record('third')), false);
    same(await readAll(engine, 1), []);
  },

  'an outcome is told once, however many processes settle it': async (engine, other) => {
    await engine.outcomes.join('g');
    await engine.records.put(1, 'a', record('first'));
    const settled = await Promise.all([
      engine.records.settle(1, 'a', 'one'),
      other.records.settle(1, 'a', 'two'),
      engine.records.settle(1, 'a', 'three'),
    ]);
    same(settled.filter(Boolean).length, 1);
    same(await other.records.settle(1, 'a', 'four'), false);
    const entries = await take(engine, 'g', 1);
    same(entries.length, 1);
    await engine.outcomes.done('g', [entries[0]?.key ?? '']);
    await nothing(engine, 'g');
  },

  'an outcome is given for a while, and its id is not put again meanwhile': async (engine, other) => {
    await engine.records.put(1, 'a', record('first'));
    await engine.records.settle(1, 'a', 'end');
    same(await other.records.get(1, 'a'), { outcome: 'end' });
    same(await other.records.put(1, 'a', record('again')), false);
    await until(async () => (await other.records.get(1, 'a')).outcome === undefined);
    same(await other.records.put(1, 'a', record('again')), true);
  },

  'a record keeps its names, also where many records share them': async (engine, other) => {
    await engine.records.put(1, 'a', { names: ['arn:a', 'arn:b'], text: 'x' });
    await other.records.put(1, 'b', { names: ['arn:b', 'arn:c'], text: 'a, b: "c"' });
    await engine.records.update(1, 'a', { names: ['arn:c', 'arn:a'], text: 'y' });
    same(new Map(await readAll(other, 1)).get('b'), { names: ['arn:b', 'arn:c'], text: 'a, b: "c"' });
    same((await other.records.get(1, 'a')).record, { names: ['arn:c', 'arn:a'], text: 'y' });
  },

  'many records are all read': async (engine) => {
    const ids = Array.from({ length: 1_500 }, (_, i) => `id-${i}`);
    await Promise.all(ids.map((id) => engine.records.put(3, id, record(`record of ${id}`))));
    const read = new Map(await readAll(engine, 3));
    same(read.size, ids.length);
    same(
      ids.every((id) => read.get(id)?.text === `record of ${id}`),
      true,
    );
  },

  'words arrive in their order, once they are added, and until they are trimmed': async (engine, other) => {
    const signal = new AbortController().signal;
    const waiting = engine.inbox.read(1, '', signal);
    await other.records.put(1, 'a', record('first'));
    await other.inbox.add(1, { kind: 'pushed', event: 'e1' });
    await other.inbox.add(1, { kind: 'changed', id: 'a' });
    const first = (await waiting).entries;
    const entries = [...first];
    while (entries.length < 3)
      entries.push(...(await engine.inbox.read(1, entries.at(-1)?.position ?? '', signal)).entries);
    same(
      entries.map(({ word }) => word),
      [
        { kind: 'new', id: 'a', record: record('first') },
        { kind: 'pushed', event: 'e1' },
        { kind: 'changed', id: 'a' },
      ],
    );
    await engine.inbox.trim(1, entries[0]?.position ?? '', await engine.inbox.claim(1));
    same(
      (await wordsFromStart(other, 1)).map(({ word }) => word.kind),
      ['pushed', 'changed'],
    );
  },

  'a holder of an earlier term drops no words: another one has not read them': async (engine, other) => {
    const earlier = await engine.inbox.claim(1);
    await other.inbox.add(1, { kind: 'pushed', event: 'e1' });
    const [entry] = await wordsFromStart(engine, 1);
    const present = await other.inbox.claim(1);
    same(await engine.inbox.trim(1, entry?.position ?? '', earlier), false);
    same((await wordsFromStart(other, 1)).length, 1);
    same(await other.inbox.trim(1, '', present), true);
    same((await wordsFromStart(other, 1)).length, 1);
    same(await other.inbox.trim(1, entry?.position ?? '', present), true);
    const { shards } = await engine.inspect();
    same(shards[1]?.inbox, 0);
  },

  'a read of an inbox ends when it is called off': async (engine) => {
    const abort = new AbortController();
    const waiting = engine.inbox.read(2, '', abort.signal);
    abort.abort();
    same((await waiting).entries, []);
  },

  'each group gets each outcome, and its consumers share them': async (engine, other) => {
    await Promise.all([engine.outcomes.join('g'), engine.outcomes.join('h')]);
    await other.outcomes.join('g');
    for (const id of ['a', 'b', 'c', 'd']) {
      await engine.records.put(1, id, record('r'));
      await engine.records.settle(1, id, `end of ${id}`);
    }
    const ends = ['end of a', 'end of b', 'end of c', 'end of d'];
    const forG = [...(await take(engine, 'g', 2, 'one')), ...(await take(other, 'g', 2, 'two'))];
    same(forG.map(({ outcome }) => outcome).toSorted(), ends);
    same(
      forG.every(({ deliveries }) => deliveries === 1),
      true,
    );
    same((await take(other, 'h', 4)).map(({ outcome }) => outcome).toSorted(), ends);
  },

  'an outcome that its consumer has left is given to another one': async (engine, other) => {
    await engine.outcomes.join('g');
    await engine.records.put(1, 'a', record('r'));
    await engine.records.settle(1, 'a', 'end');
    const [entry] = await take(engine, 'g', 1, 'one');
    const [again] = await take(other, 'g', 1, 'two', 500);
    same(again?.outcome, entry?.outcome);
    same((again?.deliveries ?? 0) > 1, true);
    await other.outcomes.done('g', [again?.key ?? '']);
    await nothing(engine, 'g', 500);
  },

  'an outcome that its consumer works on is not given to another one': async (engine, other) => {
    await engine.outcomes.join('g');
    await engine.records.put(1, 'a', record('r'));
    await engine.records.settle(1, 'a', 'end');
    const [entry] = await take(engine, 'g', 1, 'one');
    const working = setInterval(() => {
      engine.outcomes.touch('g', 'one', [entry?.key ?? '']).catch(() => undefined);
    }, 200);
    try {
      await nothing(other, 'g', 1_000);
    } finally {
      clearInterval(working);
    }
  },

  'a dead letter is kept with its error, and given again on demand': async (engine, other) => {
    await engine.outcomes.join('g');
    await engine.records.put(1, 'a', record('r'));
    await engine.records.settle(1, 'a', 'end');
    const [entry] = await take(engine, 'g', 1);
    if (entry === undefined) throw new Error('No outcome was given.');
    await engine.outcomes.bury('g', entry, 'too bad');
    const [dead] = await other.outcomes.dead('g', 10);
    same([dead?.outcome, dead?.error], ['end', 'too bad']);
    same(await other.outcomes.replay('g', 'all'), 1);
    same(await other.outcomes.dead('g', 10), []);
    const [again] = await take(engine, 'g', 1);
    same(again?.outcome, 'end');
    await engine.outcomes.done('g', [again?.key ?? '']);
    const { groups } = await engine.inspect();
    same(groups, [{ group: 'g', backlog: 0, deadLetters: 0 }]);
  },

  'a bucket gives its burst at once, and then its rate, to all processes together': async (engine, other) => {
    const waits = [];
    for (const each of [engine, other, engine]) waits.push(await each.permits.take('b', 'send', RATE));
    same(waits, [0, 0, 0]);
    const wait = await other.permits.take('b', 'send', RATE);
    same(wait > 0 && wait <= 50, true);
    await until(async () => (await engine.permits.take('b', 'send', RATE)) === 0);
    same((await other.permits.take('other bearer', 'send', RATE)) === 0, true);
  },

  'polls leave a permit for a send': async (engine) => {
    same([await engine.permits.take('b', 'poll', RATE), await engine.permits.take('b', 'reconcile', RATE)], [0, 0]);
    same((await engine.permits.take('b', 'poll', RATE)) > 0, true);
    same(await engine.permits.take('b', 'send', RATE), 0);
  },

  'a permit that was not used is there again': async (engine) => {
    for (let i = 0; i < 3; i += 1) await engine.permits.take('b', 'send', { ...RATE, requestsPerSecond: 0.1 });
    await engine.permits.refund('b', RATE);
    same(await engine.permits.take('b', 'send', { ...RATE, requestsPerSecond: 0.1 }), 0);
  },

  'a pause holds for all processes': async (engine, other) => {
    await engine.permits.pause('b', 400);
    const wait = await other.permits.take('b', 'send', RATE);
    same(wait >= 300 && wait <= 500, true);
    await until(async () => (await other.permits.take('b', 'send', RATE)) === 0);
  },

  'each shard is held once, the shards are shared evenly, and a process that leaves hands its own back': async (
    engine,
    other,
  ) => {
    const [one, two] = [new Holder('one'), new Holder('two')];
    const first = engine.leases.compete(one);
    await until(() => one.held.size === FLEET.shards);
    const second = other.leases.compete(two);
    try {
      await until(() => one.held.size === FLEET.shards / 2 && two.held.size === FLEET.shards / 2);
      same(
        [...one.held, ...two.held].toSorted((a, b) => a - b),
        [0, 1, 2, 3, 4, 5, 6, 7],
      );
      await until(async () =>
        (await engine.inspect()).shards.every(
          ({ shard, holder, unownedMs, oldest }) =>
            holder !== undefined && unownedMs === 0 && oldest?.id === `oldest of ${shard}`,
        ),
      );
    } finally {
      await first.stop();
    }
    same(one.held.size, 0);
    await until(() => two.held.size === FLEET.shards);
    await second.stop();
    same([...one.errors, ...two.errors], []);
  },
};

class Holder {
  readonly held = new Set<number>();
  readonly errors: Error[] = [];
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  async onLease({ shard, ended }: Lease): Promise<void> {
    this.held.add(shard);
    if (!ended.aborted) await new Promise((resolve) => ended.addEventListener('abort', resolve, { once: true }));
    this.held.delete(shard);
  }

  oldestOf(shard: number): OldestDelivery {
    return { id: `oldest of ${shard}`, trackedAt: 1, why: 'It waits.' };
  }

  onError(error: Error): void {
    this.errors.push(error);
  }
}

function record(text: string): StoredRecord {
  return { names: ['arn:a', 'arn:b'], text };
}

async function readAll(engine: FleetEngine, shard: number): Promise<(readonly [string, StoredRecord])[]> {
  const all: (readonly [string, StoredRecord])[] = [];
  for await (const batch of engine.records.read(shard)) all.push(...batch);
  return all;
}

async function wordsFromStart(engine: FleetEngine, shard: number): Promise<readonly InboxEntry[]> {
  return (await engine.inbox.read(shard, '', new AbortController().signal)).entries;
}

/** Waits until the group gets `count` outcomes. */
async function take(
  engine: FleetEngine,
  group: string,
  count: number,
  consumer = 'one',
  visibilityMs = 10_000,
): Promise<OutcomeEntry[]> {
  const entries: OutcomeEntry[] = [];
  const { signal } = new AbortController();
  await until(async () => {
    const options = { count: count - entries.length, visibilityMs, signal };
    entries.push(...(await engine.outcomes.take(group, consumer, options)));
    return entries.length >= count;
  });
  return entries;
}

/** Throws where the group gets an outcome within two times `visibilityMs`. */
async function nothing(engine: FleetEngine, group: string, visibilityMs = 500): Promise<void> {
  const { signal } = new AbortController();
  const end = monotonicNow() + 2 * visibilityMs;
  while (monotonicNow() < end)
    same(await engine.outcomes.take(group, 'another', { count: 1, visibilityMs, signal }), []);
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const end = monotonicNow() + PATIENCE_MS;
  while (!(await isSo())) {
    if (monotonicNow() > end) throw new Error(`It was not so after ${PATIENCE_MS} ms: ${isSo.toString()}`);
    await pause(20);
  }
}

function same(actual: unknown, expected: unknown): void {
  const [got, wanted] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (got !== wanted) throw new Error(`Expected ${wanted}, got ${got}.`);
}
