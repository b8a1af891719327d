import { describe, expect, it } from '@jest/globals';
import { ShownEditContents } from '../../src/core/shown-edit-contents.ts';

const message = { channelArn: 'arn:channel', messageId: 'm1' };
type Reference = Parameters<ShownEditContents['add']>[0];

function shown(...contents: readonly (readonly [digest: number | undefined, at: number])[]): ShownEditContents {
  const all = new ShownEditContents();
  for (const [contentDigest, at] of contents) all.add({ ...message, contentDigest } as Reference, at);
  return all;
}

describe('the contents that events have shown', () => {
  it('have a content from the time when it was shown last', () => {
    const all = shown([1, 100], [2, 200], [1, 300]);
    expect([299, 300, 301].map((since) => all.has(message, 1, since))).toEqual([true, true, false]);
    expect([200, 201].map((since) => all.has(message, 2, since))).toEqual([true, false]);
  });

  it('have nothing of another message, another content, or an event without content', () => {
    const all = shown([1, 100], [undefined, 100]);
    expect(all.has({ ...message, messageId: 'm2' }, 1, 0)).toBe(false);
    expect(all.has({ ...message, channelArn: 'arn:other' }, 1, 0)).toBe(false);
    expect(all.has(message, 2, 0)).toBe(false);
    expect(all.has(message, undefined, 0)).toBe(false);
  });

  it('count the others that may be pending together with an edit: shown up to a minute before it began', () => {
    const all = shown([1, 39_999], [2, 40_000], [3, 200_000]);
    expect(all.countOthers(message, new Set([3]), 100_000)).toBe(1);
    expect(all.countOthers(message, new Set(), 100_000)).toBe(2);
  });

  it('keep the twenty latest of a message', () => {
    const all = shown(...Array.from({ length: 21 }, (_, i) => [i, i] as const));
    expect([0, 1].map((digest) => all.has(message, digest, 0))).toEqual([false, true]);
  });
});
