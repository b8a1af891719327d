/**
 * Who waits for whom: sends of an earlier life leave one after the other within each channel, in the order in which they were
 * made, and what is sent now goes after them. A channel of which nothing is left over has no queue. It sends nothing itself.
 */
import type { Entry } from '../core/entry.ts';

export class Queues {
  readonly #onTurn: (entry: Entry) => void;
  /** By channel; the first one's turn it is. */
  readonly #queues = new Map<string, Set<Entry>>();

  constructor(onTurn: (entry: Entry) => void) {
    this.#onTurn = onTurn;
  }

  /** Goes after those of its channel. */
  enter(entry: Entry): void {
    const { channelArn } = entry.known;
    const queue = this.#queues.get(channelArn) ?? new Set();
    this.#queues.set(channelArn, queue.add(entry));
    if (queue.size === 1) this.#onTurn(entry);
  }

  /** Goes after those of its channel, where there are any; nobody has to wait for it. */
  follow(entry: Entry): void {
    if (this.#queues.has(entry.known.channelArn)) this.enter(entry);
    else this.#onTurn(entry);
  }

  /** It is not waited for, and does not wait, any longer. */
  leave(entry: Entry): void {
    const { channelArn } = entry.known;
    const queue = this.#queues.get(channelArn);
    if (queue === undefined) return;
    const [first] = queue;
    if (!queue.delete(entry)) return;
    if (queue.size === 0) this.#queues.delete(channelArn);
    const [next] = queue;
    if (first === entry && next !== undefined) this.#onTurn(next);
  }

  clear(): void {
    this.#queues.clear();
  }
}
