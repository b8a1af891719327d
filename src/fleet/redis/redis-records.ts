/** The records of the shards, in Redis: one hash a shard. */
import type { FleetDescription, FleetRecords } from '../engine.ts';
import type { RedisClient } from './client.ts';
import type { Keys } from './keys.ts';

/** About how many records one read returns. */
const BATCH = 1_000;

export class RedisRecords implements FleetRecords {
  readonly #client: RedisClient;
  readonly #keys: Keys;
  #keepSettledMs = 0;

  constructor(client: RedisClient, keys: Keys) {
    this.#client = client;
    this.#keys = keys;
  }

  configure({ keepSettledMs }: FleetDescription): void {
    this.#keepSettledMs = Math.round(keepSettledMs);
  }

  put(shard: number, id: string, record: string): Promise<boolean> {
    const keys = this.#keys;
    return this.#client.did('fleetPut', keys.records(shard), keys.inbox(shard), keys.outcome(shard, id), id, record);
  }

  update(shard: number, id: string, record: string): Promise<boolean> {
    return this.#client.did('fleetUpdate', this.#keys.records(shard), id, record);
  }

  settle(shard: number, id: string, outcome: string): Promise<boolean> {
    const keys = this.#keys;
    const names = [keys.records(shard), keys.outcomes(shard), keys.outcome(shard, id)];
    return this.#client.did('fleetSettle', ...names, id, outcome, this.#keepSettledMs);
  }

  async get(shard: number, id: string): Promise<{ readonly record?: string; readonly outcome?: string }> {
    const { commands } = this.#client;
    const [record, outcome] = await Promise.all([
      commands.hget(this.#keys.records(shard), id),
      commands.get(this.#keys.outcome(shard, id)),
    ]);
    return { ...(record === null ? {} : { record }), ...(record !== null || outcome === null ? {} : { outcome }) };
  }

  async *read(shard: number): AsyncIterable<readonly (readonly [id: string, record: string])[]> {
    let cursor = '0';
    do {
      const [next, fields] = await this.#client.commands.hscan(this.#keys.records(shard), cursor, 'COUNT', BATCH);
      cursor = next;
      const batch: [string, string][] = [];
      for (let i = 0; i < fields.length; i += 2) batch.push([fields[i] ?? '', fields[i + 1] ?? '']);
      yield batch;
    } while (cursor !== '0');
  }

  async intern(shard: number, names: readonly string[]): Promise<readonly number[]> {
    return (await this.#client.run('fleetIntern', this.#keys.names(shard), ...names)) as number[];
  }

  async names(shard: number): Promise<ReadonlyMap<number, string>> {
    const all = await this.#client.commands.hgetall(this.#keys.names(shard));
    return new Map(Object.entries(all).map(([name, number]) => [Number(number), name]));
  }
}
