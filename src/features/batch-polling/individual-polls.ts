/**
 * Collects the pending deliveries of each channel that are polled by themselves, each at times of its own, though a page could
 * show all of them.
 */
import type { TrackedDelivery } from '../../core/delivery.ts';
import { addressKey } from '../../core/identity.ts';
import { LinkedMap } from '../../shared/linked-map.ts';

/** Deliveries of one channel that are remembered: those that were polled last. */
const MAX_DELIVERIES = 20;
const MAX_CHANNELS = 200;

export class IndividualPolls {
  readonly #channels = new LinkedMap<string, readonly TrackedDelivery[]>();

  /** `delivery` was polled by itself, and is pending. Returns the others of its channel that are. */
  add(delivery: TrackedDelivery): readonly TrackedDelivery[] {
    const key = addressKey(delivery.record);
    const others = (this.#channels.get(key) ?? []).filter(
      (each) => each !== delivery && each.record.status === 'PENDING' && each.endError === undefined,
    );
    this.#channels.set(key, [...others, delivery].slice(-MAX_DELIVERIES));
    this.#channels.keepNewest(MAX_CHANNELS);
    return others;
  }
}
