/**
 * Encodes lists for the channel: each item has only the fields that differ from the item before, and a message has a limited
 * number of items. Most deliveries of a tab have the same bearer and channel. Pure.
 */
import { asObject } from '../../shared/unknown-json.ts';

/** The most items in one message, so that parsing it does not block a tab for long. */
const MAX_ITEMS = 500;

export function encodeList(items: readonly object[]): object[] {
  let before: object = {};
  return items.map((item) => {
    const fields = asObject(before);
    const names = new Set([...Object.keys(before), ...Object.keys(item)]);
    const changed = [...names].filter((name) => asObject(item)?.[name] !== fields?.[name]);
    before = item;
    return Object.fromEntries(changed.map((name) => [name, asObject(item)?.[name]]));
  });
}

/** Decodes a list; returns any other value unchanged. */
export function decodeList(encoded: unknown): unknown {
  if (!Array.isArray(encoded)) return encoded;
  let before: object = {};
  return encoded.map((item: unknown) =>
    asObject(item) === undefined ? item : (before = { ...before, ...(item as object) }),
  );
}

/** Splits a list into at least one part of at most `MAX_ITEMS`. */
export function chunksOf<T>(list: readonly T[]): readonly T[][] {
  const count = Math.max(1, Math.ceil(list.length / MAX_ITEMS));
  return Array.from({ length: count }, (_, i) => list.slice(i * MAX_ITEMS, (i + 1) * MAX_ITEMS));
}
