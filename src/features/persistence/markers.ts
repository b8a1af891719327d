/**
 * The `unsent` marker beside the record of a send, and when that send may be dispatched: once the marker is certainly removed,
 * or the `dispatched` marker, which overrides it, is certainly written. So no later session mistakes a dispatched send for an
 * unsent one, wherever the process is killed and whichever operation fails. If the store can do neither, the send waits.
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
  /** Deliveries that may have an `unsent` marker: in the store, or still to be written by another tab. */
  readonly #unsent = new Map<TrackedDelivery, 'stored' | 'elsewhere'>();
  /** Deliveries that may have a `dispatched` marker, and whether it is certainly written. */
  readonly #dispatched = new Map<TrackedDelivery, boolean>();
  /** Deliveries whose `unsent` marker is to be removed. */
  readonly #removing = new WeakSet<TrackedDelivery>();
  /** Deliveries whose send waits for that. */
  readonly #waiting = new WeakSet<TrackedDelivery>();
  /** Deliveries that may have a `deleted` marker. */
  readonly #deleted = new WeakSet<TrackedDelivery>();

  constructor(ports: MarkersPorts) {
    this.#ports = ports;
  }

  /**
   * Writes the `unsent` marker: no request was dispatched. Then removes the `dispatched` marker, which would override it.
   * Does nothing while a send waits until the `unsent` marker is removed, unless that send `isStopped`.
   */
  markUnsent(delivery: TrackedDelivery, isStopped: boolean): void {
    if (isStopped) this.#waiting.delete(delivery);
    else if (this.#waiting.has(delivery)) return;
    const isRemoving = this.#removing.delete(delivery);
    if (this.#unsent.has(delivery) && !isRemoving) return;
    this.#unsent.set(delivery, this.#unsent.get(delivery) ?? 'stored');
    // Not before the other is written: while the store hangs, the `dispatched` marker lets the send go.
    const removeDispatched = (): void => {
      if (this.#removing.has(delivery) || !this.#dispatched.delete(delivery)) return;
      void this.#write(delivery, 'dispatched', undefined);
    };
    void this.#write(delivery, 'unsent', writeMarker(delivery.record), removeDispatched);
  }

  /** Takes over the markers of a restored delivery, or of one that another tab has handed over. */
  adopt(delivery: TrackedDelivery, isUnsent: boolean, kinds: readonly RecordKind[]): void {
    if (kinds.includes('deleted')) this.#deleted.add(delivery);
    if (kinds.includes('dispatched')) this.#dispatched.set(delivery, true);
    if (kinds.includes('unsent')) this.#unsent.set(delivery, 'stored');
    else if (isUnsent && !this.#unsent.has(delivery)) this.#unsent.set(delivery, 'elsewhere');
  }

  /** Whether the send may be dispatched: at once, or once the store has answered. */
  clearUnsent(delivery: TrackedDelivery): true | Promise<boolean> {
    if (!this.#unsent.has(delivery)) return true;
    const removed = this.#remove(delivery);
    return this.#dispatched.get(delivery) === true || this.#either(delivery, removed);
  }

  /** Writes the `dispatched` marker. Resolves with whether it is written. */
  async markDispatched(delivery: TrackedDelivery): Promise<boolean> {
    if (!this.#dispatched.has(delivery)) this.#dispatched.set(delivery, false);
    const isDone = await this.#write(delivery, 'dispatched', writeMarker(delivery.record));
    if (isDone && this.#dispatched.has(delivery)) this.#dispatched.set(delivery, true);
    return isDone;
  }

  /** Writes the `deleted` marker, so that a later session does not mistake a missing status for a denial. */
  markDeleted(delivery: TrackedDelivery): void {
    if (this.#deleted.has(delivery)) return;
    this.#deleted.add(delivery);
    void this.#write(delivery, 'deleted', writeMarker(delivery.record));
  }

  /** The service has the message. Returns the kinds of markers to remove. */
  releaseUnsent(delivery: TrackedDelivery): readonly RecordKind[] {
    const { store, keyOf } = this.#ports;
    this.#waiting.delete(delivery);
    this.#removing.delete(delivery);
    const isBusy = (kind: RecordKind): boolean => store.isBusyWith(keyOf(delivery, kind));
    const kinds: RecordKind[] = this.#unsent.delete(delivery) || isBusy('unsent') ? ['unsent'] : [];
    return this.#dispatched.delete(delivery) || isBusy('dispatched') ? [...kinds, 'dispatched'] : kinds;
  }

  /** The delivery has ended. Returns the kinds of markers to remove. */
  drop(delivery: TrackedDelivery): readonly RecordKind[] {
    const kinds = this.releaseUnsent(delivery);
    return this.#deleted.delete(delivery) ? [...kinds, 'deleted'] : kinds;
  }

  /** Tries the removal for half of the time limit, then also the `dispatched` marker for the other half. */
  async #either(delivery: TrackedDelivery, removed: Promise<boolean>): Promise<boolean> {
    const { waits } = this.#ports;
    this.#waiting.add(delivery);
    if (await waits.withTimeout(STORE_TIMEOUT_MS / 2, removed)) return this.#waiting.delete(delivery);
    const isStopped = !this.#waiting.has(delivery);
    if (isStopped) return false;
    const isDone = await waits.withTimeout(STORE_TIMEOUT_MS / 2, either(removed, this.markDispatched(delivery)));
    return this.#waiting.delete(delivery) && isDone;
  }

  /** Resolves with whether the marker is certainly removed: another tab's write may still come. */
  async #remove(delivery: TrackedDelivery): Promise<boolean> {
    this.#removing.add(delivery);
    const isDone = await this.#write(delivery, 'unsent', undefined);
    if (!isDone || !this.#removing.delete(delivery) || this.#unsent.get(delivery) !== 'stored') return false;
    this.#unsent.delete(delivery);
    // After the `unsent` marker, since the process may be killed in between.
    if (this.#dispatched.delete(delivery)) void this.#write(delivery, 'dispatched', undefined);
    return true;
  }

  #write(
    delivery: TrackedDelivery,
    kind: RecordKind,
    value: string | undefined,
    onDone?: () => void,
  ): Promise<boolean> {
    return this.#ports.store.write(this.#ports.keyOf(delivery, kind), value, onDone);
  }
}
