/**
 * The order of sends within each channel, and of the edits of each message. Sends that were restored from an earlier session go first, one after the other, in
 * the order in which they were made; new sends follow. A channel without restored sends has no queue. New sends start in
 * order too, however long each one takes until it is ready (persisted). The edits of one message always go one after the other:
 * a repeated request must not undo a later edit. This class sends nothing itself.
 */
import type { TrackedDelivery } from '../core/delivery.ts';
import { messageIdOf } from '../core/delivery-record.ts';
import { LinkedMap } from '../shared/linked-map.ts';

export class ChannelQueues {
  readonly #onTurn: (delivery: TrackedDelivery) => void;
  /** By `queueOf`; the first delivery of a queue is being sent. */
  readonly #queues = new Map<string, LinkedMap<TrackedDelivery, undefined>>();
  /** By `queueOf`, the new sends that have not started, in order. */
  readonly #reserved = new Map<string, LinkedMap<TrackedDelivery, { isReady: boolean }>>();

  constructor(onTurn: (delivery: TrackedDelivery) => void) {
    this.#onTurn = onTurn;
  }

  /** Adds a delivery to the end of its channel's queue. */
  enqueue(delivery: TrackedDelivery): void {
    const name = queueOf(delivery);
    const queue = this.#queues.get(name) ?? new LinkedMap<TrackedDelivery, undefined>();
    this.#queues.set(name, queue);
    queue.add(delivery, undefined);
    if (queue.size === 1) this.#onTurn(delivery);
  }

  /** Reserves a place in its channel's order for a delivery that is not ready yet. */
  reserve(delivery: TrackedDelivery): void {
    const name = queueOf(delivery);
    const reserved = this.#reserved.get(name) ?? new LinkedMap<TrackedDelivery, { isReady: boolean }>();
    this.#reserved.set(name, reserved);
    reserved.set(delivery, { isReady: false });
  }

  /** The delivery may start once the reservations before it have, and after the restored sends of its channel. */
  ready(delivery: TrackedDelivery): void {
    const reserved = this.#reserved.get(queueOf(delivery));
    const place = reserved?.get(delivery);
    if (reserved === undefined || place === undefined) return;
    place.isReady = true;
    this.#advance(queueOf(delivery), reserved);
  }

  /** The delivery leaves the queue, and those behind it advance. */
  remove(delivery: TrackedDelivery): void {
    const name = queueOf(delivery);
    const reserved = this.#reserved.get(name);
    if (reserved?.delete(delivery) === true) this.#advance(name, reserved);
    const queue = this.#queues.get(name);
    if (queue === undefined) return;
    const first = queue.oldest?.key;
    if (!queue.delete(delivery)) return;
    if (queue.size === 0) this.#queues.delete(name);
    const next = queue.oldest?.key;
    if (first === delivery && next !== undefined) this.#onTurn(next);
  }

  clear(): void {
    this.#queues.clear();
    this.#reserved.clear();
  }

  #advance(name: string, reserved: LinkedMap<TrackedDelivery, { isReady: boolean }>): void {
    for (const {
      key: delivery,
      value: { isReady },
    } of reserved) {
      if (!isReady) return;
      reserved.delete(delivery);
      // Without a queue it starts at once, and later sends do not wait for it.
      if (delivery.record.isEdit || this.#queues.has(name)) this.enqueue(delivery);
      else this.#onTurn(delivery);
    }
    if (reserved.size === 0 && this.#reserved.get(name) === reserved) this.#reserved.delete(name);
  }
}

function queueOf({ record }: TrackedDelivery): string {
  return record.isEdit ? `${record.channelArn} ${messageIdOf(record) ?? ''}` : record.channelArn;
}
