/**
 * The inboxes of the shards, in Redis: one stream a shard, and one waiting read for all shards that this process holds. Words are read
 * ahead: a shard that is busy with its last ones does not stop the read.
 */
import { newId } from '../../shared/new-id.ts';
import type { FleetInbox, InboxEntry, InboxWord, StoredRecord } from '../engine.ts';
import { MAX_WAIT_MS, pause } from '../wait.ts';
import type { RedisClient } from './client.ts';
import type { Keys } from './keys.ts';
import type { RedisNames } from './redis-names.ts';
import type { Redis } from 'ioredis';

/** Words of other kinds than `new` are dropped while so many wait. */
const MAX_WORDS = 10_000;
const BATCH = 500;
/** Words that are read ahead for one shard. */
const MAX_AHEAD = 2_000;
/** Milliseconds until a read that failed is tried again. */
const RETRY_MS = 500;

interface Reader {
  /** Read up to here. */
  last: string;
  /** Given to the caller up to here. */
  given: string;
  readonly ahead: (readonly [position: string, field: string, value: string])[];
  error: unknown;
  /** The connection was lost since the last read: Redis may have restarted, and forgotten what it had confirmed. */
  missed: boolean;
  wake: () => void;
}

export class RedisInbox implements FleetInbox {
  readonly #client: RedisClient;
  readonly #keys: Keys;
  readonly #names: RedisNames;
  readonly #readers = new Map<number, Reader>();
  readonly #wakeKey: string;
  #connection: Redis | undefined;
  #lastWake = '$';
  #isReading = false;
  #closed = false;

  constructor(client: RedisClient, keys: Keys, names: RedisNames) {
    this.#client = client;
    this.#keys = keys;
    this.#names = names;
    this.#wakeKey = keys.wake(newId());
  }

  async add(shard: number, word: Exclude<InboxWord, { kind: 'new' }>): Promise<void> {
    const [field, value] = word.kind === 'changed' ? ['c', word.id] : ['p', word.event];
    await this.#client.run('fleetAddWord', this.#keys.inbox(shard), MAX_WORDS, field, value);
  }

  async read(
    shard: number,
    after: string,
    signal: AbortSignal,
  ): Promise<{ readonly entries: readonly InboxEntry[]; readonly missed: boolean }> {
    const reader = this.#reader(shard, after === '' ? '0' : after, signal);
    if (reader.ahead.length === 0) await this.#arrival(reader, signal);
    if (reader.error !== undefined) {
      const { error } = reader;
      reader.error = undefined;
      throw error;
    }
    const taken = reader.ahead.splice(0, BATCH);
    reader.given = taken.at(-1)?.[0] ?? reader.given;
    // A word of a record is never dropped.
    const { missed } = reader;
    reader.missed = false;
    return { entries: signal.aborted ? [] : await this.#toEntries(shard, taken), missed };
  }

  claim(shard: number): Promise<number> {
    return this.#client.commands.incr(this.#keys.term(shard));
  }

  trim(shard: number, position: string, term: number): Promise<boolean> {
    const [ms = '0', sequence = '-1'] = position === '' ? [] : position.split('-');
    const from = `${ms}-${Number(sequence) + 1}`;
    return this.#client.did('fleetTrim', this.#keys.inbox(shard), this.#keys.term(shard), from, term);
  }

  close(): void {
    this.#closed = true;
    for (const reader of this.#readers.values()) reader.wake();
    this.#readers.clear();
  }

  #reader(shard: number, after: string, signal: AbortSignal): Reader {
    const found = this.#readers.get(shard);
    if (found?.given === after) return found;
    const reader: Reader = {
      last: after,
      given: after,
      ahead: [],
      error: undefined,
      missed: false,
      wake: () => undefined,
    };
    this.#readers.set(shard, reader);
    signal.addEventListener(
      'abort',
      () => {
        if (this.#readers.get(shard) === reader) this.#readers.delete(shard);
      },
      { once: true },
    );
    this.#interrupt();
    return reader;
  }

  #arrival(reader: Reader, signal: AbortSignal): Promise<void> {
    const arrived = new AbortController();
    reader.wake = () => arrived.abort();
    return pause(MAX_WAIT_MS, AbortSignal.any([arrived.signal, signal]));
  }

  /** The waiting read begins again, with the shards of now. */
  #interrupt(): void {
    if (!this.#isReading) return void this.#run();
    this.#client.commands.xadd(this.#wakeKey, 'MAXLEN', 1, '*', 'w', '').catch(() => undefined);
  }

  async #run(): Promise<void> {
    this.#isReading = true;
    this.#connection ??= this.#connect();
    while (!this.#closed && this.#readers.size > 0) {
      try {
        await this.#readOnce(this.#connection);
      } catch (error) {
        if (this.#closed) break;
        for (const reader of this.#readers.values()) {
          reader.error = error;
          reader.wake();
        }
        await pause(RETRY_MS);
      }
    }
    this.#isReading = false;
  }

  #connect(): Redis {
    const connection = this.#client.connect({ maxRetriesPerRequest: 1 });
    connection.on('close', () => {
      for (const reader of this.#readers.values()) reader.missed = true;
    });
    return connection;
  }

  async #readOnce(connection: Redis): Promise<void> {
    const open = [...this.#readers].filter(([, { ahead }]) => ahead.length < MAX_AHEAD);
    const keys = [...open.map(([shard]) => this.#keys.inbox(shard)), this.#wakeKey];
    const from = [...open.map(([, { last }]) => last), this.#lastWake];
    const found = await connection.xread('COUNT', BATCH, 'BLOCK', MAX_WAIT_MS / 2, 'STREAMS', ...keys, ...from);
    if (this.#lastWake === '$') this.#lastWake = '0';
    for (const [key, entries] of found ?? []) {
      const last = entries.at(-1)?.[0];
      if (last === undefined) continue;
      if (key === this.#wakeKey) {
        this.#lastWake = last;
        continue;
      }
      const [, reader] = open[keys.indexOf(key)] ?? [];
      if (reader === undefined) continue;
      reader.last = last;
      for (const [position, [field = '', value = '']] of entries) reader.ahead.push([position, field, value]);
      reader.wake();
    }
  }

  async #toEntries(
    shard: number,
    taken: readonly (readonly [position: string, field: string, value: string])[],
  ): Promise<InboxEntry[]> {
    const ids = taken.filter(([, field]) => field === 'n').map(([, , id]) => id);
    const records = await this.#records(shard, ids);
    return taken.flatMap(([position, field, value]): InboxEntry[] => {
      if (field === 'c') return [{ position, word: { kind: 'changed', id: value } }];
      if (field === 'p') return [{ position, word: { kind: 'pushed', event: value } }];
      const record = records.get(value);
      // It has its outcome already. The word stays, so that the inbox is trimmed past it.
      if (record === undefined) return [{ position, word: { kind: 'changed', id: value } }];
      return [{ position, word: { kind: 'new', id: value, record } }];
    });
  }

  /** The records of these ids, as far as there are any. */
  async #records(shard: number, ids: readonly string[]): Promise<ReadonlyMap<string, StoredRecord>> {
    if (ids.length === 0) return new Map();
    const read = async (): Promise<[id: string, value: string][]> => {
      const values = await this.#client.commands.hmget(this.#keys.records(shard), ...ids);
      return ids.flatMap((id, index) => {
        const value = values[index];
        return typeof value === 'string' ? [[id, value] as [string, string]] : [];
      });
    };
    const { found, records } = await this.#names.records(shard, read, (all) => all.map(([, value]) => value));
    return new Map(
      found.flatMap(([id], index) => (records[index] === undefined ? [] : [[id, records[index]] as const])),
    );
  }
}
