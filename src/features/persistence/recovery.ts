/**
 * Reads the records of an earlier session: all keys of one base, a limited number at once. Deliveries are handed over together,
 * in the order in which tracking began; records that cannot be read at first follow later. The work is done in slices: there
 * may be very many records, and a store may answer in microtasks, which let no other code run.
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
  /** Whether a record belongs to this session, or to another tracker of this process. */
  readonly isOurs: (key: string) => boolean;
  readonly onRecovered: (found: RecoveredDelivery) => void;
}

const WORKERS = 32;

/** The records of one delivery, which have to be read together. */
interface RecordGroup {
  readonly keys: Partial<Record<RecordKind, string>>;
  readonly values: Partial<Record<RecordKind, unknown>>;
  /** The number of records that are not read yet. */
  unread: number;
}

interface PendingRead {
  readonly key: string;
  readonly kind: RecordKind;
  readonly group: RecordGroup;
  isRead: boolean;
}

export class Recovery {
  readonly #ports: RecoveryPorts;
  readonly #complete: RecordGroup[] = [];
  /** Keys of groups that are not handed over yet. */
  readonly #listed = new Set<string>();
  readonly #slices = new Slices();
  #reading = false;
  /** Resolves when all complete groups are handed over. */
  #handedOver: Promise<void> = Promise.resolve();
  /** Listings that have not ended, and groups that are not handed over. */
  #outstanding = 0;

  constructor(ports: RecoveryPorts) {
    this.#ports = ports;
  }

  /** Whether there may be records that were not handed over yet. */
  get isUnderWay(): boolean {
    return this.#outstanding > 0;
  }

  /** Whether the key was listed, and its record is not handed over yet. */
  isListed(key: string): boolean {
    return this.#listed.has(key);
  }

  /** Resolves when all records that are readable now are handed over. */
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
    // An overdue listing may never end.
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
      // A listing may have a key twice: a Redis SCAN may repeat it, or it has each spelling of the separator.
      if (group.keys[kind] !== undefined) return;
      group.keys[kind] = key;
      this.#listed.add(key);
      group.unread += 1;
      items.push({ key, kind, group, isRead: false });
    };
    this.#slices.begin();
    await this.#slices.each(listed, list);
    this.#outstanding += groups.size - 1;
    await this.#read(items);
  }

  async #read(items: PendingRead[]): Promise<void> {
    const { store } = this.#ports;
    const failed: PendingRead[] = [];
    const next = items.values();
    const work = async (): Promise<void> => {
      for (const item of next) {
        if (item.isRead) continue;
        const retry = once(() => failed.push(item));
        await store.read(item.key, {
          done: (value) => this.#take(item, value),
          failed: retry,
          overdue: retry,
        });
        const pause = this.#slices.step();
        if (pause !== undefined) await pause;
        // While reads fail, one at a time is enough to see when they succeed.
        if (store.isDown('getItem') || store.closed) return;
      }
    };
    this.#reading = true;
    await Promise.all(Array.from({ length: store.isDown('getItem') ? 1 : WORKERS }, work));
    this.#reading = false;
    await this.#handOver();
    failed.push(...next);
    if (failed.length > 0) store.onRetry(() => void this.#read(failed));
  }

  #take(item: PendingRead, value: unknown): void {
    const { key, kind, group, isRead } = item;
    if (isRead) return;
    item.isRead = true;
    // This session may have written the record since it was listed.
    group.values[kind] = this.#ports.isOurs(key) ? undefined : value;
    group.unread -= 1;
    if (group.unread > 0) return;
    this.#complete.push(group);
    if (!this.#reading) void this.#handOver();
  }

  /** Hands over all complete groups, after those of an earlier call. */
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

  /** The delivery of a group. Its useless records are removed. */
  #open({ keys, values }: RecordGroup): RecoveredRecord | undefined {
    const { store, base, owner, logger } = this.#ports;
    const now = Date.now();
    let found: StoredDelivery | undefined;
    const use = new Map<RecordKind, string>();
    for (const kind of ['accepted', 'outbox', 'unsent', 'dispatched', 'deleted'] as const) {
      const key = keys[kind];
      const value = values[kind];
      // Removed since the listing.
      if (key === undefined || value === undefined || value === null) continue;
      const isMarker = kind === 'unsent' || kind === 'dispatched' || kind === 'deleted';
      const stored = isMarker ? undefined : readRecord(kind, value, owner, now);
      // `dispatched` and `deleted` only rule out a conclusion, so that even a damaged marker counts.
      const readable =
        kind === 'dispatched' ||
        kind === 'deleted' ||
        (kind === 'unsent' ? isMarkerOf(value, value) : stored !== undefined && isNameOf(nameOf(base, key), stored));
      if (!readable) logger?.warn(`chime-delivery: the record ${key} in the store is unreadable; removing it`);
      // Beside an `accepted` record the others are obsolete; so is the marker of an earlier send with the same id.
      const isForThis = isMarker
        ? kind === 'deleted'
          ? found !== undefined
          : use.has('outbox') && (kind === 'dispatched' || isMarkerOf(value, values.outbox))
        : found === undefined;
      if (readable && isForThis) use.set(kind, key);
      else void store.write(key, undefined);
      found ??= stored !== undefined && use.has(kind) ? stored : undefined;
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

function isNameOf(name: string, stored: StoredDelivery): boolean {
  return name === nameById(stored.id) || name === nameByIdentity(stored);
}

/** `act`, called at most once: an overdue operation may fail later. */
function once(act: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) act();
    isDone = true;
  };
}
