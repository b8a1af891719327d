/**
 * The outcomes and their groups of consumers, in Redis: one stream a shard, read by Redis' own consumer groups. What every group has
 * confirmed is dropped. Dead letters have a stream for each group, and those that are given again another.
 */
import type { Redis } from 'ioredis';
import type { DeadLetter, FleetDescription, FleetOutcomes, GroupInspection, OutcomeEntry } from '../engine.ts';
import { monotonicNow } from '../../shared/time.ts';
import type { RedisClient } from './client.ts';
import type { Keys } from './keys.ts';

/** How long one read waits, in milliseconds. */
const WAIT_MS = 2_000;
/** How often confirmed outcomes are dropped, in milliseconds. */
const TRIM_MS = 5_000;
/** The place of an entry that a group gets again. */
const AGAIN = 'again';

interface Reader {
  readonly connection: Redis;
  /** Read, and not given to the consumer yet. */
  readonly ahead: OutcomeEntry[];
  aheadSince: number;
  claimedAt: number;
}

export class RedisOutcomes implements FleetOutcomes {
  readonly #client: RedisClient;
  readonly #keys: Keys;
  readonly #readers = new Map<string, Reader>();
  /** Shards with outcomes that this process has confirmed. */
  readonly #confirmed = new Set<number>();
  #trimmedAt = -Infinity;
  #shards = 0;

  constructor(client: RedisClient, keys: Keys) {
    this.#client = client;
    this.#keys = keys;
  }

  configure({ shards }: FleetDescription): void {
    this.#shards = shards;
  }

  async join(group: string): Promise<void> {
    const streams = [...this.#places().map((shard) => this.#keys.outcomes(shard)), this.#keys.again(group)];
    await Promise.all(streams.map((stream) => this.#createGroup(stream, group)));
    await this.#client.commands.sadd(this.#keys.groups, group);
  }

  async take(
    group: string,
    consumer: string,
    { count, visibilityMs, signal }: { count: number; visibilityMs: number; signal: AbortSignal },
  ): Promise<readonly OutcomeEntry[]> {
    const reader = this.#reader(group, consumer);
    // What was read ahead long ago may have been given to another consumer.
    if (monotonicNow() - reader.aheadSince > visibilityMs / 2) reader.ahead.length = 0;
    if (reader.ahead.length === 0) await this.#readAhead(reader, group, consumer, count, visibilityMs, signal);
    void this.#trim();
    return signal.aborted ? [] : reader.ahead.splice(0, count);
  }

  async touch(group: string, consumer: string, keys: readonly string[]): Promise<void> {
    await Promise.all(
      keys.map((key) => {
        const { stream, id } = this.#placeOf(group, key);
        return this.#client.commands.xclaim(stream, group, consumer, 0, id, 'JUSTID');
      }),
    );
  }

  async done(group: string, keys: readonly string[]): Promise<void> {
    await Promise.all(
      keys.map(async (key) => {
        const { stream, id, shard } = this.#placeOf(group, key);
        await this.#client.commands.xack(stream, group, id);
        if (shard === undefined) await this.#client.commands.xdel(stream, id);
        else this.#confirmed.add(shard);
      }),
    );
  }

  async bury(group: string, { key, outcome }: OutcomeEntry, error: string): Promise<void> {
    const { commands } = this.#client;
    const [seconds] = await commands.time();
    await commands.xadd(this.#keys.dead(group), '*', 'o', outcome, 'e', error, 'a', String(Number(seconds) * 1_000));
    await this.done(group, [key]);
  }

  async dead(group: string, count: number): Promise<readonly DeadLetter[]> {
    const entries = await this.#client.commands.xrange(this.#keys.dead(group), '-', '+', 'COUNT', count);
    return entries.map(([key, [, outcome = '', , error = '', , at = '0']]) => ({
      key,
      outcome,
      error,
      at: Number(at),
    }));
  }

  async replay(group: string, keys: readonly string[] | 'all'): Promise<number> {
    const { commands } = this.#client;
    let replayed = 0;
    for (const { key, outcome } of await this.dead(group, Number.MAX_SAFE_INTEGER)) {
      if (keys !== 'all' && !keys.includes(key)) continue;
      await commands.xadd(this.#keys.again(group), '*', 'o', outcome);
      replayed += await commands.xdel(this.#keys.dead(group), key);
    }
    return replayed;
  }

  async inspect(): Promise<readonly GroupInspection[]> {
    const { commands } = this.#client;
    const groups = await commands.smembers(this.#keys.groups);
    const streams = this.#places().map((shard) => this.#keys.outcomes(shard));
    const all = await Promise.all(streams.map((stream) => this.#groupsOf(stream)));
    return Promise.all(
      groups.sort().map(async (group) => ({
        group,
        backlog:
          all.flat().reduce((sum, info) => (info.name === group ? sum + info.lag + info.pending : sum), 0) +
          (await commands.xlen(this.#keys.again(group))),
        deadLetters: await commands.xlen(this.#keys.dead(group)),
      })),
    );
  }

  #places(): number[] {
    return [...Array(this.#shards).keys()];
  }

  #reader(group: string, consumer: string): Reader {
    const key = `${group} ${consumer}`;
    let reader = this.#readers.get(key);
    if (reader === undefined) {
      const connection = this.#client.connect({ maxRetriesPerRequest: 1 });
      reader = { connection, ahead: [], aheadSince: 0, claimedAt: -Infinity };
      this.#readers.set(key, reader);
    }
    return reader;
  }

  async #readAhead(
    reader: Reader,
    group: string,
    consumer: string,
    count: number,
    visibilityMs: number,
    signal: AbortSignal,
  ): Promise<void> {
    if (monotonicNow() - reader.claimedAt > visibilityMs / 2) {
      reader.claimedAt = monotonicNow();
      await this.#claim(reader, group, consumer, count, visibilityMs);
    }
    if (reader.ahead.length > 0 || signal.aborted) return;
    const places = [...this.#places().map(String), AGAIN];
    const streams = [...this.#places().map((shard) => this.#keys.outcomes(shard)), this.#keys.again(group)];
    const read = reader.connection.xreadgroup(
      'GROUP',
      group,
      consumer,
      'COUNT',
      Math.max(1, Math.ceil(count / 4)),
      'BLOCK',
      Math.min(WAIT_MS, visibilityMs / 2),
      'STREAMS',
      ...streams,
      ...streams.map(() => '>'),
    ) as Promise<[string, [string, string[]][]][] | null>;
    const found = await read;
    reader.aheadSince = monotonicNow();
    for (const [stream, entries] of found ?? []) {
      const place = places[streams.indexOf(stream)] ?? AGAIN;
      for (const [id, [, outcome = '']] of entries)
        reader.ahead.push({ key: `${place}:${id}`, outcome, deliveries: 1 });
    }
  }

  /** Takes over what other consumers have left. */
  async #claim(reader: Reader, group: string, consumer: string, count: number, visibilityMs: number): Promise<void> {
    const { commands } = this.#client;
    const places = [...this.#places().map(String), AGAIN];
    reader.aheadSince = monotonicNow();
    await Promise.all(
      places.map(async (place) => {
        const { stream } = this.#placeOf(group, `${place}:0`);
        const claimed = await commands.xautoclaim(stream, group, consumer, visibilityMs, '0', 'COUNT', count);
        for (const [id, fields] of (claimed as [string, [string, string[] | null][]])[1]) {
          const [, outcome = ''] = fields ?? [];
          const [[, , , times] = []] = (await commands.xpending(stream, group, id, id, 1)) as [
            string,
            string,
            number,
            number,
          ][];
          reader.ahead.push({ key: `${place}:${id}`, outcome, deliveries: times ?? 2 });
        }
      }),
    );
  }

  /** Drops what every group has confirmed. */
  async #trim(): Promise<void> {
    if (monotonicNow() - this.#trimmedAt < TRIM_MS) return;
    this.#trimmedAt = monotonicNow();
    const shards = [...this.#confirmed];
    this.#confirmed.clear();
    await Promise.all(shards.map((shard) => this.#trimOne(shard))).catch(() => {
      // They are dropped later.
      for (const shard of shards) this.#confirmed.add(shard);
    });
  }

  async #trimOne(shard: number): Promise<void> {
    const { commands } = this.#client;
    const stream = this.#keys.outcomes(shard);
    const groups = await this.#groupsOf(stream);
    const firsts = await Promise.all(
      groups.map(async ({ name, pending, last }) => {
        if (pending === 0) return next(last);
        const [, first] = (await commands.xpending(stream, name)) as [number, string | null];
        return first ?? next(last);
      }),
    );
    const oldest = firsts.sort(compareIds)[0];
    if (oldest !== undefined) await commands.xtrim(stream, 'MINID', oldest);
  }

  async #groupsOf(stream: string): Promise<{ name: string; pending: number; last: string; lag: number }[]> {
    const groups = (await this.#client.commands.xinfo('GROUPS', stream).catch(() => [])) as unknown[][];
    return groups.map((fields) => {
      const of = (name: string): unknown => fields[fields.indexOf(name) + 1];
      return {
        name: String(of('name')),
        pending: Number(of('pending')),
        last: String(of('last-delivered-id')),
        lag: Number(of('lag') ?? 0),
      };
    });
  }

  async #createGroup(stream: string, group: string): Promise<void> {
    try {
      await this.#client.commands.xgroup('CREATE', stream, group, '0', 'MKSTREAM');
    } catch (error) {
      if (!String(error).includes('BUSYGROUP')) throw error;
    }
  }

  #placeOf(
    group: string,
    key: string,
  ): { readonly stream: string; readonly id: string; readonly shard: number | undefined } {
    const [place = '', id = ''] = key.split(':');
    if (place === AGAIN) return { stream: this.#keys.again(group), id, shard: undefined };
    return { stream: this.#keys.outcomes(Number(place)), id, shard: Number(place) };
  }
}

function next(id: string): string {
  const [ms = '0', sequence = '0'] = id.split('-');
  return `${ms}-${Number(sequence) + 1}`;
}

function compareIds(a: string, b: string): number {
  const [[aMs = 0, aSeq = 0], [bMs = 0, bSeq = 0]] = [a, b].map((id) => id.split('-').map(Number)) as [
    number[],
    number[],
  ];
  return aMs - bMs || aSeq - bSeq;
}
