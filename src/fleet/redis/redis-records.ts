/** The records of the shards, in Redis: one hash a shard. */
import type { FleetDescription, FleetRecords, StoredRecord } from '../engine.ts';
import type { RedisClient } from './client.ts';
import type { Keys } from './keys.ts';
import type { RedisNames } from './redis-names.ts';

/** About how many records one read returns. */
const BATCH = 1_000;

export class RedisRecords implements FleetRecords {
  readonly #client: RedisClient;
  readonly #keys: Keys;
  readonly #names: RedisNames;
  #keepSettledMs = 0;

  constructor(client: RedisClient, keys: Keys, names: RedisNames) {
    this.#client = client;
    this.#keys = keys;
    this.#names = names;
  }

  configure({ keepSettledMs }: FleetDescription): void {
    this.#keepSettledMs = Math.round(keepSettledMs);
  }

  put(shard: number, id: string, { names, text }: StoredRecord): Promise<boolean> {
    const keys = this.#keys;
    const all = [keys.records(shard), keys.names(shard), keys.inbox(shard), keys.outcome(shard, id)];
    return this.#client.did('fleetPut', ...all, id, text, ...names);
  }

  update(shard: number, id: string, { names, text }: StoredRecord): Promise<boolean> {
    const keys = this.#keys;
    return this.#client.did('fleetUpdate', keys.records(shard), keys.names(shard), id, text, ...names);
  }

  settle(shard: number, id: string, outcome: string): Promise<boolean> {
    const keys = this.#keys;
    const all = [keys.records(shard), keys.outcomes(shard), keys.outcome(shard, id)];
    return this.#client.did('fleetSettle', ...all, id, outcome, this.#keepSettledMs);
  }

  async get(shard: number, id: string): Promise<{ readonly record?: StoredRecord; readonly outcome?: string }> {
    const { commands } = this.#client;
    const read = (): Promise<[string | null, string | null]> =>
      Promise.all([commands.hget(this.#keys.records(shard), id), commands.get(this.#keys.outcome(shard, id))]);
    const { found, records } = await this.#names.records(shard, read, ([value]) => (value === null ? [] : [value]));
    const [record] = records;
    const [, outcome] = found;
    if (record !== undefined) return { record };
    return outcome === null ? {} : { outcome };
  }

  async keepLearnt(shard: number, text: string): Promise<void> {
    await this.#client.commands.set(this.#keys.learnt(shard), text);
  }

  async learnt(shard: number): Promise<string | undefined> {
    return (await this.#client.commands.get(this.#keys.learnt(shard))) ?? undefined;
  }

  async *read(shard: number): AsyncIterable<readonly (readonly [id: string, record: StoredRecord])[]> {
    let cursor = '0';
    do {
      const from = cursor;
      const scan = (): Promise<[cursor: string, fields: string[]]> =>
        this.#client.commands.hscan(this.#keys.records(shard), from, 'COUNT', BATCH);
      const { found, records } = await this.#names.records(shard, scan, ([, fields]) => everySecond(fields, 1));
      const [next, fields] = found;
      cursor = next;
      yield everySecond(fields, 0).map((id, index) => [id, records[index] ?? { names: [], text: '' }] as const);
    } while (cursor !== '0');
  }
}

/** Ids and values take turns in the answer of HSCAN. */
function everySecond(fields: readonly string[], from: 0 | 1): string[] {
  return fields.filter((_, index) => index % 2 === from);
}
