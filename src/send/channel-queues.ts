/**
 * The order of sends within each channel. Sends that were restored from an earlier session go first, one after the other, in
 * the order in which they were made; new sends follow. A channel without restored sends has no queue. New sends start in
 * order too, however long each one takes until it is ready (persisted). This class sends nothing itself.
 */
import type { TrackedDelivery } from '../core/delivery.ts';
import { LinkedMap } from '../shared/linked-map.ts';

export class ChannelQueues {
  readonly #onTurn: (delivery: TrackedDelivery) => void;
  /** By channel; the first delivery of a queue is being sent. */
  readonly #queues = new Map<string, LinkedMap<TrackedDelivery, undefined>>();
  /** By channel, the new sends that have not started, in order. */
  readonly #reserved = new Map<string, LinkedMap<TrackedDelivery, { isReady: boolean }>>();

  constructor(onTurn: (delivery: TrackedDelivery) => void) {
    this.#onTurn = onTurn;
  }

  /** Adds a delivery to the end of its channel's queue. */
  enqueue(delivery: TrackedDelivery): void {
    const { channelArn } = delivery.record;
    const queue = this.#queues.get(channelArn) ?? new LinkedMap<TrackedDelivery, undefined>();
    this.#queues.set(channelArn, queue);
    queue.add(delivery, undefined);
    if (queue.size === 1) this.#onTurn(delivery);
  }

  /** Reserves a place in its channel's order for a delivery that is not ready yet. */
  reserve(delivery: TrackedDelivery): void {
    const { channelArn } = delivery.record;
    const reserved = this.#reserved.get(channelArn) ?? new LinkedMap<TrackedDelivery, { isReady: boolean }>();
    this.#reserved.set(channelArn, reserved);
    reserved.set(delivery, { isReady: false });
  }

  /** The delivery may start once the reservations before it have, and after the restored sends of its channel. */
  ready(delivery: TrackedDelivery): void {
    const reserved = this.#reserved.get(delivery.record.channelArn);
    const place = reserved?.get(delivery);
    if (reserved === undefined || place === undefined) return;
    place.isReady = true;
    this.#advance(delivery.record.channelArn, reserved);
  }

  /** The delivery leaves the queue, and those behind it advance. */
  remove(delivery: TrackedDelivery): void {
    const { channelArn } = delivery.record;
    const reserved = this.#reserved.get(channelArn);
    if (reserved?.delete(delivery) === true) this.#advance(channelArn, reserved);
    const queue = this.#queues.get(channelArn);
    if (queue === undefined) return;
    const first = queue.oldest?.key;
    if (!queue.delete(delivery)) return;
    if (queue.size === 0) this.#queues.delete(channelArn);
    const next = queue.oldest?.key;
    if (first === delivery && next !== undefined) this.#onTurn(next);
  }

  clear(): void {
    this.#queues.clear();
    this.#reserved.clear();
  }

  #advance(channelArn: string, reserved: LinkedMap<TrackedDelivery, { isReady: boolean }>): void {
    for (const {
      key: delivery,
      value: { isReady },
    } of reserved) {
      if (!isReady) return;
      reserved.delete(delivery);
      // Without a queue it starts at once, and later sends do not wait for it.
      if (this.#queues.has(channelArn)) this.enqueue(delivery);
      else this.#onTurn(delivery);
    }
    if (reserved.size === 0 && this.#reserved.get(channelArn) === reserved) this.#reserved.delete(channelArn);
  }
}
