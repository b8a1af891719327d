/**
 * When a page of a channel is worth asking for again, for all together of whom the last one has shown that they are
 * pending.
 *
 * Each would be polled by itself after a wait that costs about as much as a request. A page is one request for all: by
 * the square-root rule of such intervals it is due sooner, the more they are.
 */
import type { TrackedDelivery } from '../../core/delivery.ts';
import { addressKey } from '../../core/identity.ts';
import { MEMBER_MS } from './page-economics.ts';

/** How much waiting, in requests, a page is to be worth. */
const WORTH = 1;
/** Fewer are polled by themselves. */
const FEWEST = 3;
/** Those who would wait for so many times as long as is usual among them are, too. */
const MUCH_LONGER = 3;
const JITTER = 0.15;
/** A poll of one's own costs as much as waiting for so long; so long, at most, does one wait for the page instead. */
const REQUEST_MS = 1_000;

export class SharedPolls {
  readonly #random: () => number;
  /** When the next page of each channel is planned. */
  readonly #pages = new Map<string, number>();

  constructor(random: () => number) {
    this.#random = random;
  }

  /**
   * Plans a page for those of one channel, each with the wait of one alone.
   *
   * @param rowsEach rows of the last page for each of ours: about as many members share the channel's lists
   * @returns when, and for whom; undefined where none is worth it
   */
  plan(
    waits: ReadonlyMap<TrackedDelivery, number>,
    rowsEach: number,
    now: number,
  ): { readonly at: number; readonly deliveries: readonly TrackedDelivery[] } | undefined {
    const [first] = waits.keys();
    if (first === undefined) return undefined;
    const sum = [...waits.values()].reduce((total, alone) => total + 1 / alone ** 2, 0);
    const usual = Math.sqrt(waits.size / sum);
    const deliveries = [...waits].filter(([, alone]) => alone <= MUCH_LONGER * usual).map(([delivery]) => delivery);
    const ms = Math.max(Math.sqrt(WORTH / sum), rowsEach * MEMBER_MS) * (1 + JITTER * (2 * this.#random() - 1));
    if (deliveries.length < FEWEST) return undefined;
    const at = now + ms;
    for (const [key, planned] of this.#pages) if (planned <= now) this.#pages.delete(key);
    this.announce(first, at);
    return { at, deliveries };
  }

  /** A page of its channel comes then. */
  announce({ record }: TrackedDelivery, at: number): void {
    this.#pages.set(addressKey(record), at);
  }

  /** When the page of its channel is planned, where that is worth waiting for. */
  pageAt({ record }: TrackedDelivery, now: number): number | undefined {
    const at = this.#pages.get(addressKey(record));
    return at !== undefined && at > now && at - now <= REQUEST_MS ? at : undefined;
  }
}
