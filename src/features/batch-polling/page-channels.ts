/** What is known of the pages of each channel: how much they show, where the next one begins, and when it may be requested. */
import { addressKey, type MessageAddress } from '../../core/identity.ts';
import { LinkedMap } from '../../shared/linked-map.ts';
import { INITIAL_HIT_RATE, type HitRate } from './page-economics.ts';
import type { RowTimes } from './page-window.ts';

/** After a page that failed, or that showed too little; doubled each time. */
const BACKOFF_MS = 5_000;
const MAX_BACKOFF_MS = 60_000;
/** How long the pages of a channel are expected to show as little as the last one did. */
const HIT_RATE_TTL_MS = 600_000;
/** Channels that are remembered: a forgotten one costs a page. */
const MAX_CHANNELS = 200;

export const UNTIMED: RowTimes = { aheadMs: undefined, rowsPerMs: undefined };

/** Where the next page of a pass begins. */
export interface Cursor {
  readonly token: string;
  readonly notBefore: number;
  readonly notAfter: number | undefined;
  /** The next page begins with messages sent before this, by our clock. */
  readonly before: number;
  /** Which part of the rows was ours. */
  readonly share: number;
  readonly at: number;
  /** Pages in a row that were passed over. */
  readonly passed: number;
  /** When the first page of this pass was requested: it shows no delivery that was added, or polled, since. */
  readonly begunAt: number;
}

export interface PageChannel {
  hitRate: HitRate;
  /** When `hitRate` was measured. */
  hitRateAt: number;
  /** The times that its rows last told. */
  times: RowTimes;
  /** Rows of the last page for each of ours; undefined before it. */
  rowsEach: number | undefined;
  failures: number;
  /** No page is requested before this. */
  notBefore: number;
  cursor: Cursor | undefined;
  /** When the page in flight was requested. */
  askedAt: number | undefined;
}

export class PageChannels {
  readonly #random: () => number;
  readonly #channels = new LinkedMap<string, PageChannel>();

  constructor(random: () => number) {
    this.#random = random;
  }

  /** When the page in flight of this channel was requested; undefined: there is none. */
  askedAt(address: MessageAddress): number | undefined {
    return this.#channels.get(addressKey(address))?.askedAt;
  }

  /** No page for a while: the last one failed, or showed too little. */
  backOff(channel: PageChannel, now: number): void {
    channel.failures += 1;
    const ms = Math.min(MAX_BACKOFF_MS, BACKOFF_MS * 2 ** (channel.failures - 1));
    channel.notBefore = now + ms * (1 + this.#random());
  }

  of(address: MessageAddress, now: number): PageChannel {
    const key = addressKey(address);
    const channel = this.#channels.get(key) ?? {
      hitRate: INITIAL_HIT_RATE,
      hitRateAt: now,
      times: UNTIMED,
      rowsEach: undefined,
      failures: 0,
      notBefore: -Infinity,
      cursor: undefined,
      askedAt: undefined,
    };
    if (now - channel.hitRateAt > HIT_RATE_TTL_MS) channel.hitRate = INITIAL_HIT_RATE;
    this.#channels.set(key, channel);
    for (const { key: oldest, value } of this.#channels) {
      if (this.#channels.size <= MAX_CHANNELS) break;
      if (value.askedAt === undefined) this.#channels.delete(oldest);
    }
    return channel;
  }
}
