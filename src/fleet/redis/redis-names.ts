/**
 * The names (ARNs) in the records of the shards: in Redis each record has their numbers. This process remembers them for as long as its
 * connection lives: a Redis that restarts may have given the numbers of what it has forgotten to other names.
 */
import type { StoredRecord } from '../engine.ts';
import type { RedisClient } from './client.ts';
import type { Keys } from './keys.ts';

export class RedisNames {
  readonly #client: RedisClient;
  readonly #keys: Keys;
  readonly #shards = new Map<number, ReadonlyMap<number, string>>();
  #lives = 0;

  constructor(client: RedisClient, keys: Keys) {
    this.#client = client;
    this.#keys = keys;
    client.commands.on('close', () => {
      this.#lives += 1;
      this.#shards.clear();
    });
  }

  /** Reads values of records of one shard. Rejects where the connection was lost before their names were known. */
  async records<T>(shard: number, read: () => Promise<T>, valuesOf: (found: T) => readonly string[]): Promise<Read<T>> {
    const life = this.#lives;
    const found = await read();
    const values = valuesOf(found).map(parseValue);
    const known = (): ReadonlyMap<number, string> => this.#shards.get(shard) ?? new Map<number, string>();
    if (values.some(({ numbers }) => numbers.some((number) => !known().has(number)))) {
      const all = await this.#client.commands.hgetall(this.#keys.names(shard));
      if (life === this.#lives)
        this.#shards.set(shard, new Map(Object.entries(all).map(([name, number]) => [Number(number), name])));
    }
    if (life !== this.#lives) throw new Error('The connection to Redis was lost.');
    const names = known();
    return {
      found,
      records: values.map(({ numbers, text }) => ({
        names: numbers.map((number) => names.get(number) ?? ''),
        text,
      })),
    };
  }
}

export interface Read<T> {
  readonly found: T;
  /** The records of the values, in their order. */
  readonly records: readonly StoredRecord[];
}

function parseValue(value: string): { readonly numbers: readonly number[]; readonly text: string } {
  const end = value.indexOf(':');
  return { numbers: end === 0 ? [] : value.slice(0, end).split(',').map(Number), text: value.slice(end + 1) };
}
