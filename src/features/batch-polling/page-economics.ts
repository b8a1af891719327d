/**
 * Whether a page of ListChannelMessages pays for its request, and how far reconnecting members spread theirs. Pure.
 * The presence of a row is evidence, its absence is not: so a page is worth the rows that it is expected to show.
 */
import type { ChannelActivity } from '../../core/ports/http.ts';

/** The requests that a bearer may make. */
export interface RateBudget {
  readonly requestsPerSecond: number;
  readonly burst: number;
}

/** Rows of one page (documented: at most 50). */
export const PAGE_ROWS = 50;
/** A page is heavier than a status, and draws on a budget that all members share: it has to save almost a request at least. */
const MIN_SAVED = 0.8;
/** After this many messages, what is known of a channel counts half. */
const MEMORY = 100;
/** Enough for 1 800 members at 30 lists a second; no delivery waits longer than this for a page. */
const MAX_SPREAD_MS = 60_000;

/** A channel gives 30 lists a second to all of its members, and takes as many messages (documented). */
export const MEMBER_MS: number = 1_000 / 30;
/** Fewer messages than this, or less time, tell nothing. */
const FEW_HEARD = 3;
const LONG_HEARD_MS = 60_000;

/** How many messages the pages of a channel should have shown, and how many they did show. */
export interface HitRate {
  readonly expected: number;
  readonly found: number;
}

/** Before the first page: four of five, as a guess of some weight. */
export const INITIAL_HIT_RATE: HitRate = { expected: 5, found: 4 };

export function updateHitRate({ expected, found }: HitRate, page: HitRate): HitRate {
  const keep = expected > MEMORY ? 0.5 : 1;
  return { expected: expected * keep + page.expected, found: found * keep + page.found };
}

/** Whether a page saves requests, of `wanted` deliveries where `share` of the rows are ours. */
export function pagePays(wanted: number, share: number, { expected, found: shown }: HitRate): boolean {
  const found = (shown / expected) * Math.min(wanted, PAGE_ROWS * share);
  return found - 1 >= MIN_SAVED;
}

/**
 * Over how many milliseconds members who reconnect at the same moment spread their first pages, by the ages of what
 * each waits for. A channel takes as many messages a second from all its members as it takes lists (documented: 30), so
 * that no more than 30 × span / count members can have `count` messages that are younger than a span. The younger half
 * is polled by itself: one message that is pending for ever must not make the others of its channel wait.
 *
 * The events of the channel say more. Where a part of its messages is ours, that part of its lists is: the parts
 * of all members are no more than one together, however wrong each is about the others. A channel that was quiet has
 * few members who wait for anything.
 */
export function pageSpreadMs(agesMs: readonly number[], events?: ChannelActivity): number {
  const youngestFirst = [...agesMs].sort((a, b) => a - b);
  const spread = (count: number): number => (youngestFirst[count - 1] ?? 0) / count;
  const most = Math.min(MAX_SPREAD_MS, spread(Math.ceil(agesMs.length / 2)), spread(agesMs.length));
  // Without events, all members may have begun to write at once.
  if (events === undefined || events.all < FEW_HEARD) return most;
  const { own, all, withinMs } = events;
  const byPart = own > 0 ? ((all + 1) / own) * MEMBER_MS : Infinity;
  const byRate = withinMs >= LONG_HEARD_MS ? most * ((all + 1) / withinMs) * MEMBER_MS : Infinity;
  return Math.min(most, byPart, byRate);
}

/** Whether pages with this spread beat polls one by one: by requests, and seconds of waiting of each delivery. */
export function pageIsFaster(count: number, spreadMs: number, limit: RateBudget): boolean {
  const late = Math.max(0, count - limit.burst);
  const oneByOne = count + late ** 2 / (2 * limit.requestsPerSecond);
  return Math.ceil(count / PAGE_ROWS) + (count * spreadMs) / 2_000 < oneByOne;
}
