/**
 * What of a tracker's deliveries is kept in the store, and when: a message before it leaves, what the service has of it, and
 * nothing once it has ended. Few writes: one as a send begins, one as its MessageId becomes known, one removal of each.
 *
 * Nothing is ever overwritten, since a process may be killed in the middle of that: the record of a sent message is written
 * beside that of the send, which is removed when the other one is safe.
 */
import type { Entry } from '../core/entry.ts';
import { StoreError } from '../core/errors.ts';
import type { Change } from '../core/ledger.ts';
import { isTerminal } from '../core/message.ts';
import type { Logger, Outbox } from '../core/ports.ts';
import type { DeliveryStore } from './delivery-store.ts';
import { baseFor, keyFor, type RecordKind } from './keys.ts';
import { LIMIT_MS, Operations } from './operations.ts';
import { Reading, type Found } from './reading.ts';
import { writeMark, writeRecord } from './record.ts';

export interface ArchivePorts {
  readonly store: DeliveryStore;
  /** The tracker's bearer: its records are found again by a tracker of the same. */
  readonly owner: string;
  readonly persistContent: boolean;
  readonly logger: Logger | undefined;
  readonly onError: (error: StoreError) => void;
  /** Whether it is for this tracker to bring back what was left; resolves when that is known. */
  readonly isHeir: () => Promise<boolean>;
  /** Takes back what was found; says how many deliveries that made. */
  readonly onFound: (found: readonly Found[]) => number;
}

export class Archive implements Outbox {
  readonly #ports: ArchivePorts;
  readonly #operations: Operations;
  readonly #base: string;
  readonly #reading: Reading;
  /** Every key that is written or wished for, and whose it is. */
  readonly #owners = new Map<string, Entry>();
  /** Keys of a delivery that are not made of its id: the app tracks by MessageId what was kept by its token. */
  readonly #others = new Map<Entry, string[]>();
  /** Resolves when the store was read, or is too slow for anybody to wait for it. */
  readonly #opened: Promise<void>;
  /** Writes that wait for that, since an earlier life may have left the same. Undefined afterwards. */
  #waiting: Map<Entry, () => void> | undefined = new Map();
  #isBegun = false;
  /** Ids of what has ended, or was forgotten, before the store could tell of it. */
  readonly #unwanted = new Set<string>();
  #place = 0;
  /** Resolves, never rejects, with how many deliveries of an earlier life came back. */
  readonly restored: Promise<number>;
  #stop: () => void = () => undefined;

  constructor(ports: ArchivePorts) {
    const { store, owner, logger, onError, onFound, isHeir } = ports;
    this.#ports = ports;
    this.#base = baseFor(owner);
    this.#operations = new Operations({
      store,
      onOutage: (operation, cause) => {
        const error = new StoreError(operation, cause);
        logger?.error(`chime-delivery: ${error.message}`, cause);
        onError(error);
      },
    });
    let count = 0;
    this.#reading = new Reading({
      operations: this.#operations,
      base: this.#base,
      owner,
      logger,
      isOurs: (key) => this.#owners.has(key),
      onFound: (found) => (count += onFound(found)),
    });
    const stopped = new Promise<void>((resolve) => (this.#stop = resolve));
    // Not before the app has had a chance to listen.
    const read = isHeir().then((heir) => {
      this.#isBegun = true;
      return heir ? this.#reading.begin() : undefined;
    });
    this.restored = Promise.race([read, stopped]).then(() => count);
    this.#opened = new Promise((resolve) => {
      const open = (): void => {
        clearTimeout(timer);
        this.#open();
        resolve();
      };
      const timer = setTimeout(open, LIMIT_MS);
      void this.restored.then(open);
    });
  }

  /** Reads again: somebody else has left something. Resolves when that is taken up. */
  readAgain(): Promise<void> {
    // What has ended meanwhile is erased, and may have begun anew elsewhere.
    if (!this.#mayHoldMore) this.#unwanted.clear();
    return this.#reading.begin();
  }

  async keep(entry: Entry, input: object, isNew: boolean): Promise<void> {
    // A token that was minted just now cannot have been used in an earlier life.
    if (isNew) await this.#keepSend(entry, input);
    else await new Promise<void>((written) => this.#whenOpen(entry, () => written(this.#keepSend(entry, input))));
    await this.#opened;
  }

  hold(entry: Entry): void {
    const key = this.#keyFor(entry, 'held');
    if (!this.#owners.has(this.#keyFor(entry, 'send')) || this.#owners.has(key)) return;
    this.#owners.set(key, entry);
    void this.#operations.write(key, writeMark(entry.known));
  }

  release(entry: Entry): Promise<void> {
    return withinLimit(this.#drop(this.#keyFor(entry, 'held')));
  }

  /** What was announced of a delivery: not before, or the app might never hear of it. */
  follow({ entry, before, after }: Change): void {
    if (entry.ended !== undefined) return;
    if (isTerminal(after.status)) this.erase(entry);
    else if (after.status === 'PENDING' && before !== undefined) this.#keepSent(entry);
    else if (after.status === 'PENDING' && !this.#owners.has(this.#keyFor(entry, 'sent')))
      this.#whenOpen(entry, () => this.#keepSent(entry));
  }

  /** `entry` is kept there: it was found, or is the same as what was. */
  adopt(entry: Entry, { id, keys }: Found): void {
    for (const key of keys) this.#owners.set(key, entry);
    if (id !== entry.known.id) this.#others.set(entry, [...(this.#others.get(entry) ?? []), ...keys]);
  }

  erase(entry: Entry): void {
    const { id, messageId = id } = entry.known;
    for (const each of [id, messageId]) this.forget(each);
    this.#waiting?.delete(entry);
    const send = this.#keyFor(entry, 'send');
    const sent = [this.#keyFor(entry, 'sent'), ...(this.#others.get(entry) ?? [])];
    const kept = sent.filter((key) => this.#owners.delete(key) || this.#mayHoldMore);
    this.#others.delete(entry);
    void this.#drop(this.#keyFor(entry, 'held'));
    // While the send is there, so is what the service has of it: alone it would be sent again, or called lost.
    void this.#drop(send, () => {
      for (const key of kept) if (!this.#owners.has(key)) void this.#operations.write(key, undefined);
    });
  }

  /** This id is done with, whatever the store may still tell of it. */
  forget(id: string): void {
    if (this.#mayHoldMore) this.#unwanted.add(id);
  }

  /** Whether the app has done with what was found; then it is removed. */
  refuses({ id, messageId = id, keys }: Found): boolean {
    const refused = this.#unwanted.has(id) || this.#unwanted.has(messageId);
    if (refused) for (const key of keys) void this.#operations.write(key, undefined);
    return refused;
  }

  /** Waits for what is being written, within limits; what is kept stays. */
  close(): Promise<void> {
    this.#open();
    this.#stop();
    return this.#operations.close();
  }

  #whenOpen(entry: Entry, act: () => void): void {
    if (this.#waiting === undefined) act();
    else this.#waiting.set(entry, act);
  }

  #open(): void {
    const waiting = this.#waiting ?? new Map<Entry, () => void>();
    this.#waiting = undefined;
    for (const act of waiting.values()) act();
  }

  async #keepSend(entry: Entry, input: object): Promise<void> {
    const { owner, persistContent } = this.#ports;
    const key = this.#keyFor(entry, 'send');
    if (entry.known.status !== 'SENDING' || this.#owners.has(key)) return;
    this.#owners.set(key, entry);
    const record = writeRecord(entry.known, owner, this.#place++, persistContent ? input : undefined);
    await withinLimit(this.#operations.write(key, record));
  }

  #keepSent(entry: Entry): void {
    const key = this.#keyFor(entry, 'sent');
    const safe = (): void => {
      void this.#drop(this.#keyFor(entry, 'send'));
      void this.#drop(this.#keyFor(entry, 'held'));
    };
    if (isTerminal(entry.known.status)) return;
    if (this.#owners.has(key)) return safe();
    this.#owners.set(key, entry);
    void this.#operations.write(key, writeRecord(entry.known, this.#ports.owner, this.#place++), safe);
  }

  async #drop(key: string, onDone?: () => void): Promise<void> {
    const isKnown = this.#owners.delete(key);
    // An earlier life may have left what nobody knows of here: it must not come back. What is being removed may fail to be.
    if (isKnown || this.#mayHoldMore || this.#operations.isBusyWith(key))
      await this.#operations.write(key, undefined, onDone);
    else onDone?.();
  }

  get #mayHoldMore(): boolean {
    return !this.#isBegun || this.#reading.isUnderWay;
  }

  #keyFor(entry: Entry, kind: RecordKind): string {
    return keyFor(this.#base, kind, entry.known.id);
  }
}

/** Until it is done, or nobody waits any longer: a slow store may have much to do before it. */
function withinLimit(done: Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, LIMIT_MS);
    void done.then(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
