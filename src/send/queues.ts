/**
 * Who waits for whom: sends of an earlier life leave one after the other within each channel, in the order in which they were
 * made, and what is sent now goes after them. A channel of which nothing is left over has no queue. What is sent now starts
 * in order, too, however long each one takes until it is ready. It sends nothing itself.
 */
import type { Entry } from '../core/entry.ts';
import { LinkedMap } from '../core/linked-map.ts';

export class Queues {
  readonly #onTurn: (entry: Entry) => void;
  /** By channel; the first one's turn it is. */
  readonly #queues = new Map<string, LinkedMap<Entry, undefined>>();
  /** By channel, those that have come and not gone on, in order: whether each is ready. */
  readonly #coming = new Map<string, LinkedMap<Entry, { isReady: boolean }>>();

  constructor(onTurn: (entry: Entry) => void) {
    this.#onTurn = onTurn;
  }

  /** Goes after those of its channel. */
  enter(entry: Entry): void {
    const { channelArn } = entry.known;
    const queue = this.#queues.get(channelArn) ?? new LinkedMap<Entry, undefined>();
    this.#queues.set(channelArn, queue);
    queue.add(entry, undefined);
    if (queue.size === 1) this.#onTurn(entry);
  }

  /** Keeps a place for it, until it is ready. */
  come(entry: Entry): void {
    const { channelArn } = entry.known;
    const coming = this.#coming.get(channelArn) ?? new LinkedMap<Entry, { isReady: boolean }>();
    this.#coming.set(channelArn, coming);
    coming.set(entry, { isReady: false });
  }

  /** Goes on after those of its channel that came before it, and those that are left over. */
  ready(entry: Entry): void {
    const coming = this.#coming.get(entry.known.channelArn);
    const place = coming?.get(entry);
    if (coming === undefined || place === undefined) return;
    place.isReady = true;
    this.#goOn(entry.known.channelArn, coming);
  }

  /** It is not waited for, and does not wait, any longer. */
  leave(entry: Entry): void {
    const { channelArn } = entry.known;
    const coming = this.#coming.get(channelArn);
    if (coming?.delete(entry) === true) this.#goOn(channelArn, coming);
    const queue = this.#queues.get(channelArn);
    if (queue === undefined) return;
    const first = queue.oldest?.key;
    if (!queue.delete(entry)) return;
    if (queue.size === 0) this.#queues.delete(channelArn);
    const next = queue.oldest?.key;
    if (first === entry && next !== undefined) this.#onTurn(next);
  }

  clear(): void {
    this.#queues.clear();
    this.#coming.clear();
  }

  #goOn(channelArn: string, coming: LinkedMap<Entry, { isReady: boolean }>): void {
    for (const {
      key: entry,
      value: { isReady },
    } of coming) {
      if (!isReady) return;
      coming.delete(entry);
      // Nobody has to wait for it.
      if (this.#queues.has(channelArn)) this.enter(entry);
      else this.#onTurn(entry);
    }
    if (coming.size === 0 && this.#coming.get(channelArn) === coming) this.#coming.delete(channelArn);
  }
}
