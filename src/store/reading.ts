/**
 * Reads what an earlier life has left in the store: every record of one base, a few at once. Records are handed over together
 * and in the order in which tracking began; what could not be read at first is handed over when it could.
 */
import type { Logger } from '../core/ports.ts';
import { keyFor, readKey, type RecordKind } from './keys.ts';
import type { Operations } from './operations.ts';
import { isMark, readRecord, type Kept } from './record.ts';

/** One delivery that was found. */
export interface Found extends Kept {
  /** Nothing of it has left, for certain. */
  readonly held: boolean;
  /** Where it is kept. */
  readonly keys: readonly string[];
}

export interface ReadingPorts {
  readonly operations: Operations;
  readonly base: string;
  readonly owner: string;
  readonly logger: Logger | undefined;
  /** Whether a record is this life's own. */
  readonly isOurs: (key: string) => boolean;
  readonly onFound: (found: readonly Found[]) => void;
}

const WORKERS = 32;

/** The records of one delivery: they say something only together. */
interface Bundle {
  readonly keys: Partial<Record<RecordKind, string>>;
  readonly values: Partial<Record<RecordKind, unknown>>;
  /** How many are not read yet. */
  unread: number;
}

interface Item {
  readonly key: string;
  readonly kind: RecordKind;
  readonly bundle: Bundle;
  /** It was read. */
  taken: boolean;
}

export class Reading {
  readonly #ports: ReadingPorts;
  readonly #complete: Bundle[] = [];
  #reading = false;
  /** Listings that have not come, and bundles that are not handed over. */
  #outstanding = 0;

  constructor(ports: ReadingPorts) {
    this.#ports = ports;
  }

  /** Whether there may be something that nobody knows of yet. */
  get isUnderWay(): boolean {
    return this.#outstanding > 0;
  }

  /** Resolves when everything was read that can be read now. */
  begin(): Promise<void> {
    this.#outstanding += 1;
    return this.#list();
  }

  async #list(listing = { done: false }): Promise<void> {
    const { operations, base } = this.#ports;
    let rest: Promise<void> | undefined;
    // One that is overdue may be lost for ever.
    const again = once(() =>
      operations.later(() => {
        if (!listing.done) void this.#list(listing);
      }),
    );
    await operations.keys(base, {
      done: (keys) => {
        if (listing.done) return;
        listing.done = true;
        rest = this.#read(this.#bundlesOf(keys));
        this.#outstanding -= 1;
      },
      failed: again,
      overdue: again,
    });
    await rest;
  }

  #bundlesOf(listed: readonly unknown[]): Item[] {
    const { base, isOurs } = this.#ports;
    const bundles = new Map<string, Bundle>();
    const items: Item[] = [];
    for (const each of listed) {
      const { key = '', kind, name = '' } = readKey(base, each) ?? {};
      if (kind === undefined || isOurs(key)) continue;
      const bundle = bundles.get(name) ?? { keys: {}, values: {}, unread: 0 };
      bundles.set(name, bundle);
      bundle.keys[kind] = key;
      bundle.unread += 1;
      items.push({ key, kind, bundle, taken: false });
    }
    this.#outstanding += bundles.size;
    return items;
  }

  async #read(items: Item[]): Promise<void> {
    const { operations } = this.#ports;
    const again: Item[] = [];
    const next = items.values();
    const work = async (): Promise<void> => {
      for (const item of next) {
        if (item.taken) continue;
        const retry = once(() => again.push(item));
        await operations.read(item.key, {
          done: (value) => this.#take(item, value),
          failed: retry,
          overdue: retry,
        });
        if (operations.hangs || operations.closed) return;
      }
    };
    this.#reading = true;
    // While it hangs, one is enough to see whether it still does.
    await Promise.all(Array.from({ length: operations.hangs ? 1 : WORKERS }, work));
    this.#reading = false;
    this.#handOver();
    again.push(...next);
    if (again.length > 0) operations.later(() => void this.#read(again));
  }

  #take(item: Item, value: unknown): void {
    const { kind, bundle, taken } = item;
    if (taken) return;
    item.taken = true;
    bundle.values[kind] = value;
    bundle.unread -= 1;
    if (bundle.unread > 0) return;
    this.#complete.push(bundle);
    if (!this.#reading) this.#handOver();
  }

  #handOver(): void {
    if (this.#ports.operations.closed) return;
    const complete = this.#complete.splice(0);
    const found = complete.flatMap((bundle) => this.#open(bundle) ?? []);
    if (found.length > 0) this.#ports.onFound(found.sort((a, b) => a.trackedAt - b.trackedAt || a.place - b.place));
    this.#outstanding -= complete.length;
  }

  /** What a bundle says; what is of no use in it is removed. */
  #open({ keys, values }: Bundle): Found | undefined {
    const { operations, base, owner, logger } = this.#ports;
    const now = Date.now();
    let found: Kept | undefined;
    const use: string[] = [];
    for (const kind of ['sent', 'send', 'held'] as const) {
      const key = keys[kind];
      const value = values[kind];
      // Not there any more.
      if (key === undefined || value === undefined || value === null) continue;
      const kept = kind === 'held' ? undefined : readRecord(kind, value, owner, now);
      const readable = kind === 'held' ? isMark(value) : kept !== undefined && key === keyFor(base, kind, kept.id);
      if (!readable) logger?.warn(`chime-delivery: what the store has as ${key} cannot be read, and is dropped`);
      // Once the service has a message, the other two are left over.
      const leftOver = kind === 'held' ? found?.messageId !== undefined || found === undefined : found !== undefined;
      if (readable && !leftOver) use.push(key);
      else void operations.write(key, undefined);
      if (readable && !leftOver) found ??= kept;
    }
    return found && Object.assign(found, { held: use.length > 1, keys: use });
  }
}

/** What is overdue may fail, too. */
function once(act: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) act();
    isDone = true;
  };
}
