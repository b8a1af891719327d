/**
 * Decides on the pages of each channel: whether the next one pays, where it begins, and which deliveries are better polled by
 * themselves. `list-messages.ts` makes the request, `core/reduce.ts` judges what a row proves, and `page-economics.ts` computes
 * what a page saves.
 */
import type { TrackedDelivery } from '../../core/delivery.ts';
import type { ChannelActivity } from '../../core/ports/http.ts';
import { wallTimeOf } from '../../shared/time.ts';
import type { PageAddress, PageResult } from './list-messages.ts';
import { PAGE_ROWS, pageIsFaster, pagePays, pageSpreadMs, updateHitRate, type RateBudget } from './page-economics.ts';
import { PageChannels, UNTIMED } from './page-channels.ts';
import { windowAround, type RowTimes } from './page-window.ts';

/** A client's clock may be minutes ahead of the service's (it takes their signatures), and `track` may be called late. */
const MARGIN_MS = 900_000;
/** How long a NextToken is used; how long the service takes it is not published. */
const TOKEN_MS = 60_000;
/** Our order of two messages that were sent (or tracked) within this need not be the service's. */
const ORDER_SLACK_MS = 2_000;
/** Pages of settled rows alone that a pass may go over, for each that it still polls for. */
const PASS_OVER = 0.25;
/** A page that has not arrived after this delays no poll. */
const LATE_MS = 500;
const SOON_MS = 100;
/** A wait for the page as short as this counts as none. */
const SHORT_MS = 1_000;

/** A page, and the deliveries that it may show. */
export interface PagePick {
  readonly address: PageAddress;
  readonly deliveries: readonly TrackedDelivery[];
  /** The delivery that got the permit, where the page is cut out around it. */
  readonly first?: TrackedDelivery | undefined;
  readonly begunAt: number;
  readonly passed: number;
}

/** The rows of a page that are ours, settled or not. */
export interface OwnRows {
  readonly rows: number;
  /** Rows of the page for each of ours: about as many members share the channel's lists. */
  readonly rowsEach: number;
  /** When the oldest was sent; Infinity where there is none. */
  readonly oldest: number;
  readonly newest: number;
  readonly times: RowTimes;
}

export class ChannelPages {
  readonly #limit: RateBudget;
  readonly #random: () => number;
  readonly #channels: PageChannels;
  /** Deliveries that a page should have shown and did not, or that do not pay further pages. */
  readonly #individual = new WeakSet<TrackedDelivery>();

  constructor(limit: RateBudget, random: () => number) {
    this.#limit = limit;
    this.#random = random;
    this.#channels = new PageChannels(random);
  }

  /** The page to request for `first` and others of its channel, instead of `first` alone; undefined where none pays. */
  pick(first: TrackedDelivery, others: Iterable<TrackedDelivery>, now: number): PagePick | undefined {
    if (!this.#isBatchable(first)) return undefined;
    const channel = this.#channels.of(first.record, now);
    if (channel.askedAt !== undefined || now < channel.notBefore) return undefined;
    const open = channel.cursor !== undefined && now - channel.cursor.at < TOKEN_MS ? channel.cursor : undefined;
    // A delivery that was added since the last page stands before its end, and is for another page.
    const isFurther = ({ record, lastAttemptAt }: TrackedDelivery): boolean =>
      open !== undefined &&
      record.sentAt < open.before &&
      record.trackedAt <= open.begunAt &&
      lastAttemptAt < open.begunAt;
    const cursor = isFurther(first) ? open : undefined;
    if (cursor !== undefined) channel.cursor = undefined;
    const due = [first, ...others].filter(
      (delivery) => isFurther(delivery) === isFurther(first) && this.#isBatchable(delivery),
    );
    const window = cursor === undefined ? windowAround(first, due, channel.times, now) : undefined;
    const { deliveries, notAfter } = window ?? { deliveries: due, notAfter: cursor?.notAfter };
    if (!pagePays(deliveries.length, cursor?.share ?? 1, channel.hitRate)) {
      // The others were settled while the page waited for its turn.
      if (cursor !== undefined) for (const delivery of deliveries) this.#individual.add(delivery);
      return undefined;
    }
    channel.askedAt = now;
    const { channelArn, chimeBearer, subChannelId } = first.record;
    const oldest = deliveries.reduce((least, { record }) => Math.min(least, record.trackedAt, record.sentAt), now);
    const { notBefore, token } = cursor ?? { notBefore: Math.max(0, wallTimeOf(oldest) - MARGIN_MS), token: undefined };
    const request = { channelArn, chimeBearer, subChannelId, notBefore, notAfter, token };
    return {
      address: request,
      deliveries,
      first: window && first,
      begunAt: cursor?.begunAt ?? now,
      passed: cursor?.passed ?? 0,
    };
  }

  /** When the page in flight of its channel should have arrived; undefined: there is none, or it is late. */
  answerAt({ record }: TrackedDelivery, now: number): number | undefined {
    const askedAt = this.#channels.askedAt(record) ?? -Infinity;
    return now - askedAt < LATE_MS ? now + SOON_MS : undefined;
  }

  /** Learns from a page: it showed `shown` of the deliveries that are still pending. */
  recordPage(
    pick: PagePick,
    response: PageResult,
    shown: ReadonlySet<TrackedDelivery>,
    now: number,
    own: OwnRows = ownOf(shown),
  ): void {
    const { address, deliveries, begunAt } = pick;
    const channel = this.#channels.of(address, now);
    channel.askedAt = undefined;
    if (response.kind === 'nothing') return;
    if (response.kind !== 'rows') return this.#channels.backOff(channel, now);
    const { token, rows } = response;
    // Rows of ours that are settled tell as well how far it went.
    const before = own.oldest + ORDER_SLACK_MS;
    const mayCome = token !== undefined && own.rows > 0;
    const missed = deliveries.filter((delivery) => !shown.has(delivery));
    const further = missed.filter(({ record }) => mayCome && record.sentAt < before);
    // A page without rows of ours does not tell how far it went.
    const due = token === undefined || mayCome ? deliveries.length - further.length : 0;
    channel.hitRate = updateHitRate(channel.hitRate, { expected: due, found: shown.size });
    channel.hitRateAt = now;
    channel.times = {
      aheadMs: own.times.aheadMs ?? channel.times.aheadMs,
      rowsPerMs: own.times.rowsPerMs ?? channel.times.rowsPerMs,
    };
    channel.rowsEach = own.rowsEach;
    const dense = shown.size / Math.max(1, rows.size);
    const isDense = pagePays(further.length, dense, channel.hitRate);
    // It pays to pass over settled rows while many deliveries stand behind them.
    const passed = isDense ? 0 : pick.passed + 1;
    const share = isDense ? dense : own.rows / Math.max(1, rows.size);
    const mayPass = passed <= further.length * PASS_OVER && pagePays(further.length, share, channel.hitRate);
    // Where times are known, the next page is cut out again.
    const goOn = pick.first === undefined && (isDense || mayPass);
    // A page that began with the newest rows, and did not come to those that are due, tells at least where they are.
    const isCutOutNow = channel.times.aheadMs !== undefined && channel.times.rowsPerMs !== undefined;
    const isPlaced = pick.first === undefined && own.rows >= 2 && isCutOutNow;
    if (shown.size >= 2 || isPlaced) channel.failures = 0;
    else if (!goOn) this.#channels.backOff(channel, now);
    if (goOn && token !== undefined) {
      channel.cursor = {
        token,
        notBefore: address.notBefore,
        notAfter: address.notAfter,
        before,
        share,
        passed,
        at: now,
        begunAt,
      };
    }
    // A window is cut for the delivery with the permit: the others stand in another one, unless this page went beyond them.
    const isElsewhere = (delivery: TrackedDelivery): boolean =>
      pick.first !== undefined &&
      shown.size > 1 &&
      (delivery.record.sentAt < own.oldest || delivery.record.sentAt > own.newest);
    for (const delivery of missed)
      if (!(goOn && delivery.record.sentAt < before) && !isElsewhere(delivery)) this.#individual.add(delivery);
  }

  /**
   * The pending deliveries that one page may show: `first`, and those of `others` that were sent close enough to it. Undefined
   * where no page pays, or the earlier pages have told too little. `rowsEach`: rows of the channel for each of ours.
   */
  togetherWith(
    first: TrackedDelivery,
    others: readonly TrackedDelivery[],
    now: number,
  ): { readonly deliveries: readonly TrackedDelivery[]; readonly rowsEach: number } | undefined {
    const { notBefore, hitRate, times, rowsEach } = this.#channels.of(first.record, now);
    const { rowsPerMs } = times;
    if (rowsPerMs === undefined || rowsEach === undefined || now < notBefore) return undefined;
    const isNear = ({ record }: TrackedDelivery): boolean =>
      Math.abs(record.sentAt - first.record.sentAt) * rowsPerMs < PAGE_ROWS / 2;
    const deliveries = [first, ...others].filter((each) => this.#isBatchable(each) && isNear(each));
    return pagePays(deliveries.length, 1, hitRate) ? { deliveries, rowsEach } : undefined;
  }

  /** A poll of its own has shown that it is pending: a page may show it from now on. */
  readmit(delivery: TrackedDelivery): void {
    this.#individual.delete(delivery);
  }

  /**
   * When a reconnect polls `deliveries` of one channel by a page, in milliseconds from now; undefined: each by itself, and
   * no page of this channel before that time.
   */
  delay(
    deliveries: readonly TrackedDelivery[],
    withinMs: number,
    now: number,
    events?: ChannelActivity,
  ): number | undefined {
    const suited = deliveries.filter((delivery) => this.#isBatchable(delivery));
    const first = suited[0];
    if (first === undefined) return undefined;
    const channel = this.#channels.of(first.record, now);
    if (!pagePays(suited.length, 1, channel.hitRate)) return undefined;
    const spread = pageSpreadMs(
      suited.map(({ record }) => now - record.sentAt),
      events,
    );
    const afterMs = this.#random() * Math.max(withinMs, spread);
    const together = spread <= SHORT_MS || pageIsFaster(suited.length, spread, this.#limit);
    // Nor later: the reason for the pause of the pages may be over.
    channel.notBefore = together ? Math.min(channel.notBefore, now + afterMs) : now + afterMs;
    return together ? afterMs : undefined;
  }

  /** Whether a page can settle it: an absent edit or NON_PERSISTENT message says nothing, and a miss is confirmed by itself. */
  #isBatchable(delivery: TrackedDelivery): boolean {
    return delivery.record.missingMeansDenied && delivery.record.missingCount === 0 && !this.#individual.has(delivery);
  }
}

function ownOf(shown: ReadonlySet<TrackedDelivery>): OwnRows {
  const sentAt = Array.from(shown, ({ record }) => record.sentAt);
  return { rows: shown.size, rowsEach: 1, oldest: Math.min(...sentAt), newest: Math.max(...sentAt), times: UNTIMED };
}
