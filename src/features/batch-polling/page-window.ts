/**
 * The range of send times that a page is to show. Pages run newest first; `NotAfter` lets one begin further back, at the deliveries
 * that are due. The rows of earlier pages tell our clock's offset from the service's, and how many rows a range has.
 */
import type { TrackedDelivery } from '../../core/delivery.ts';
import { PAGE_ROWS } from './page-economics.ts';

/** The times that the rows of a page tell. */
export interface RowTimes {
  /** The most by which a row's `CreatedTimestamp` is beyond our time of that send; undefined where no row tells. */
  readonly aheadMs: number | undefined;
  /** Rows of all members, per millisecond; undefined where no two rows tell. */
  readonly rowsPerMs: number | undefined;
}

export interface PageWindow {
  readonly deliveries: readonly TrackedDelivery[];
  /** By the service's clock, milliseconds since the epoch; undefined: it begins with the newest. */
  readonly notAfter: number | undefined;
}

/** This many younger rows may stand on the page without use. */
const FEW_ROWS = 10;

/**
 * The due are cut into windows of a page each, from the oldest on, so that no gaps are left between the pages. This is the one with
 * `first`; undefined where the rows have told too little.
 */
export function windowAround(
  first: TrackedDelivery,
  due: readonly TrackedDelivery[],
  { aheadMs, rowsPerMs }: RowTimes,
  now: number,
): PageWindow | undefined {
  if (aheadMs === undefined || rowsPerMs === undefined) return undefined;
  const lengthMs = PAGE_ROWS / rowsPerMs;
  const oldestFirst = [...due].sort((a, b) => a.record.sentAt - b.record.sentAt);
  const place = oldestFirst.indexOf(first);
  let [from, to] = [0, 0];
  while (to <= place) {
    from = to;
    const end = oldestFirst[from]!.record.sentAt + lengthMs;
    while (to < oldestFirst.length && to - from < PAGE_ROWS && oldestFirst[to]!.record.sentAt <= end) to += 1;
  }
  const newest = oldestFirst[to - 1]!.record.sentAt;
  const isAtTheTop = (now - newest) * rowsPerMs < FEW_ROWS;
  const notAfter = isAtTheTop ? undefined : Math.ceil(newest + aheadMs);
  return { deliveries: oldestFirst.slice(from, to), notAfter };
}

/** The service may give timestamps in whole seconds (not published). */
const SECOND_MS = 1_000;

/** `sentAt`: our time of the send, for rows that are ours. */
export function timesOf(
  rows: Iterable<{ readonly createdAt: number | undefined; readonly sentAt?: number | undefined }>,
): RowTimes {
  let [aheadMs, oldest, newest, count] = [-Infinity, Infinity, -Infinity, 0];
  let isWhole = true;
  for (const { createdAt, sentAt } of rows) {
    if (createdAt === undefined) continue;
    count += 1;
    oldest = Math.min(oldest, createdAt);
    newest = Math.max(newest, createdAt);
    isWhole &&= createdAt % SECOND_MS === 0;
    if (sentAt !== undefined) aheadMs = Math.max(aheadMs, createdAt - sentAt);
  }
  // Timestamps in whole seconds are too coarse to cut out a page, and a few rows do not tell how many a second has.
  const isKnown = !isWhole && count >= FEW_ROWS;
  return {
    aheadMs: aheadMs > -Infinity && !isWhole ? aheadMs : undefined,
    rowsPerMs: isKnown ? count / Math.max(1, newest - oldest) : undefined,
  };
}
