/**
 * Who waits for whom: sends of an earlier life leave one after the other within each channel, in the order in which they were
 * made, and what is sent now goes after them. A channel of which nothing is left over has no queue. What is sent now starts
 * in order, too, however long each one takes until it is ready. It sends nothing itself.
 */
import type { Entry } from '../core/entry.ts';

export class Queues {
  readonly #onTurn: (entry: Entry) => void;
  /** By channel; the first one's turn it is. */
  readonly #queues = new Map<string, Set<Entry>>();
  /** By channel, those that have come and not gone on, in order: whether each is ready. */
  readonly #coming = new Map<string, Map<Entry, boolean>>();

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

  /** Keeps a place for it, until it is ready. */
  come(entry: Entry): void {
    const { channelArn } = entry.known;
    const coming = this.#coming.get(channelArn) ?? new Map<Entry, boolean>();
    this.#coming.set(channelArn, coming.set(entry, false));
  }

  /** Goes on after those of its channel that came before it, and those that are left over. */
  ready(entry: Entry): void {
    const coming = this.#coming.get(entry.known.channelArn);
    if (coming?.has(entry) !== true) return;
    coming.set(entry, true);
    this.#goOn(entry.known.channelArn, coming);
  }

  /** It is not waited for, and does not wait, any longer. */
  leave(entry: Entry): void {
    const { channelArn } = entry.known;
    const coming = this.#coming.get(channelArn);
    if (coming?.delete(entry) === true) this.#goOn(channelArn, coming);
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
    this.#coming.clear();
  }

  #goOn(channelArn: string, coming: Map<Entry, boolean>): void {
    for (const [entry, ready] of coming) {
      if (!ready) return;
      coming.delete(entry);
      // Nobody has to wait for it.
      if (this.#queues.has(channelArn)) this.enter(entry);
      else this.#onTurn(entry);
    }
    if (coming.size === 0 && this.#coming.get(channelArn) === coming) this.#coming.delete(channelArn);
  }
}
