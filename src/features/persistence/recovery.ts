/**
 * Reads what an earlier life has left in the store: every record of one base, a few at once. Records are handed over together
 * and in the order in which tracking began; what could not be read at first is handed over when it could. All of it is done
 * in slices: there may be very many, and a store may answer without letting anything else run.
 */
import type { RecoveredDelivery } from '../../core/ports/recovery.ts';
import type { Logger } from '../../shared/client.ts';
import { Slices } from '../../shared/slices.ts';
import type { StoreConnection } from './store-connection.ts';
import { nameById, nameByIdentity, nameOf, parseKey, type RecordKind } from './keys.ts';
import { isMarkerOf, readRecord, type StoredDelivery } from './record.ts';

/** One delivery that was found, with its place among those of its process. */
type RecoveredRecord = RecoveredDelivery & StoredDelivery;

export interface RecoveryPorts {
  readonly store: StoreConnection;
  readonly base: string;
  readonly owner: string;
  readonly logger: Logger | undefined;
  /** Whether a record is this life's own, or that of another tracker of this process. */
  readonly isOurs: (key: string) => boolean;
  readonly onRecovered: (found: RecoveredDelivery) => void;
}

const WORKERS = 32;

/** The records of one delivery: they say something only together. */
interface RecordGroup {
  readonly keys: Partial<Record<RecordKind, string>>;
  readonly values: Partial<Record<RecordKind, unknown>>;
  /** How many are not read yet. */
  unread: number;
}

interface PendingRead {
  readonly key: string;
  readonly kind: RecordKind;
  readonly group: RecordGroup;
  /** It was read. */
  taken: boolean;
}

export class Recovery {
  readonly #ports: RecoveryPorts;
  readonly #complete: RecordGroup[] = [];
  /** Keys of bundles that are not handed over. */
  readonly #listed = new Set<string>();
  readonly #slices = new Slices();
  #reading = false;
  /** Resolves when everything was handed over that is complete. */
  #handedOver: Promise<void> = Promise.resolve();
  /** Listings that have not come, and bundles that are not handed over. */
  #outstanding = 0;

  constructor(ports: RecoveryPorts) {
    this.#ports = ports;
  }

  /** Whether there may be something that nobody knows of yet. */
  get isUnderWay(): boolean {
    return this.#outstanding > 0;
  }

  /** Whether the store has it, as far as is known, and what it says was not handed over yet. */
  isListed(key: string): boolean {
    return this.#listed.has(key);
  }

  /** Resolves when everything was read that can be read now. */
  begin(): Promise<void> {
    this.#outstanding += 1;
    return this.#list();
  }

  close(): void {
    this.#slices.close();
  }

  async #list(listing = { done: false }): Promise<void> {
    const { store } = this.#ports;
    let rest: Promise<void> | undefined;
    // One that is overdue may be lost for ever.
    const again = once(() =>
      store.onRetry(() => {
        if (!listing.done) void this.#list(listing);
      }),
    );
    await store.keys({
      done: (keys) => {
        if (listing.done) return;
        listing.done = true;
        rest = this.#readAll(keys);
      },
      failed: again,
      overdue: again,
    });
    await rest;
  }

  async #readAll(listed: readonly unknown[]): Promise<void> {
    const { base, isOurs } = this.#ports;
    const groups = new Map<string, RecordGroup>();
    const items: PendingRead[] = [];
    const list = (each: unknown): void => {
      const { key = '', kind, name = '' } = parseKey(base, each) ?? {};
      if (kind === undefined || isOurs(key)) return;
      const group = groups.get(name) ?? { keys: {}, values: {}, unread: 0 };
      groups.set(name, group);
      // A listing may name a key twice: a SCAN does, and one with each spelling of the separator.
      if (group.keys[kind] !== undefined) return;
      group.keys[kind] = key;
      this.#listed.add(key);
      group.unread += 1;
      items.push({ key, kind, group, taken: false });
    };
    this.#slices.begin();
    await this.#slices.each(listed, list);
    this.#outstanding += groups.size - 1;
    await this.#read(items);
  }

  async #read(items: PendingRead[]): Promise<void> {
    const { store } = this.#ports;
    const again: PendingRead[] = [];
    const next = items.values();
    const work = async (): Promise<void> => {
      for (const item of next) {
        if (item.taken) continue;
        const retry = once(() => again.push(item));
        await store.read(item.key, {
          done: (value) => this.#take(item, value),
          failed: retry,
          overdue: retry,
        });
        const pause = this.#slices.step();
        if (pause !== undefined) await pause;
        // One is enough to see whether it still fails.
        if (store.isDown('getItem') || store.closed) return;
      }
    };
    this.#reading = true;
    await Promise.all(Array.from({ length: store.isDown('getItem') ? 1 : WORKERS }, work));
    this.#reading = false;
    await this.#handOver();
    again.push(...next);
    if (again.length > 0) store.onRetry(() => void this.#read(again));
  }

  #take(item: PendingRead, value: unknown): void {
    const { key, kind, group, taken } = item;
    if (taken) return;
    item.taken = true;
    // It may have become ours since it was listed.
    group.values[kind] = this.#ports.isOurs(key) ? undefined : value;
    group.unread -= 1;
    if (group.unread > 0) return;
    this.#complete.push(group);
    if (!this.#reading) void this.#handOver();
  }

  /** Resolves when everything that is complete now was handed over, after what was complete before. */
  #handOver(): Promise<void> {
    const next = (): Promise<void> => this.#handOverInOrder();
    return (this.#handedOver = this.#handedOver.then(next, next));
  }

  async #handOverInOrder(): Promise<void> {
    const { onRecovered } = this.#ports;
    const all: RecoveredRecord[] = [];
    await this.#slices.each(this.#complete.splice(0), (group) => {
      const found = this.#open(group);
      for (const key of Object.values(group.keys)) if (found?.keys.includes(key) !== true) this.#listed.delete(key);
      if (found === undefined) this.#outstanding -= 1;
      else all.push(found);
    });
    const inOrder = await this.#slices.sort(all, (a, b) => a.trackedAt - b.trackedAt || a.sequence - b.sequence);
    await this.#slices.each(inOrder, (found) => {
      for (const key of found.keys) this.#listed.delete(key);
      onRecovered(found);
      this.#outstanding -= 1;
    });
  }

  /** What a bundle says; what is of no use in it is removed. */
  #open({ keys, values }: RecordGroup): RecoveredRecord | undefined {
    const { store, base, owner, logger } = this.#ports;
    const now = Date.now();
    let found: StoredDelivery | undefined;
    const use = new Map<RecordKind, string>();
    for (const kind of ['accepted', 'outbox', 'unsent', 'dispatched', 'deleted'] as const) {
      const key = keys[kind];
      const value = values[kind];
      // Not there any more.
      if (key === undefined || value === undefined || value === null) continue;
      const isMark = kind === 'unsent' || kind === 'dispatched' || kind === 'deleted';
      const kept = isMark ? undefined : readRecord(kind, value, owner, now);
      // What only forbids a conclusion is believed of whatever there is of such a mark.
      const readable =
        kind === 'dispatched' ||
        kind === 'deleted' ||
        (kind === 'unsent' ? isMarkerOf(value, value) : kept !== undefined && isNameOf(nameOf(base, key), kept));
      if (!readable) logger?.warn(`chime-delivery: what the store has as ${key} cannot be read, and is dropped`);
      // Once the service has a message, the others are left over; so is the mark of an earlier send of the same id.
      const isForThis = isMark
        ? kind === 'deleted'
          ? found !== undefined
          : use.has('outbox') && (kind === 'dispatched' || isMarkerOf(value, values.outbox))
        : found === undefined;
      if (readable && isForThis) use.set(kind, key);
      else void store.write(key, undefined);
      found ??= kept !== undefined && use.has(kind) ? kept : undefined;
    }
    if (found === undefined) return undefined;
    const missingMeansDenied = found.missingMeansDenied && !use.has('deleted');
    return {
      ...found,
      missingMeansDenied,
      knownUnsent: use.has('unsent') && !use.has('dispatched'),
      keys: [...use.values()],
    };
  }
}

function isNameOf(name: string, kept: StoredDelivery): boolean {
  return name === nameById(kept.id) || name === nameByIdentity(kept);
}

/** What is overdue may fail, too. */
function once(act: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) act();
    isDone = true;
  };
}
