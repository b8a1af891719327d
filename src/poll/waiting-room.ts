/**
 * Deliveries that are due and wait for the budget to have room: per bearer, reconciles before polls, the longest due
 * first; and who of the same channel waits beside them. Whoever is taken out of turn stays in the heap and is skipped there. It asks nobody anything.
 */
import FlatQueue from 'flatqueue';
import type { Entry } from '../core/entry.ts';
import type { Known } from '../core/known.ts';
import type { Priority } from '../core/ports.ts';

export type PollPriority = Exclude<Priority, 'send'>;

class Bench {
  readonly places = new Map<Entry, PollPriority>();
  readonly channels = new Map<string, Set<Entry>>();
  readonly heaps: Record<PollPriority, FlatQueue<Entry>> = { reconcile: new FlatQueue(), poll: new FlatQueue() };
}

export class WaitingRoom {
  readonly #benches = new Map<string, Bench>();

  size(chimeBearer: string): number {
    return this.#benches.get(chimeBearer)?.places.size ?? 0;
  }

  /** How urgently it waits; undefined where it does not. */
  priorityOf(entry: Entry): PollPriority | undefined {
    return this.#benches.get(entry.known.chimeBearer)?.places.get(entry);
  }

  /** Lets `entry` wait, due since `dueAt`; a reconcile moves one that waits for a poll ahead. */
  enter(entry: Entry, priority: PollPriority, dueAt: number): void {
    const { chimeBearer } = entry.known;
    const bench = this.#benches.get(chimeBearer) ?? new Bench();
    this.#benches.set(chimeBearer, bench);
    const place = bench.places.get(entry);
    if (place === priority || (place === 'reconcile' && priority === 'poll')) return;
    bench.places.set(entry, priority);
    const channel = bench.channels.get(channelKey(entry.known)) ?? new Set();
    bench.channels.set(channelKey(entry.known), channel.add(entry));
    bench.heaps[priority].push(entry, dueAt);
  }

  leave(entry: Entry): void {
    const { chimeBearer } = entry.known;
    const bench = this.#benches.get(chimeBearer);
    if (bench?.places.delete(entry) !== true) return;
    const key = channelKey(entry.known);
    const channel = bench.channels.get(key);
    channel?.delete(entry);
    if (channel?.size === 0) bench.channels.delete(key);
    if (bench.places.size === 0) this.#benches.delete(chimeBearer);
  }

  /** Those who wait and are of the same bearer, channel and sub-channel as `entry`. */
  companions({ known }: Entry): Iterable<Entry> {
    return this.#benches.get(known.chimeBearer)?.channels.get(channelKey(known)) ?? [];
  }

  /** The priority of the next one. */
  nextPriority(chimeBearer: string): PollPriority {
    const bench = this.#benches.get(chimeBearer);
    return bench !== undefined && head(bench, 'reconcile') !== undefined ? 'reconcile' : 'poll';
  }

  /** Takes out the most urgent one. */
  take(chimeBearer: string): { readonly entry: Entry; readonly priority: PollPriority } | undefined {
    const bench = this.#benches.get(chimeBearer);
    if (bench === undefined) return undefined;
    for (const priority of ['reconcile', 'poll'] as const) {
      const entry = head(bench, priority);
      if (entry === undefined) continue;
      bench.heaps[priority].pop();
      this.leave(entry);
      return { entry, priority };
    }
    return undefined;
  }
}

/** One bearer's channel, or sub-channel of one. */
export function channelKey({ channelArn, subChannelId }: Pick<Known, 'channelArn' | 'subChannelId'>): string {
  return subChannelId === undefined ? channelArn : `${channelArn} ${subChannelId}`;
}

/** The first that still waits with this priority; whoever left out of turn is dropped on the way. */
function head({ heaps, places }: Bench, priority: PollPriority): Entry | undefined {
  const heap = heaps[priority];
  for (let entry = heap.peek(); entry !== undefined; entry = heap.peek()) {
    if (places.get(entry) === priority) return entry;
    heap.pop();
  }
  return undefined;
}
