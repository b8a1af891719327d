/**
 * Plans the next page of a channel for all deliveries that the last page has shown to be pending.
 *
 * Each would be polled by itself after a wait that costs about as much as a request. A page is one request for all: by
 * the square-root rule of such intervals it is due the sooner, the more deliveries there are.
 */
import type { TrackedDelivery } from '../../core/delivery.ts';
import { addressKey } from '../../core/identity.ts';
import { MEMBER_MS } from './page-economics.ts';

/** The waiting, in requests, that a page is to save: with this many, all costs of the bench `pending` are near their least. */
const WORTH = 2.4;
/** Fewer are polled by themselves. */
const FEWEST = 2;
/** Deliveries with a wait this many times the usual one are polled by themselves, too. */
const MUCH_LONGER = 3;
const JITTER = 0.1;
/** An individual poll costs as much as waiting this long; a delivery waits no longer for the page instead. */
const REQUEST_MS = 1_000;

/** Two ends of an interval are the same, if they differ by no more than this part of it. */
const SAME_END = 0.1;

/** The time between two individual polls of a delivery. */
interface Interval {
  readonly begin: number;
  readonly end: number;
}

export class SharedPolls {
  readonly #random: () => number;
  /** When the next page of each channel is planned. */
  readonly #pages = new Map<string, number>();
  readonly #intervals = new WeakMap<TrackedDelivery, Interval>();

  constructor(random: () => number) {
    this.#random = random;
  }

  /**
   * Plans a page for deliveries of one channel, each with the wait until its individual poll.
   *
   * @param rowsEach rows of the last page for each of ours: about as many members share the channel's lists
   * @returns when, and for which deliveries; undefined where no page pays
   */
  plan(
    waits: ReadonlyMap<TrackedDelivery, number>,
    rowsEach: number,
    now: number,
  ): { readonly at: number; readonly deliveries: readonly TrackedDelivery[] } | undefined {
    const [first] = waits.keys();
    if (first === undefined) return undefined;
    const all = Array.from(waits, ([delivery, alone]) => {
      return { delivery, alone, interval: this.#intervalOf(delivery, alone, now) };
    });
    const sum = all.reduce((total, { interval }) => total + 1 / interval ** 2, 0);
    const usual = Math.sqrt(all.length / sum);
    const together = all.filter(({ interval }) => interval <= MUCH_LONGER * usual);
    if (together.length < FEWEST) return undefined;
    const jitter = 1 + JITTER * (2 * this.#random() - 1);
    const ms = Math.min(Math.sqrt(WORTH / sum) * jitter, endOf(together.map(({ alone }) => alone)));
    const at = now + Math.max(ms, rowsEach * MEMBER_MS * jitter);
    for (const [key, planned] of this.#pages) if (planned <= now) this.#pages.delete(key);
    this.announce(first, at);
    return { at, deliveries: together.map(({ delivery }) => delivery) };
  }

  /**
   * The time between two individual polls. A plan by observations may name an age that is worth a poll, with none worth one
   * before: a page in between does not bring that age closer, and the next page is not due the sooner for it.
   */
  #intervalOf(delivery: TrackedDelivery, alone: number, now: number): number {
    const end = now + alone;
    const known = this.#intervals.get(delivery);
    const isSame = known !== undefined && Math.abs(known.end - end) <= SAME_END * (known.end - known.begin);
    if (!isSame) this.#intervals.set(delivery, { begin: now, end });
    return isSame ? end - known.begin : alone;
  }

  /** A page of its channel is planned for then. */
  announce({ record }: TrackedDelivery, at: number): void {
    this.#pages.set(addressKey(record), at);
  }

  /** When the page of its channel is planned, where that is soon enough to wait for. */
  pageAt({ record }: TrackedDelivery, now: number): number | undefined {
    const at = this.#pages.get(addressKey(record));
    return at !== undefined && at > now && at - now <= REQUEST_MS ? at : undefined;
  }
}

/** The latest of the first waits, as long as the others wait for it no longer in all than a request is worth. */
function endOf(waits: readonly number[]): number {
  const soonestFirst = [...waits].sort((a, b) => a - b);
  let [end, waited] = [soonestFirst[0] ?? Infinity, 0];
  for (const [count, wait] of soonestFirst.entries()) {
    waited += count * (wait - end);
    if (waited > REQUEST_MS) break;
    end = wait;
  }
  return end;
}
