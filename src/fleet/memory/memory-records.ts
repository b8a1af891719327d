/** The records of the shards, in memory. */
import type { FleetDescription, FleetRecords, StoredRecord } from '../engine.ts';
import type { MemoryInbox } from './memory-inbox.ts';
import type { MemoryOutcomes } from './memory-outcomes.ts';

interface Settled {
  readonly outcome: string;
  readonly until: number;
}

interface ShardRecords {
  readonly records: Map<string, StoredRecord>;
  /** In the order in which they expire. */
  readonly settled: Map<string, Settled>;
}

export class MemoryRecords implements FleetRecords {
  readonly #inbox: MemoryInbox;
  readonly #outcomes: MemoryOutcomes;
  readonly #shards = new Map<number, ShardRecords>();
  readonly #learnt = new Map<number, string>();
  #keepSettledMs = 0;

  constructor(inbox: MemoryInbox, outcomes: MemoryOutcomes) {
    this.#inbox = inbox;
    this.#outcomes = outcomes;
  }

  configure({ keepSettledMs }: FleetDescription): void {
    this.#keepSettledMs = keepSettledMs;
  }

  put(shard: number, id: string, record: StoredRecord): Promise<boolean> {
    const { records } = this.#shard(shard);
    if (records.has(id) || this.#settled(shard, id) !== undefined) return Promise.resolve(false);
    records.set(id, record);
    this.#inbox.push(shard, { kind: 'new', id, record });
    return Promise.resolve(true);
  }

  update(shard: number, id: string, record: StoredRecord): Promise<boolean> {
    const { records } = this.#shard(shard);
    if (!records.has(id)) return Promise.resolve(false);
    records.set(id, record);
    return Promise.resolve(true);
  }

  settle(shard: number, id: string, outcome: string): Promise<boolean> {
    const { records, settled } = this.#shard(shard);
    if (!records.delete(id)) return Promise.resolve(false);
    settled.delete(id);
    settled.set(id, { outcome, until: Date.now() + this.#keepSettledMs });
    this.#outcomes.push(outcome);
    return Promise.resolve(true);
  }

  keepLearnt(shard: number, text: string): Promise<void> {
    this.#learnt.set(shard, text);
    return Promise.resolve();
  }

  learnt(shard: number): Promise<string | undefined> {
    return Promise.resolve(this.#learnt.get(shard));
  }

  get(shard: number, id: string): Promise<{ readonly record?: StoredRecord; readonly outcome?: string }> {
    const record = this.#shard(shard).records.get(id);
    if (record !== undefined) return Promise.resolve({ record });
    const outcome = this.#settled(shard, id);
    return Promise.resolve(outcome === undefined ? {} : { outcome });
  }

  async *read(shard: number): AsyncIterable<readonly (readonly [string, StoredRecord])[]> {
    yield await Promise.resolve([...this.#shard(shard).records]);
  }

  count(shard: number): number {
    return this.#shard(shard).records.size;
  }

  #settled(shard: number, id: string): string | undefined {
    const { settled } = this.#shard(shard);
    for (const [old, { until }] of settled) {
      if (until > Date.now()) break;
      settled.delete(old);
    }
    return settled.get(id)?.outcome;
  }

  #shard(shard: number): ShardRecords {
    let found = this.#shards.get(shard);
    if (found === undefined) this.#shards.set(shard, (found = { records: new Map(), settled: new Map() }));
    return found;
  }
}
