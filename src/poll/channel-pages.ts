/**
 * What is known of the pages of each channel: whether the next one is worth asking for, where it begins, and who is better
 * asked for alone. It asks nothing (`list-page.ts`) and says nothing of a delivery: what a row proves, `core/decide.ts`
 * does. What a page is worth is in `page-value.ts`.
 */
import type { Entry } from '../core/entry.ts';
import { addressKey } from '../core/identity.ts';
import { LinkedMap } from '../core/linked-map.ts';
import type { Heard } from '../core/ports.ts';
import { wallTimeOf } from '../core/time.ts';
import type { PageOrder, PageReading } from './list-page.ts';
import {
  isSoonerByPage,
  isWorthAPage,
  pageSpreadMs,
  UNSEEN,
  withPage,
  type Allowance,
  type Showing,
} from './page-value.ts';
import { windowAround, type RowTimes } from './page-window.ts';

/** A client's clock may be minutes ahead of the service's (it takes their signatures), and `track` may be called late. */
const MARGIN_MS = 900_000;
/** After a page that failed, or that showed too little; doubled each time. */
const REST_MS = 5_000;
const MAX_REST_MS = 60_000;
/** How long it is believed that the pages of a channel show as little as the last did. */
const SHOWING_MS = 600_000;
/** How long a NextToken is used; how long the service takes it is not published. */
const TOKEN_MS = 60_000;
/** Channels that are remembered: what is forgotten of one costs it a page. */
const MAX_CHANNELS = 200;
/** Our order of two messages that were sent (or tracked) within this need not be the service's. */
const ORDER_SLACK_MS = 2_000;
/** Pages of settled rows alone that a pass may go over, for each that it still looks for. */
const PASS_OVER = 0.25;
/** A page that is not there after this holds up nobody. */
const LATE_MS = 500;
const SOON_MS = 100;
/** A wait for the page that is not worth telling from none. */
const SHORT_MS = 1_000;

type Address = Omit<PageOrder, 'notBefore' | 'notAfter' | 'token'>;

const UNTIMED: RowTimes = { aheadMs: undefined, rowsPerMs: undefined };

interface Cursor {
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
  /** When the first page of this pass was asked for: it tells of nobody who came, or was looked at, since. */
  readonly begunAt: number;
}

interface Channel {
  showing: Showing;
  /** Of when `showing` is. */
  learntAt: number;
  /** What its rows last told of time. */
  times: RowTimes;
  failures: number;
  /** No page is asked for before this. */
  opensAt: number;
  cursor: Cursor | undefined;
  /** When the page that is under way was asked for. */
  askedAt: number | undefined;
}

/** A page, and those whom it may show. */
export interface PagePick {
  readonly order: PageOrder;
  readonly entries: readonly Entry[];
  /** Whose turn it is, where the page is cut out around that one. */
  readonly first?: Entry | undefined;
  readonly begunAt: number;
  readonly passed: number;
}

/** What of a page's rows is ours, settled or not. */
export interface OwnRows {
  readonly rows: number;
  /** When the oldest was sent; Infinity where there is none. */
  readonly oldest: number;
  readonly newest: number;
  readonly times: RowTimes;
}

export class ChannelPages {
  readonly #limit: Allowance;
  readonly #random: () => number;
  readonly #channels = new LinkedMap<string, Channel>();
  /** A page should have shown them and did not, or paging on to them would not pay. */
  readonly #alone = new WeakSet<Entry>();

  constructor(limit: Allowance, random: () => number) {
    this.#limit = limit;
    this.#random = random;
  }

  /** The page to ask for, for `first` and others of its channel, instead of `first` alone; undefined where none pays. */
  choose(first: Entry, others: Iterable<Entry>, now: number): PagePick | undefined {
    if (!this.#suits(first)) return undefined;
    const channel = this.#channel(first.known, now);
    if (channel.askedAt !== undefined || now < channel.opensAt) return undefined;
    const open = channel.cursor !== undefined && now - channel.cursor.at < TOKEN_MS ? channel.cursor : undefined;
    // Who came since the last page stands before where it ended, and is for another one.
    const isFurther = ({ known, triedAt }: Entry): boolean =>
      open !== undefined && known.sentAt < open.before && known.trackedAt <= open.begunAt && triedAt < open.begunAt;
    const cursor = isFurther(first) ? open : undefined;
    if (cursor !== undefined) channel.cursor = undefined;
    const due = [first, ...others].filter((entry) => isFurther(entry) === isFurther(first) && this.#suits(entry));
    const window = cursor === undefined ? windowAround(first, due, channel.times, now) : undefined;
    const { entries, notAfter } = window ?? { entries: due, notAfter: cursor?.notAfter };
    if (!isWorthAPage(entries.length, cursor?.share ?? 1, channel.showing)) {
      // They were settled while the page waited for its turn.
      if (cursor !== undefined) for (const entry of entries) this.#alone.add(entry);
      return undefined;
    }
    channel.askedAt = now;
    const { channelArn, chimeBearer, subChannelId } = first.known;
    const oldest = entries.reduce((least, { known }) => Math.min(least, known.trackedAt, known.sentAt), now);
    const { notBefore, token } = cursor ?? { notBefore: Math.max(0, wallTimeOf(oldest) - MARGIN_MS), token: undefined };
    const order = { channelArn, chimeBearer, subChannelId, notBefore, notAfter, token };
    return { order, entries, first: window && first, begunAt: cursor?.begunAt ?? now, passed: cursor?.passed ?? 0 };
  }

  /** When the page of its channel that is under way should be there; undefined: there is none, or it is late. */
  answerAt({ known }: Entry, now: number): number | undefined {
    const askedAt = this.#channels.get(addressKey(known))?.askedAt ?? -Infinity;
    return now - askedAt < LATE_MS ? now + SOON_MS : undefined;
  }

  /** Learns from a page: of those who are pending still (`entries`) it showed `shown`. */
  learn(
    pick: PagePick,
    reading: PageReading,
    shown: ReadonlySet<Entry>,
    now: number,
    own: OwnRows = ownOf(shown),
  ): void {
    const { order, entries, begunAt } = pick;
    const channel = this.#channel(order, now);
    channel.askedAt = undefined;
    if (reading.kind === 'nothing') return;
    if (reading.kind !== 'rows') return this.#rest(channel, now);
    const { token, rows } = reading;
    // Rows of ours that are settled tell as well how far it went.
    const before = own.oldest + ORDER_SLACK_MS;
    const mayCome = token !== undefined && own.rows > 0;
    const missed = entries.filter((entry) => !shown.has(entry));
    const further = missed.filter(({ known }) => mayCome && known.sentAt < before);
    // Of a page that shows strangers alone, nobody knows how far it went.
    const due = token === undefined || mayCome ? entries.length - further.length : 0;
    channel.showing = withPage(channel.showing, { due, shown: shown.size });
    channel.learntAt = now;
    channel.times = {
      aheadMs: own.times.aheadMs ?? channel.times.aheadMs,
      rowsPerMs: own.times.rowsPerMs ?? channel.times.rowsPerMs,
    };
    const dense = shown.size / Math.max(1, rows.size);
    const isDense = isWorthAPage(further.length, dense, channel.showing);
    // To pass over rows that are settled is worth it while many stand behind them.
    const passed = isDense ? 0 : pick.passed + 1;
    const share = isDense ? dense : own.rows / Math.max(1, rows.size);
    const mayPass = passed <= further.length * PASS_OVER && isWorthAPage(further.length, share, channel.showing);
    // Where times are known, the next page is cut out anew.
    const goOn = pick.first === undefined && (isDense || mayPass);
    if (shown.size >= 2) channel.failures = 0;
    else if (!goOn) this.#rest(channel, now);
    if (goOn && token !== undefined) {
      channel.cursor = {
        token,
        notBefore: order.notBefore,
        notAfter: order.notAfter,
        before,
        share,
        passed,
        at: now,
        begunAt,
      };
    }
    // A window is cut for whoever's turn it is: the others stand in another one, unless this page went further than they.
    const isElsewhere = (entry: Entry): boolean =>
      pick.first !== undefined &&
      shown.size > 1 &&
      (entry.known.sentAt < own.oldest || entry.known.sentAt > own.newest);
    for (const entry of missed)
      if (!(goOn && entry.known.sentAt < before) && !isElsewhere(entry)) this.#alone.add(entry);
  }

  /** It was asked for alone, and is pending still: a page may show it from now on. */
  rejoin(entry: Entry): void {
    this.#alone.delete(entry);
  }

  /**
   * When a reconnect asks for `entries` of one channel by a page, in milliseconds from now; undefined: each by itself,
   * and no page of this channel before its time.
   */
  gather(entries: readonly Entry[], withinMs: number, now: number, heard?: Heard): number | undefined {
    const suited = entries.filter((entry) => this.#suits(entry));
    const first = suited[0];
    if (first === undefined) return undefined;
    const channel = this.#channel(first.known, now);
    if (!isWorthAPage(suited.length, 1, channel.showing)) return undefined;
    const spread = pageSpreadMs(
      suited.map(({ known }) => now - known.sentAt),
      heard,
    );
    const afterMs = this.#random() * Math.max(withinMs, spread);
    const together = spread <= SHORT_MS || isSoonerByPage(suited.length, spread, this.#limit);
    // Not later than that, either: what made the pages rest may be over.
    channel.opensAt = together ? Math.min(channel.opensAt, now + afterMs) : now + afterMs;
    return together ? afterMs : undefined;
  }

  /** What a page can settle: an absent edit or NON_PERSISTENT message says nothing, and a miss is confirmed by itself. */
  #suits(entry: Entry): boolean {
    return entry.known.provable && entry.known.misses === 0 && !this.#alone.has(entry);
  }

  #rest(channel: Channel, now: number): void {
    channel.failures += 1;
    const ms = Math.min(MAX_REST_MS, REST_MS * 2 ** (channel.failures - 1));
    channel.opensAt = now + ms * (1 + this.#random());
  }

  #channel(address: Address, now: number): Channel {
    const key = addressKey(address);
    const channel = this.#channels.get(key) ?? {
      showing: UNSEEN,
      learntAt: now,
      times: UNTIMED,
      failures: 0,
      opensAt: -Infinity,
      cursor: undefined,
      askedAt: undefined,
    };
    if (now - channel.learntAt > SHOWING_MS) channel.showing = UNSEEN;
    this.#channels.set(key, channel);
    for (const { key: oldest, value } of this.#channels) {
      if (this.#channels.size <= MAX_CHANNELS) break;
      if (value.askedAt === undefined) this.#channels.delete(oldest);
    }
    return channel;
  }
}

function ownOf(shown: ReadonlySet<Entry>): OwnRows {
  const sentAt = Array.from(shown, ({ known }) => known.sentAt);
  return { rows: shown.size, oldest: Math.min(...sentAt), newest: Math.max(...sentAt), times: UNTIMED };
}
