/**
 * Plans the next page of a channel for all deliveries that the last page has shown to be pending.
 *
 * Each would be polled by itself after a wait that costs about as much as a request. A page is one request for all: by
 * the square-root rule of such intervals it is due the sooner, the more deliveries there are.
 */
import type { TrackedDelivery } from '../../core/delivery.ts';
import { addressKey } from '../../core/identity.ts';
import { MEMBER_MS } from './page-economics.ts';

/** The waiting, in requests, that a page is to save. */
const WORTH = 1;
/** Fewer are polled by themselves. */
const FEWEST = 3;
/** Deliveries with a wait this many times the usual one are polled by themselves, too. */
const MUCH_LONGER = 3;
const JITTER = 0.15;
/** An individual poll costs as much as waiting this long; a delivery waits no longer for the page instead. */
const REQUEST_MS = 1_000;

export class SharedPolls {
  readonly #random: () => number;
  /** When the next page of each channel is planned. */
  readonly #pages = new Map<string, number>();

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
