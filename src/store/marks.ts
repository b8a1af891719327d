/**
 * The mark beside a send that nothing of it has left, and when it may leave in spite of it: not before the mark is gone for
 * certain, or a second one that outweighs it is there for certain. So no later life can take for unsent what has left,
 * wherever the process is killed and whichever operation fails. A store that takes neither keeps the send waiting.
 */
import type { Entry } from '../core/entry.ts';
import type { Connection } from './connection.ts';
import { LIMIT_MS } from './flights.ts';
import type { RecordKind } from './keys.ts';
import { writeMark } from './record.ts';
import { either, type Waits } from './waits.ts';

export interface MarkPorts {
  readonly store: Connection;
  readonly waits: Waits;
  readonly keyOf: (entry: Entry, kind: RecordKind) => string;
}

export class Marks {
  readonly #ports: MarkPorts;
  /** Where a mark may be: in the store, or still to be written there by another tab. */
  readonly #held = new Map<Entry, 'there' | 'elsewhere'>();
  /** Where the one that outweighs it may be: whether it is there for certain. */
  readonly #left = new Map<Entry, boolean>();
  /** Where the mark may be that the message was deleted. */
  readonly #gone = new WeakSet<Entry>();

  constructor(ports: MarkPorts) {
    this.#ports = ports;
  }

  /** Nothing of it has left. While the other mark is there, this one says nothing. */
  hold(entry: Entry): void {
    if (this.#held.has(entry) || this.#left.has(entry)) return;
    this.#held.set(entry, 'there');
    void this.#write(entry, 'held', writeMark(entry.known));
  }

  /** It was found, or left by another tab; with these records. */
  adopt(entry: Entry, isHeld: boolean, kinds: readonly RecordKind[]): void {
    if (kinds.includes('gone')) this.#gone.add(entry);
    if (kinds.includes('left')) this.#left.set(entry, true);
    if (kinds.includes('held')) this.#held.set(entry, 'there');
    else if (isHeld && !this.#held.has(entry)) this.#held.set(entry, 'elsewhere');
  }

  /** Whether it may leave: at once, or as soon as that is known. */
  release(entry: Entry): true | Promise<boolean> {
    if (!this.#held.has(entry)) return true;
    const removed = this.#remove(entry);
    return this.#left.get(entry) === true || this.#either(entry, removed);
  }

  /** Says that it may have left, whatever else is said. Resolves with whether that is written. */
  async outweigh(entry: Entry): Promise<boolean> {
    if (!this.#left.has(entry)) this.#left.set(entry, false);
    const isDone = await this.#write(entry, 'left', writeMark(entry.known));
    if (isDone && this.#left.has(entry)) this.#left.set(entry, true);
    return isDone;
  }

  /** The message was deleted: the next life must know, or would take its absence for a denial. */
  gone(entry: Entry): void {
    if (this.#gone.has(entry)) return;
    this.#gone.add(entry);
    void this.#write(entry, 'gone', writeMark(entry.known));
  }

  /** The service has it. Says which marks there may be that have nothing more to say. */
  dropUnsent(entry: Entry): readonly RecordKind[] {
    const { store, keyOf } = this.#ports;
    const isThere = (kind: RecordKind): boolean => store.isBusyWith(keyOf(entry, kind));
    const kinds: RecordKind[] = this.#held.delete(entry) || isThere('held') ? ['held'] : [];
    return this.#left.delete(entry) || isThere('left') ? [...kinds, 'left'] : kinds;
  }

  /** It has ended. Says which marks of it there may be. */
  drop(entry: Entry): readonly RecordKind[] {
    const kinds = this.dropUnsent(entry);
    return this.#gone.delete(entry) ? [...kinds, 'gone'] : kinds;
  }

  /** Half of the time for each of the two ways. */
  async #either(entry: Entry, removed: Promise<boolean>): Promise<boolean> {
    const { waits } = this.#ports;
    if (await waits.within(LIMIT_MS / 2, removed)) return true;
    return waits.within(LIMIT_MS / 2, either(removed, this.outweigh(entry)));
  }

  /** Resolves with whether the mark is gone for certain: what another tab writes may still come. */
  async #remove(entry: Entry): Promise<boolean> {
    if (!(await this.#write(entry, 'held', undefined)) || this.#held.get(entry) !== 'there') return false;
    this.#held.delete(entry);
    // In this order, wherever the process is killed.
    if (this.#left.delete(entry)) void this.#write(entry, 'left', undefined);
    return true;
  }

  #write(entry: Entry, kind: RecordKind, value: string | undefined): Promise<boolean> {
    return this.#ports.store.write(this.#ports.keyOf(entry, kind), value);
  }
}
