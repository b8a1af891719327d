/**
 * Who waits for whom: sends of an earlier life leave one after the other within each channel, in the order in which they were
 * made, and what is sent now goes after them. A channel of which nothing is left over has no queue. What is sent now starts
 * in order, too, however long each one takes until it is ready. It sends nothing itself.
 */
import type { TrackedDelivery } from '../core/delivery.ts';
import { LinkedMap } from '../shared/linked-map.ts';

export class ChannelQueues {
  readonly #onTurn: (delivery: TrackedDelivery) => void;
  /** By channel; the first one's turn it is. */
  readonly #queues = new Map<string, LinkedMap<TrackedDelivery, undefined>>();
  /** By channel, those that have come and not gone on, in order: whether each is ready. */
  readonly #reserved = new Map<string, LinkedMap<TrackedDelivery, { isReady: boolean }>>();

  constructor(onTurn: (delivery: TrackedDelivery) => void) {
    this.#onTurn = onTurn;
  }

  /** Goes after those of its channel. */
  enqueue(delivery: TrackedDelivery): void {
    const { channelArn } = delivery.record;
    const queue = this.#queues.get(channelArn) ?? new LinkedMap<TrackedDelivery, undefined>();
    this.#queues.set(channelArn, queue);
    queue.add(delivery, undefined);
    if (queue.size === 1) this.#onTurn(delivery);
  }

  /** Keeps a place for it, until it is ready. */
  reserve(delivery: TrackedDelivery): void {
    const { channelArn } = delivery.record;
    const coming = this.#reserved.get(channelArn) ?? new LinkedMap<TrackedDelivery, { isReady: boolean }>();
    this.#reserved.set(channelArn, coming);
    coming.set(delivery, { isReady: false });
  }

  /** Goes on after those of its channel that came before it, and those that are left over. */
  ready(delivery: TrackedDelivery): void {
    const coming = this.#reserved.get(delivery.record.channelArn);
    const place = coming?.get(delivery);
    if (coming === undefined || place === undefined) return;
    place.isReady = true;
    this.#advance(delivery.record.channelArn, coming);
  }

  /** It is not waited for, and does not wait, any longer. */
  remove(delivery: TrackedDelivery): void {
    const { channelArn } = delivery.record;
    const coming = this.#reserved.get(channelArn);
    if (coming?.delete(delivery) === true) this.#advance(channelArn, coming);
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

  #advance(channelArn: string, coming: LinkedMap<TrackedDelivery, { isReady: boolean }>): void {
    for (const {
      key: delivery,
      value: { isReady },
    } of coming) {
      if (!isReady) return;
      coming.delete(delivery);
      // Nobody has to wait for it.
      if (this.#queues.has(channelArn)) this.enqueue(delivery);
      else this.#onTurn(delivery);
    }
    if (coming.size === 0 && this.#reserved.get(channelArn) === coming) this.#reserved.delete(channelArn);
  }
}
