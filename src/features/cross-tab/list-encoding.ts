/**
 * Lists as they go over the channel: of each item only what differs from the item before it, and not too many items in one
 * message. Most deliveries of a tab have their bearer and channel in common. Pure.
 */
import { asObject } from '../../shared/unknown-json.ts';

/** The most items in one message: no tab is busy for long with reading one. */
const MAX_ITEMS = 500;

export function encodeList(items: readonly object[]): object[] {
  let before: object = {};
  return items.map((item) => {
    const fields = asObject(before);
    const names = new Set([...Object.keys(before), ...Object.keys(item)]);
    const news = [...names].filter((name) => asObject(item)?.[name] !== fields?.[name]);
    before = item;
    return Object.fromEntries(news.map((name) => [name, asObject(item)?.[name]]));
  });
}

/** The items, where there is a list of them; anything else as it is. */
export function decodeList(packed: unknown): unknown {
  if (!Array.isArray(packed)) return packed;
  let before: object = {};
  return packed.map((item: unknown) =>
    asObject(item) === undefined ? item : (before = { ...before, ...(item as object) }),
  );
}

/** The list in parts, none of which is too long. At least one part. */
export function chunksOf<T>(list: readonly T[]): readonly T[][] {
  const count = Math.max(1, Math.ceil(list.length / MAX_ITEMS));
  return Array.from({ length: count }, (_, i) => list.slice(i * MAX_ITEMS, (i + 1) * MAX_ITEMS));
}
