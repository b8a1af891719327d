/** Deliveries of other tabs that this tab polls: one for each message. */
import { TrackedDelivery } from '../core/delivery.ts';
import { identityKey, type MessageIdentity } from '../core/identity.ts';
import type { DeliveryRecord } from '../core/delivery-record.ts';

export class ForeignDeliveries {
  readonly #deliveries = new Map<string, TrackedDelivery>();

  find(message: MessageIdentity): TrackedDelivery | undefined {
    return this.#deliveries.get(identityKey(message));
  }

  has(delivery: TrackedDelivery): boolean {
    return this.find(delivery.record) === delivery;
  }

  /** Adds a delivery for `record`; returns undefined if its message is polled already. */
  add(record: DeliveryRecord): TrackedDelivery | undefined {
    if (this.find(record) !== undefined) return undefined;
    const foreign = new TrackedDelivery(record);
    this.#deliveries.set(identityKey(record), foreign);
    return foreign;
  }

  delete({ record }: TrackedDelivery): void {
    this.#deliveries.delete(identityKey(record));
  }

  all(): readonly TrackedDelivery[] {
    return [...this.#deliveries.values()];
  }
}
