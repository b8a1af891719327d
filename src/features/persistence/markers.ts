/**
 * The mark beside a send that nothing of it has left, and when it may leave in spite of it: not before the mark is gone for
 * certain, or a second one that outweighs it is there for certain. So no later life can take for unsent what has left,
 * wherever the process is killed and whichever operation fails. A store that takes neither keeps the send waiting.
 */
import type { TrackedDelivery } from '../../core/delivery.ts';
import type { StoreConnection } from './store-connection.ts';
import { STORE_TIMEOUT_MS } from './pending-calls.ts';
import type { RecordKind } from './keys.ts';
import { writeMarker } from './record.ts';
import { either, type Timeouts } from './timeouts.ts';

export interface MarkersPorts {
  readonly store: StoreConnection;
  readonly waits: Timeouts;
  readonly keyOf: (delivery: TrackedDelivery, kind: RecordKind) => string;
}

export class Markers {
  readonly #ports: MarkersPorts;
  /** Where a mark may be: in the store, or still to be written there by another tab. */
  readonly #unsent = new Map<TrackedDelivery, 'there' | 'elsewhere'>();
  /** Where the one that outweighs it may be: whether it is there for certain. */
  readonly #dispatched = new Map<TrackedDelivery, boolean>();
  /** Where the mark may be that the message was deleted. */
  readonly #deleted = new WeakSet<TrackedDelivery>();

  constructor(ports: MarkersPorts) {
    this.#ports = ports;
  }

  /** Nothing of it has left. While the other mark is there, this one says nothing. */
  markUnsent(delivery: TrackedDelivery): void {
    if (this.#unsent.has(delivery) || this.#dispatched.has(delivery)) return;
    this.#unsent.set(delivery, 'there');
    void this.#write(delivery, 'unsent', writeMarker(delivery.record));
  }

  /** It was found, or left by another tab; with these records. */
  adopt(delivery: TrackedDelivery, isHeld: boolean, kinds: readonly RecordKind[]): void {
    if (kinds.includes('deleted')) this.#deleted.add(delivery);
    if (kinds.includes('dispatched')) this.#dispatched.set(delivery, true);
    if (kinds.includes('unsent')) this.#unsent.set(delivery, 'there');
    else if (isHeld && !this.#unsent.has(delivery)) this.#unsent.set(delivery, 'elsewhere');
  }

  /** Whether it may leave: at once, or as soon as that is known. */
  clearUnsent(delivery: TrackedDelivery): true | Promise<boolean> {
    if (!this.#unsent.has(delivery)) return true;
    const removed = this.#remove(delivery);
    return this.#dispatched.get(delivery) === true || this.#either(delivery, removed);
  }

  /** Says that it may have left, whatever else is said. Resolves with whether that is written. */
  async markDispatched(delivery: TrackedDelivery): Promise<boolean> {
    if (!this.#dispatched.has(delivery)) this.#dispatched.set(delivery, false);
    const isDone = await this.#write(delivery, 'dispatched', writeMarker(delivery.record));
    if (isDone && this.#dispatched.has(delivery)) this.#dispatched.set(delivery, true);
    return isDone;
  }

  /** The message was deleted: the next life must know, or would take its absence for a denial. */
  markDeleted(delivery: TrackedDelivery): void {
    if (this.#deleted.has(delivery)) return;
    this.#deleted.add(delivery);
    void this.#write(delivery, 'deleted', writeMarker(delivery.record));
  }

  /** The service has it. Says which marks there may be that have nothing more to say. */
  releaseUnsent(delivery: TrackedDelivery): readonly RecordKind[] {
    const { store, keyOf } = this.#ports;
    const isThere = (kind: RecordKind): boolean => store.isBusyWith(keyOf(delivery, kind));
    const kinds: RecordKind[] = this.#unsent.delete(delivery) || isThere('unsent') ? ['unsent'] : [];
    return this.#dispatched.delete(delivery) || isThere('dispatched') ? [...kinds, 'dispatched'] : kinds;
  }

  /** It has ended. Says which marks of it there may be. */
  drop(delivery: TrackedDelivery): readonly RecordKind[] {
    const kinds = this.releaseUnsent(delivery);
    return this.#deleted.delete(delivery) ? [...kinds, 'deleted'] : kinds;
  }

  /** Half of the time for each of the two ways. */
  async #either(delivery: TrackedDelivery, removed: Promise<boolean>): Promise<boolean> {
    const { waits } = this.#ports;
    if (await waits.withTimeout(STORE_TIMEOUT_MS / 2, removed)) return true;
    return waits.withTimeout(STORE_TIMEOUT_MS / 2, either(removed, this.markDispatched(delivery)));
  }

  /** Resolves with whether the mark is gone for certain: what another tab writes may still come. */
  async #remove(delivery: TrackedDelivery): Promise<boolean> {
    if (!(await this.#write(delivery, 'unsent', undefined)) || this.#unsent.get(delivery) !== 'there') return false;
    this.#unsent.delete(delivery);
    // In this order, wherever the process is killed.
    if (this.#dispatched.delete(delivery)) void this.#write(delivery, 'dispatched', undefined);
    return true;
  }

  #write(delivery: TrackedDelivery, kind: RecordKind, value: string | undefined): Promise<boolean> {
    return this.#ports.store.write(this.#ports.keyOf(delivery, kind), value);
  }
}
