/** The cases of conformance: the records of deliveries. */
import type { FleetEngine, StoredRecord } from '../engine.ts';
import { FLEET, nothing, record, same, take, until, type Case } from './case.ts';

export const recordsCases: Readonly<Record<string, Case>> = {
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

  'what a holder has learnt is kept for the next one, where the engine keeps it': async (engine, other) => {
    same((await engine.records.learnt?.(1)) ?? null, null);
    await engine.records.keepLearnt?.(1, 'first');
    await engine.records.keepLearnt?.(1, 'second');
    same((await other.records.learnt?.(1)) ?? 'second', 'second');
    same((await other.records.learnt?.(2)) ?? null, null);
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
};

async function readAll(engine: FleetEngine, shard: number): Promise<(readonly [string, StoredRecord])[]> {
  const all: (readonly [string, StoredRecord])[] = [];
  for await (const batch of engine.records.read(shard)) all.push(...batch);
  return all;
}
