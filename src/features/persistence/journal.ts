/**
 * What of a tracker's deliveries is kept in the store, and when: a message before it leaves, what the service has of
 * it, and nothing once it has ended. Few writes: one as a send begins, one as its MessageId becomes known, one removal
 * of each.
 *
 * Nothing is ever overwritten, since a process may be killed in the middle of that: the record of a sent message is
 * written beside that of the send, which is removed when the other one is safe. The marks beside a send are in
 * `markers.ts`.
 */
import type { TrackedDelivery } from '../../core/delivery.ts';
import type { StoreError } from '../../shared/errors.ts';
import type { Transition } from '../../core/delivery-registry.ts';
import { isTerminal } from '../../core/status.ts';
import type { Outbox } from '../../core/ports/outbox.ts';
import type { RecoveredDelivery, RecoveryLog } from '../../core/ports/recovery.ts';
import type { Logger } from '../../shared/client.ts';
import { StoreConnection } from './store-connection.ts';
import type { DeliveryStore } from '../../core/ports/store.ts';
import { STORE_TIMEOUT_MS } from './pending-calls.ts';
import { keyPrefix, recordKey, kindOf, nameById, nameByIdentity, nameOf, type RecordKind } from './keys.ts';
import { Markers } from './markers.ts';
import { Recovery } from './recovery.ts';
import { writeRecord } from './record.ts';
import { Removals } from './removals.ts';
import { Timeouts } from './timeouts.ts';

export interface JournalPorts {
  readonly store: DeliveryStore;
  /** The tracker's bearer: its records are found again by a tracker of the same. */
  readonly owner: string;
  readonly persistContent: boolean;
  readonly logger: Logger | undefined;
  readonly onError: (error: StoreError) => void;
  /** Whether it is for this tracker to bring back what was left; resolves when that is known. */
  readonly isRecoverer: () => Promise<boolean>;
  /** Takes back what was found; says whether that made a delivery. */
  readonly onRecovered: (found: RecoveredDelivery) => boolean;
}

export class Journal implements Outbox, RecoveryLog {
  readonly #ports: JournalPorts;
  readonly #store: StoreConnection;
  readonly #base: string;
  readonly #recovery: Recovery;
  readonly #markers: Markers;
  readonly #removals: Removals;
  /** Every key that is written or wished for, and whose it is. */
  readonly #keys = new Map<string, TrackedDelivery>();
  /** The name in the keys of a delivery, where it is not made of its identity. */
  readonly #names = new WeakMap<TrackedDelivery, string>();
  /** Keys of a delivery with another name than its own: the app tracks by MessageId what was kept by its token. */
  readonly #aliasKeys = new Map<TrackedDelivery, string[]>();
  /** Those of which no earlier life can have left anything that is not known: their token is new, or they were found. */
  readonly #recognized = new WeakSet<TrackedDelivery>();
  /** Resolves when the store was read, or is too slow for anybody to wait for it. */
  readonly #recovered: Promise<void>;
  /** Writes that wait for that, since an earlier life may have left the same. Undefined afterwards. */
  #waiting: Map<TrackedDelivery, () => void> | undefined = new Map();
  /** Whether it is for this tracker to read what was left; undefined while that is not known. */
  #isRecoverer: boolean | undefined;
  /** What has ended, or was forgotten, before the store could tell of it: names, or ids that the app has named. */
  readonly #tombstones = new Set<string>();
  #sequence = 0;
  /** Resolves, never rejects, with how many deliveries of an earlier life came back. */
  readonly restored: Promise<number>;
  readonly #timeouts = new Timeouts();
  #stop: () => void = () => undefined;

  constructor(ports: JournalPorts) {
    const { store, owner, logger, onError, onRecovered, isRecoverer } = ports;
    this.#ports = ports;
    const base = keyPrefix(owner);
    this.#base = base;
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
      keyOf: (delivery, kind) => this.#keyFor(delivery, kind),
    });
    this.#removals = new Removals({ store: this.#store, base, isOurs: (key) => this.#keys.has(key) });
    let count = 0;
    this.#recovery = new Recovery({
      store: this.#store,
      base,
      owner,
      logger,
      isOurs: (key) => this.#keys.has(key) || this.#store.isElsewhere(key),
      onRecovered: (found) => {
        if (onRecovered(found)) count += 1;
      },
    });
    // Not before the app has had a chance to listen.
    const read = isRecoverer().then((isRecoverer) => {
      this.#isRecoverer = isRecoverer;
      return isRecoverer ? this.#recovery.begin() : undefined;
    });
    this.restored = Promise.race([read, stopped]).then(() => count);
    this.#recovered = new Promise((resolve) => {
      const open = (): void => {
        clearTimeout(timer);
        this.#endRecovery();
        resolve();
      };
      const timer = setTimeout(open, STORE_TIMEOUT_MS);
      void this.restored.then(open);
    });
  }

  /** Reads again: somebody else has left something. Resolves when that is taken up. */
  rescan(): Promise<void> {
    // What has ended meanwhile is erased, and may have begun anew elsewhere.
    if (!this.#recoveryPending) this.#tombstones.clear();
    return this.#recovery.begin();
  }

  async persist(delivery: TrackedDelivery, input: object, isNew: boolean): Promise<void> {
    // A token that was minted just now cannot have been used in an earlier life.
    if (isNew) this.#recognized.add(delivery);
    if (isNew) await this.#persistSend(delivery, input);
    else
      await new Promise<void>((written) =>
        this.#afterRecovery(delivery, () => written(this.#persistSend(delivery, input))),
      );
    await this.#recovered;
    // What cannot be read may say that nothing of an earlier send has left: it says nothing of this one.
    if (!this.#isClear(delivery) && this.#isRecoverer === true) void this.#markers.markDispatched(delivery);
  }

  markUnsent(delivery: TrackedDelivery, isLast = false): boolean {
    const send = this.#keyFor(delivery, 'outbox');
    // Without the record it says nothing, and where that cannot be written, it would only have to be removed again.
    if (!this.#keys.has(send) || (this.#store.isBusyWith(send) && !isLast) || !this.#isClear(delivery)) return false;
    this.#markers.markUnsent(delivery);
    return true;
  }

  clearUnsent(delivery: TrackedDelivery): true | Promise<boolean> {
    return this.#markers.clearUnsent(delivery);
  }

  /** The message was deleted: a missing status proves nothing, in a later life either. */
  onMessageDeleted(delivery: TrackedDelivery): void {
    this.#markers.markDeleted(delivery);
  }

  /** What was announced of a delivery: not before, or the app might never hear of it. */
  onAnnounced({ delivery, before, after }: Transition): void {
    if (delivery.endError !== undefined) return;
    if (isTerminal(after.status)) this.remove(delivery);
    else if (after.status === 'PENDING' && before !== undefined) this.#persistAccepted(delivery);
    else if (after.status === 'PENDING' && !this.#keys.has(this.#keyFor(delivery, 'accepted')))
      this.#afterRecovery(delivery, () => this.#persistAccepted(delivery));
  }

  /** `delivery` is kept there: it was found, or is the same as what was. */
  adopt(delivery: TrackedDelivery, { id, keys, knownUnsent }: RecoveredDelivery): void {
    const kinds = keys.map((key) => kindOf(this.#base, key));
    for (const key of keys) this.#keys.set(key, delivery);
    const [name = this.#nameFor(delivery)] = keys.map((key) => nameOf(this.#base, key));
    // As 0.1.0 has named it: what is beside a record must have its name.
    if (id === delivery.record.id && !this.#hasRecords(delivery)) this.#names.set(delivery, name);
    if (name !== this.#nameFor(delivery))
      this.#aliasKeys.set(delivery, [...(this.#aliasKeys.get(delivery) ?? []), ...keys]);
    if (keys.length > 0) this.#recognized.add(delivery);
    this.#markers.adopt(delivery, knownUnsent, kinds);
  }

  remove(delivery: TrackedDelivery): void {
    const { record } = delivery;
    // Its own records are removed one after the other, and may be listed meanwhile; what an earlier life has left has other names.
    this.tombstone(nameByIdentity(record));
    if (!this.#recognized.has(delivery))
      this.tombstone(nameByIdentity({ ...record, id: record.messageId ?? record.id }));
    this.#waiting?.delete(delivery);
    const kinds = [
      ...(this.#isPersisted(delivery, 'accepted') ? (['accepted'] as const) : []),
      ...this.#markers.drop(delivery),
    ];
    const others = this.#aliasKeys.get(delivery) ?? [];
    this.#aliasKeys.delete(delivery);
    for (const kind of kinds) this.#keys.delete(this.#keyFor(delivery, kind));
    for (const key of others) this.#keys.delete(key);
    // While the send is there, so is what the service has of it: alone it would be sent again, or called lost.
    this.#removals.add(this.#keyFor(delivery, 'outbox'), this.#isPersisted(delivery, 'outbox'), kinds, others);
    this.#keys.delete(this.#keyFor(delivery, 'outbox'));
  }

  /** What has this id or name is done with, whatever the store may still tell of it. */
  tombstone(name: string): void {
    if (this.#recoveryPending) this.#tombstones.add(name);
  }

  /** Whether the app has done with what was found; then it is removed. */
  isTombstoned(found: RecoveredDelivery): boolean {
    const { id, messageId = id, keys } = found;
    const names = [id, messageId].flatMap((each) => [each, nameByIdentity({ ...found, id: each })]);
    const refused = names.some((name) => this.#tombstones.has(name));
    if (refused) for (const key of keys) void this.#store.write(key, undefined);
    return refused;
  }

  /** Waits for what is being written, within limits; what is kept stays. */
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

  async #persistSend(delivery: TrackedDelivery, input: object): Promise<void> {
    const { owner, persistContent } = this.#ports;
    const key = this.#keyFor(delivery, 'outbox');
    if (delivery.record.status !== 'SENDING' || this.#keys.has(key)) return;
    const record = writeRecord(delivery.record, owner, this.#sequence++, persistContent ? input : undefined);
    await this.#timeouts.withTimeout(STORE_TIMEOUT_MS, this.#write(delivery, key, record));
  }

  #persistAccepted(delivery: TrackedDelivery): void {
    const key = this.#keyFor(delivery, 'accepted');
    const safe = (): void => {
      const send = this.#keyFor(delivery, 'outbox');
      this.#removals.add(send, this.#isPersisted(delivery, 'outbox'), this.#markers.releaseUnsent(delivery), []);
      this.#keys.delete(send);
    };
    if (isTerminal(delivery.record.status)) return;
    if (this.#keys.has(key)) return safe();
    void this.#write(delivery, key, writeRecord(delivery.record, this.#ports.owner, this.#sequence++), safe);
  }

  #write(delivery: TrackedDelivery, key: string, record: string, onDone?: () => void): Promise<boolean> {
    this.#names.set(delivery, nameOf(this.#base, key));
    this.#keys.set(key, delivery);
    // Another tab may have the same; what an earlier life has left is removed when it is found.
    return this.#store.write(key, record, onDone, this.#isRecoverer === false && !this.#recognized.has(delivery));
  }

  /** Whether there may be such a record of it. What is being removed may fail to be; what is listed may not be read yet. */
  #isPersisted(delivery: TrackedDelivery, kind: RecordKind): boolean {
    const key = this.#keyFor(delivery, kind);
    return this.#keys.has(key) || this.#store.isBusyWith(key) || this.#recovery.isListed(key);
  }

  /** Whether all that may have left of it is known. */
  #isClear(delivery: TrackedDelivery): boolean {
    return this.#recognized.has(delivery) || (this.#isRecoverer === true && !this.#recoveryPending);
  }

  get #recoveryPending(): boolean {
    return this.#isRecoverer === undefined || this.#recovery.isUnderWay;
  }

  /** Whether a record of it was written, or will be. */
  #hasRecords(delivery: TrackedDelivery): boolean {
    return this.#keys.has(this.#keyFor(delivery, 'outbox')) || this.#keys.has(this.#keyFor(delivery, 'accepted'));
  }

  #keyFor(delivery: TrackedDelivery, kind: RecordKind): string {
    return recordKey(this.#base, kind, this.#nameFor(delivery));
  }

  #nameFor(delivery: TrackedDelivery): string {
    const name = nameById(delivery.record.id);
    return this.#names.get(delivery) ?? (this.#isFree(name, delivery) ? name : nameByIdentity(delivery.record));
  }

  /** Whether no other delivery has records of this name: the app may have given the id in two channels. */
  #isFree(name: string, delivery: TrackedDelivery): boolean {
    const owners = (['outbox', 'accepted'] as const).map((kind) => this.#keys.get(recordKey(this.#base, kind, name)));
    return owners.every((owner) => owner === undefined || owner === delivery);
  }
}
