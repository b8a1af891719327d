/**
 * What of a tracker's deliveries is kept in the store, and when: a message before it leaves, what the service has of it, and
 * nothing once it has ended. Few writes: one as a send begins, one as its MessageId becomes known, one removal of each.
 *
 * Nothing is ever overwritten, since a process may be killed in the middle of that: the record of a sent message is written
 * beside that of the send, which is removed when the other one is safe. The marks beside a send are in `marks.ts`.
 */
import type { Entry } from '../core/entry.ts';
import type { StoreError } from '../core/errors.ts';
import type { Change } from '../core/ledger.ts';
import { isTerminal } from '../core/message.ts';
import type { Logger, Outbox } from '../core/ports.ts';
import { Connection } from './connection.ts';
import type { DeliveryStore } from './delivery-store.ts';
import { LIMIT_MS } from './flights.ts';
import { baseFor, keyFor, kindOf, nameById, nameByIdentity, nameOf, type RecordKind } from './keys.ts';
import { Marks } from './marks.ts';
import { Reading, type Found } from './reading.ts';
import { writeRecord } from './record.ts';
import { Removals } from './removals.ts';
import { Waits } from './waits.ts';

export interface ArchivePorts {
  readonly store: DeliveryStore;
  /** The tracker's bearer: its records are found again by a tracker of the same. */
  readonly owner: string;
  readonly persistContent: boolean;
  readonly logger: Logger | undefined;
  readonly onError: (error: StoreError) => void;
  /** Whether it is for this tracker to bring back what was left; resolves when that is known. */
  readonly isHeir: () => Promise<boolean>;
  /** Takes back what was found; says whether that made a delivery. */
  readonly onFound: (found: Found) => boolean;
}

export class Archive implements Outbox {
  readonly #ports: ArchivePorts;
  readonly #store: Connection;
  readonly #base: string;
  readonly #reading: Reading;
  readonly #marks: Marks;
  readonly #removals: Removals;
  /** Every key that is written or wished for, and whose it is. */
  readonly #owners = new Map<string, Entry>();
  /** The name in the keys of a delivery, where it is not made of its identity. */
  readonly #names = new WeakMap<Entry, string>();
  /** Keys of a delivery with another name than its own: the app tracks by MessageId what was kept by its token. */
  readonly #others = new Map<Entry, string[]>();
  /** Those of which no earlier life can have left anything that is not known: their token is new, or they were found. */
  readonly #known = new WeakSet<Entry>();
  /** Resolves when the store was read, or is too slow for anybody to wait for it. */
  readonly #opened: Promise<void>;
  /** Writes that wait for that, since an earlier life may have left the same. Undefined afterwards. */
  #waiting: Map<Entry, () => void> | undefined = new Map();
  /** Whether it is for this tracker to read what was left; undefined while that is not known. */
  #isHeir: boolean | undefined;
  /** What has ended, or was forgotten, before the store could tell of it: names, or ids that the app has named. */
  readonly #unwanted = new Set<string>();
  #place = 0;
  /** Resolves, never rejects, with how many deliveries of an earlier life came back. */
  readonly restored: Promise<number>;
  readonly #waits = new Waits();
  #stop: () => void = () => undefined;

  constructor(ports: ArchivePorts) {
    const { store, owner, logger, onError, onFound, isHeir } = ports;
    this.#ports = ports;
    const base = baseFor(owner);
    this.#base = base;
    const stopped = new Promise<void>((resolve) => (this.#stop = resolve));
    this.#store = new Connection({
      store,
      base,
      onOutage: (error) => {
        logger?.error(`chime-delivery: ${error.message}`, error.cause);
        onError(error);
      },
      owns: (key) => this.#owners.has(key),
      takeOver: () => {
        if (this.#isHeir === true) void this.readAgain();
        return this.#isHeir !== false;
      },
    });
    this.#marks = new Marks({
      store: this.#store,
      waits: this.#waits,
      keyOf: (entry, kind) => this.#keyFor(entry, kind),
    });
    this.#removals = new Removals({ store: this.#store, base, isOurs: (key) => this.#owners.has(key) });
    let count = 0;
    this.#reading = new Reading({
      store: this.#store,
      base,
      owner,
      logger,
      isOurs: (key) => this.#owners.has(key) || this.#store.isElsewhere(key),
      onFound: (found) => {
        if (onFound(found)) count += 1;
      },
    });
    // Not before the app has had a chance to listen.
    const read = isHeir().then((heir) => {
      this.#isHeir = heir;
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
    if (isNew) this.#known.add(entry);
    if (isNew) await this.#keepSend(entry, input);
    else await new Promise<void>((written) => this.#whenOpen(entry, () => written(this.#keepSend(entry, input))));
    await this.#opened;
    // What cannot be read may say that nothing of an earlier send has left: it says nothing of this one.
    if (!this.#isClear(entry) && this.#isHeir === true) void this.#marks.outweigh(entry);
  }

  hold(entry: Entry, isLast = false): boolean {
    const send = this.#keyFor(entry, 'send');
    // Without the record it says nothing, and where that cannot be written, it would only have to be removed again.
    if (!this.#owners.has(send) || (this.#store.isBusyWith(send) && !isLast) || !this.#isClear(entry)) return false;
    this.#marks.hold(entry);
    return true;
  }

  release(entry: Entry): true | Promise<boolean> {
    return this.#marks.release(entry);
  }

  /** The message was deleted: a missing status proves nothing, in a later life either. */
  removed(entry: Entry): void {
    this.#marks.gone(entry);
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
  adopt(entry: Entry, { id, keys, held }: Found): void {
    const kinds = keys.map((key) => kindOf(this.#base, key));
    for (const key of keys) this.#owners.set(key, entry);
    const [name = this.#nameFor(entry)] = keys.map((key) => nameOf(this.#base, key));
    // As 0.1.0 has named it: what is beside a record must have its name.
    if (id === entry.known.id && !this.#hasRecords(entry)) this.#names.set(entry, name);
    if (name !== this.#nameFor(entry)) this.#others.set(entry, [...(this.#others.get(entry) ?? []), ...keys]);
    if (keys.length > 0) this.#known.add(entry);
    this.#marks.adopt(entry, held, kinds);
  }

  erase(entry: Entry): void {
    const { known } = entry;
    // Its own records are removed one after the other, and may be listed meanwhile; what an earlier life has left has other names.
    this.forget(nameByIdentity(known));
    if (!this.#known.has(entry)) this.forget(nameByIdentity({ ...known, id: known.messageId ?? known.id }));
    this.#waiting?.delete(entry);
    const kinds = [...(this.#isKept(entry, 'sent') ? (['sent'] as const) : []), ...this.#marks.drop(entry)];
    const others = this.#others.get(entry) ?? [];
    this.#others.delete(entry);
    for (const kind of kinds) this.#owners.delete(this.#keyFor(entry, kind));
    for (const key of others) this.#owners.delete(key);
    // While the send is there, so is what the service has of it: alone it would be sent again, or called lost.
    this.#removals.add(this.#keyFor(entry, 'send'), this.#isKept(entry, 'send'), kinds, others);
    this.#owners.delete(this.#keyFor(entry, 'send'));
  }

  /** What has this id or name is done with, whatever the store may still tell of it. */
  forget(name: string): void {
    if (this.#mayHoldMore) this.#unwanted.add(name);
  }

  /** Whether the app has done with what was found; then it is removed. */
  refuses(found: Found): boolean {
    const { id, messageId = id, keys } = found;
    const names = [id, messageId].flatMap((each) => [each, nameByIdentity({ ...found, id: each })]);
    const refused = names.some((name) => this.#unwanted.has(name));
    if (refused) for (const key of keys) void this.#store.write(key, undefined);
    return refused;
  }

  /** Waits for what is being written, within limits; what is kept stays. */
  close(): Promise<void> {
    this.#open();
    this.#stop();
    this.#reading.close();
    this.#waits.end();
    return this.#store.close();
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
    const record = writeRecord(entry.known, owner, this.#place++, persistContent ? input : undefined);
    await this.#waits.within(LIMIT_MS, this.#write(entry, key, record));
  }

  #keepSent(entry: Entry): void {
    const key = this.#keyFor(entry, 'sent');
    const safe = (): void => {
      const send = this.#keyFor(entry, 'send');
      this.#removals.add(send, this.#isKept(entry, 'send'), this.#marks.dropUnsent(entry), []);
      this.#owners.delete(send);
    };
    if (isTerminal(entry.known.status)) return;
    if (this.#owners.has(key)) return safe();
    void this.#write(entry, key, writeRecord(entry.known, this.#ports.owner, this.#place++), safe);
  }

  #write(entry: Entry, key: string, record: string, onDone?: () => void): Promise<boolean> {
    this.#names.set(entry, nameOf(this.#base, key));
    this.#owners.set(key, entry);
    // Another tab may have the same; what an earlier life has left is removed when it is found.
    return this.#store.write(key, record, onDone, this.#isHeir === false && !this.#known.has(entry));
  }

  /** Whether there may be such a record of it. What is being removed may fail to be; what is listed may not be read yet. */
  #isKept(entry: Entry, kind: RecordKind): boolean {
    const key = this.#keyFor(entry, kind);
    return this.#owners.has(key) || this.#store.isBusyWith(key) || this.#reading.isListed(key);
  }

  /** Whether all that may have left of it is known. */
  #isClear(entry: Entry): boolean {
    return this.#known.has(entry) || (this.#isHeir === true && !this.#mayHoldMore);
  }

  get #mayHoldMore(): boolean {
    return this.#isHeir === undefined || this.#reading.isUnderWay;
  }

  /** Whether a record of it was written, or will be. */
  #hasRecords(entry: Entry): boolean {
    return this.#owners.has(this.#keyFor(entry, 'send')) || this.#owners.has(this.#keyFor(entry, 'sent'));
  }

  #keyFor(entry: Entry, kind: RecordKind): string {
    return keyFor(this.#base, kind, this.#nameFor(entry));
  }

  #nameFor(entry: Entry): string {
    const name = nameById(entry.known.id);
    return this.#names.get(entry) ?? (this.#isFree(name, entry) ? name : nameByIdentity(entry.known));
  }

  /** Whether no other delivery has records of this name: the app may have given the id in two channels. */
  #isFree(name: string, entry: Entry): boolean {
    const owners = (['send', 'sent'] as const).map((kind) => this.#owners.get(keyFor(this.#base, kind, name)));
    return owners.every((owner) => owner === undefined || owner === entry);
  }
}
