/**
 * Lists as they go over the channel: of each item only what differs from the item before it, and not too many items in one
 * message. Most deliveries of a tab have their bearer and channel in common. Pure.
 */
import { asRecord } from '../core/as-record.ts';

/** The most items in one message: no tab is busy for long with reading one. */
const LONGEST = 500;

export function pack(items: readonly object[]): object[] {
  let before: object = {};
  return items.map((item) => {
    const fields = asRecord(before);
    const names = new Set([...Object.keys(before), ...Object.keys(item)]);
    const news = [...names].filter((name) => asRecord(item)?.[name] !== fields?.[name]);
    before = item;
    return Object.fromEntries(news.map((name) => [name, asRecord(item)?.[name]]));
  });
}

/** The items, where there is a list of them; anything else as it is. */
export function unpack(packed: unknown): unknown {
  if (!Array.isArray(packed)) return packed;
  let before: object = {};
  return packed.map((item: unknown) =>
    asRecord(item) === undefined ? item : (before = { ...before, ...(item as object) }),
  );
}

/** The list in parts, none of which is too long. At least one part. */
export function partsOf<T>(list: readonly T[]): readonly T[][] {
  const count = Math.max(1, Math.ceil(list.length / LONGEST));
  return Array.from({ length: count }, (_, i) => list.slice(i * LONGEST, (i + 1) * LONGEST));
}
