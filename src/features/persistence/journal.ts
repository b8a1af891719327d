/**
 * Persists the deliveries of a tracker: a send before its dispatch (`outbox`), a message that the service has (`accepted`), and
 * nothing once a delivery has ended. It writes rarely: once when a send begins, once when its MessageId is known, and one
 * removal of each.
 *
 * No record is ever overwritten, since a process may be killed in the middle of it: the `accepted` record is written beside
 * the `outbox` record, which is removed once the other one is safe. `markers.ts` has the markers beside a send.
 */
import type { TrackedDelivery } from '../../core/delivery.ts';
import type { StoreError } from '../../shared/errors.ts';
import type { Transition } from '../../core/delivery-registry.ts';
import { isTerminal } from '../../core/status.ts';
import type { Outbox } from '../../core/ports/outbox.ts';
import type { RecoveredDelivery, RecoveryLog } from '../../core/ports/recovery.ts';
import type { Logger } from '../../shared/client.ts';
import { setTimeLimit } from '../../shared/time-limit.ts';
import { StoreConnection } from './store-connection.ts';
import type { DeliveryStore } from '../../core/ports/store.ts';
import { STORE_TIMEOUT_MS } from './pending-calls.ts';
import { DeliveryKeys } from './delivery-keys.ts';
import { keyPrefix, kindOf, type RecordKind } from './keys.ts';
import { Markers } from './markers.ts';
import { Recovery } from './recovery.ts';
import { writeRecord } from './record.ts';
import { Removals } from './removals.ts';
import { Timeouts } from './timeouts.ts';
import { Tombstones } from './tombstones.ts';

export interface JournalPorts {
  readonly store: DeliveryStore;
  /** The tracker's bearer: a later tracker with the same bearer finds its records. */
  readonly owner: string;
  readonly persistContent: boolean;
  readonly logger: Logger | undefined;
  readonly onError: (error: StoreError) => void;
  /** Resolves with whether this tracker restores the deliveries of an earlier session, once that is known. */
  readonly isRecoverer: () => Promise<boolean>;
  /** Resumes a delivery; returns whether it was not tracked before. */
  readonly onRecovered: (found: RecoveredDelivery) => boolean;
}

export class Journal implements Outbox, RecoveryLog {
  readonly #ports: JournalPorts;
  readonly #store: StoreConnection;
  readonly #base: string;
  readonly #recovery: Recovery;
  readonly #markers: Markers;
  readonly #removals: Removals;
  readonly #keys: DeliveryKeys;
  /** Deliveries whose records of an earlier session are all known: their token is new, or they were restored. */
  readonly #recognized = new WeakSet<TrackedDelivery>();
  /** Resolves when the store was read, or after `STORE_TIMEOUT_MS`. */
  readonly #recovered: Promise<void>;
  /** Writes that wait for that, since the store may have records of the same deliveries. Undefined afterwards. */
  #waiting: Map<TrackedDelivery, () => void> | undefined = new Map();
  /** Whether this tracker restores the deliveries of an earlier session; undefined until it is known. */
  #isRecoverer: boolean | undefined;
  readonly #tombstones = new Tombstones();
  #sequence = 0;
  /** Resolves with the number of restored deliveries; never rejects. */
  readonly restored: Promise<number>;
  readonly #timeouts = new Timeouts();
  #stop: () => void = () => undefined;

  constructor(ports: JournalPorts) {
    const { store, owner, logger, onError, onRecovered, isRecoverer } = ports;
    this.#ports = ports;
    const base = keyPrefix(owner);
    this.#base = base;
    this.#keys = new DeliveryKeys(base);
    const stopped = new Promise<void>((resolve) => (this.#stop = resolve));
    this.#store = new StoreConnection({
      store,
      base,
      onOutage: (error) => {
        logger?.error(`chime-delivery: ${error.message}`, error.cause);
        onError(error);
      },
      owns: (key) => this.#keys.has(key),
      takeOver: () => {
        if (this.#isRecoverer === true) void this.rescan();
        return this.#isRecoverer !== false;
      },
    });
    this.#markers = new Markers({
      store: this.#store,
      waits: this.#timeouts,
      keyOf: (delivery, kind) => this.#keys.keyFor(delivery, kind),
    });
    this.#removals = new Removals({ store: this.#store, base, isOurs: (key) => this.#keys.has(key) });
    let count = 0;
    this.#recovery = new Recovery({
      store: this.#store,
      base,
      owner,
      logger,
      isOurs: (key) => this.#keys.hasBeside(key) || this.#store.isElsewhere(key),
      onRecovered: (found) => {
        if (onRecovered(found)) count += 1;
      },
    });
    // Asynchronous, so that the app can add its listeners first.
    const read = isRecoverer().then((isRecoverer) => {
      this.#isRecoverer = isRecoverer;
      return isRecoverer ? this.#recovery.begin() : undefined;
    });
    this.restored = Promise.race([read, stopped]).then(() => count);
    this.#recovered = new Promise((resolve) => {
      const end = (): void => {
        cancelLimit();
        this.#endRecovery();
        resolve();
      };
      const cancelLimit = setTimeLimit(end, STORE_TIMEOUT_MS);
      void this.restored.then(end);
    });
  }

  /** Reads the store again, for the records of another tracker or tab. Resolves when their deliveries are resumed. */
  rescan(): Promise<void> {
    // The records of ended deliveries are removed, and another tab may track the same message again.
    if (!this.#recoveryPending) this.#tombstones.clear();
    return this.#recovery.begin();
  }

  async persist(delivery: TrackedDelivery, isNew: boolean): Promise<void> {
    // An earlier session cannot have used a token that was just generated.
    if (isNew) this.#recognized.add(delivery);
    if (isNew) await this.#persistSend(delivery);
    else
      await new Promise<void>((written) => this.#afterRecovery(delivery, () => written(this.#persistSend(delivery))));
    await this.#recovered;
    // A record that cannot be read yet may have an `unsent` marker of an earlier send: override it.
    if (!this.#isClear(delivery) && this.#isRecoverer === true) void this.#markers.markDispatched(delivery);
  }

  markUnsent(delivery: TrackedDelivery, isLast = false): boolean {
    const send = this.#keys.keyFor(delivery, 'outbox');
    // A marker without the record has no effect; while the record cannot be written, it would only have to be removed again.
    if (!this.#keys.has(send) || (this.#store.isBusyWith(send) && !isLast) || !this.#isClear(delivery)) return false;
    this.#markers.markUnsent(delivery, isLast);
    return true;
  }

  clearUnsent(delivery: TrackedDelivery): true | Promise<boolean> {
    return this.#markers.clearUnsent(delivery);
  }

  /** The message was deleted: a missing status proves nothing, in a later session either. */
  onMessageDeleted(delivery: TrackedDelivery): void {
    this.#markers.markDeleted(delivery);
  }

  /** Updates the records after the app was notified: if they were removed before, it might never be notified. */
  onAnnounced({ delivery, before, after }: Transition): void {
    if (delivery.endError !== undefined) return;
    if (isTerminal(after.status)) this.remove(delivery);
    else if (after.status === 'PENDING' && before !== undefined) this.#persistAccepted(delivery);
    else if (after.status === 'PENDING' && !this.#keys.has(this.#keys.keyFor(delivery, 'accepted')))
      this.#afterRecovery(delivery, () => this.#persistAccepted(delivery));
  }

  /** The records of `found` belong to `delivery` from now on. */
  adopt(delivery: TrackedDelivery, { id, keys, knownUnsent }: RecoveredDelivery): void {
    const kinds = keys.map((key) => kindOf(this.#base, key));
    this.#keys.adopt(delivery, id, keys);
    if (keys.length > 0) this.#recognized.add(delivery);
    this.#markers.adopt(delivery, knownUnsent, kinds);
  }

  remove(delivery: TrackedDelivery): void {
    const { record } = delivery;
    // Its records are removed one after the other, and may be listed meanwhile; those of an earlier session have other names.
    if (this.#recoveryPending) {
      this.#tombstones.add(record);
      if (!this.#recognized.has(delivery)) this.#tombstones.add({ ...record, id: record.messageId ?? record.id });
    }
    this.#waiting?.delete(delivery);
    const kinds = [
      ...(this.#isPersisted(delivery, 'accepted') ? (['accepted'] as const) : []),
      ...this.#markers.drop(delivery),
    ];
    const others = this.#keys.takeAliases(delivery);
    for (const kind of kinds) this.#keys.delete(this.#keys.keyFor(delivery, kind));
    // The outbox record is removed first: without the `accepted` record beside it, it would be sent again.
    this.#removals.add(this.#keys.keyFor(delivery, 'outbox'), this.#isPersisted(delivery, 'outbox'), kinds, others);
    this.#keys.delete(this.#keys.keyFor(delivery, 'outbox'));
  }

  /** A delivery with this id is not restored, even if the store still has records of it. */
  tombstone(id: string): void {
    if (this.#recoveryPending) this.#tombstones.addId(id);
  }

  /** Whether `found` must not be restored; its records are then removed. */
  isTombstoned(found: RecoveredDelivery): boolean {
    const isTombstoned = this.#tombstones.has(found);
    if (isTombstoned) for (const key of found.keys) void this.#store.write(key, undefined);
    return isTombstoned;
  }

  /** Waits for the pending writes, within the time limit. The records stay in the store. */
  close(): Promise<void> {
    this.#endRecovery();
    this.#stop();
    this.#recovery.close();
    this.#timeouts.end();
    return this.#store.close();
  }

  #afterRecovery(delivery: TrackedDelivery, act: () => void): void {
    if (this.#waiting === undefined) act();
    else this.#waiting.set(delivery, act);
  }

  #endRecovery(): void {
    const waiting = this.#waiting ?? new Map<TrackedDelivery, () => void>();
    this.#waiting = undefined;
    for (const act of waiting.values()) act();
  }

  async #persistSend(delivery: TrackedDelivery): Promise<void> {
    const key = this.#keys.keyFor(delivery, 'outbox');
    if (delivery.record.status !== 'SENDING' || this.#keys.has(key)) return;
    const record = this.#recordOf(delivery);
    await this.#timeouts.withTimeout(STORE_TIMEOUT_MS, this.#write(delivery, key, record));
  }

  #persistAccepted(delivery: TrackedDelivery): void {
    const key = this.#keys.keyFor(delivery, 'accepted');
    const safe = (): void => {
      const send = this.#keys.keyFor(delivery, 'outbox');
      this.#removals.add(send, this.#isPersisted(delivery, 'outbox'), this.#markers.releaseUnsent(delivery), []);
      this.#keys.delete(send);
    };
    if (isTerminal(delivery.record.status)) return;
    if (this.#keys.has(key)) return safe();
    void this.#write(delivery, key, this.#recordOf(delivery), safe);
  }

  #recordOf(delivery: TrackedDelivery): string {
    const { owner, persistContent } = this.#ports;
    return writeRecord(delivery.record, owner, this.#sequence++, persistContent);
  }

  #write(delivery: TrackedDelivery, key: string, record: string, onDone?: () => void): Promise<boolean> {
    this.#keys.add(delivery, key);
    // Another tab may have written the key before. A key of an earlier session is removed when it is read.
    return this.#store.write(key, record, onDone, this.#isRecoverer === false && !this.#recognized.has(delivery));
  }

  /** Whether there may be such a record. A removal in progress may fail; a listed record may not be read yet. */
  #isPersisted(delivery: TrackedDelivery, kind: RecordKind): boolean {
    const key = this.#keys.keyFor(delivery, kind);
    return this.#keys.has(key) || this.#store.isBusyWith(key) || this.#recovery.isListed(key);
  }

  /** Whether all records of an earlier session for this delivery are known. */
  #isClear(delivery: TrackedDelivery): boolean {
    return this.#recognized.has(delivery) || (this.#isRecoverer === true && !this.#recoveryPending);
  }

  get #recoveryPending(): boolean {
    return this.#isRecoverer === undefined || this.#recovery.isUnderWay;
  }
}
