/**
 * A priority queue per bearer of due deliveries that wait for a permit: reconciles before polls, the longest due first. It
 * also finds the waiting deliveries of one channel. A delivery removed out of turn stays in its heap and is skipped there.
 */
import FlatQueue from 'flatqueue';
import type { TrackedDelivery } from '../core/delivery.ts';
import { channelKey } from '../core/identity.ts';
import type { PollPriority } from '../core/ports/http.ts';

class BearerQueue {
  readonly waiting = new Map<TrackedDelivery, PollPriority>();
  readonly channels = new Map<string, Set<TrackedDelivery>>();
  readonly heaps: Record<PollPriority, FlatQueue<TrackedDelivery>> = {
    reconcile: new FlatQueue(),
    poll: new FlatQueue(),
  };
}

export class PollQueue {
  readonly #queues = new Map<string, BearerQueue>();

  size(chimeBearer: string): number {
    return this.#queues.get(chimeBearer)?.waiting.size ?? 0;
  }

  /** Its priority; undefined where it does not wait. */
  priorityOf(delivery: TrackedDelivery): PollPriority | undefined {
    return this.#queues.get(delivery.record.chimeBearer)?.waiting.get(delivery);
  }

  /** Enqueues `delivery`, due since `dueAt`; a reconcile promotes one that waits as a poll. */
  enqueue(delivery: TrackedDelivery, priority: PollPriority, dueAt: number): void {
    const { chimeBearer } = delivery.record;
    const queue = this.#queues.get(chimeBearer) ?? new BearerQueue();
    this.#queues.set(chimeBearer, queue);
    const place = queue.waiting.get(delivery);
    if (place === priority || (place === 'reconcile' && priority === 'poll')) return;
    queue.waiting.set(delivery, priority);
    const channel = queue.channels.get(channelKey(delivery.record)) ?? new Set();
    queue.channels.set(channelKey(delivery.record), channel.add(delivery));
    queue.heaps[priority].push(delivery, dueAt);
  }

  remove(delivery: TrackedDelivery): void {
    const { chimeBearer } = delivery.record;
    const queue = this.#queues.get(chimeBearer);
    if (queue?.waiting.delete(delivery) !== true) return;
    const key = channelKey(delivery.record);
    const channel = queue.channels.get(key);
    channel?.delete(delivery);
    if (channel?.size === 0) queue.channels.delete(key);
    if (queue.waiting.size === 0) this.#queues.delete(chimeBearer);
  }

  /** The waiting deliveries of the same bearer, channel and sub-channel as `delivery`. */
  sameChannel({ record }: TrackedDelivery): Iterable<TrackedDelivery> {
    return this.#queues.get(record.chimeBearer)?.channels.get(channelKey(record)) ?? [];
  }

  /** The priority of the next one. */
  nextPriority(chimeBearer: string): PollPriority {
    const queue = this.#queues.get(chimeBearer);
    return queue !== undefined && head(queue, 'reconcile') !== undefined ? 'reconcile' : 'poll';
  }

  /** Takes out the most urgent one. */
  shift(chimeBearer: string): { readonly delivery: TrackedDelivery; readonly priority: PollPriority } | undefined {
    const queue = this.#queues.get(chimeBearer);
    if (queue === undefined) return undefined;
    for (const priority of ['reconcile', 'poll'] as const) {
      const delivery = head(queue, priority);
      if (delivery === undefined) continue;
      queue.heaps[priority].pop();
      this.remove(delivery);
      return { delivery, priority };
    }
    return undefined;
  }
}

/** The first delivery that still waits with this priority; it drops those that were removed out of turn. */
function head({ heaps, waiting }: BearerQueue, priority: PollPriority): TrackedDelivery | undefined {
  const heap = heaps[priority];
  for (let delivery = heap.peek(); delivery !== undefined; delivery = heap.peek()) {
    if (waiting.get(delivery) === priority) return delivery;
    heap.pop();
  }
  return undefined;
}
