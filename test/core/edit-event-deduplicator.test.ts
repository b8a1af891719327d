import { describe, expect, it } from '@jest/globals';
import { digestOf } from '../../src/shared/digest.ts';
import { EditEventDeduplicator } from '../../src/core/edit-event-deduplicator.ts';

describe('an event about an edit', () => {
  it('counts once, even if copies of it come up to five seconds later', () => {
    const events = new EditEventDeduplicator();
    expect([0, 0, 4_999].map((at) => events.isFirst(1, at))).toEqual([true, false, false]);
  });

  it('that comes again later is about another edit with the same content', () => {
    const events = new EditEventDeduplicator();
    expect([0, 5_000, 9_999, 10_000].map((at) => events.isFirst(1, at))).toEqual([true, true, false, true]);
  });

  it('is no copy of another one', () => {
    const events = new EditEventDeduplicator();
    expect([1, 2, 1].map((digest) => events.isFirst(digest, 0))).toEqual([true, true, false]);
  });

  it('is one of the latest thousand', () => {
    const events = new EditEventDeduplicator();
    for (let i = 0; i < 1_001; i += 1) events.isFirst(i, 0);
    expect([1_000, 1, 0].map((i) => events.isFirst(i, 1))).toEqual([false, false, true]);
  });
});

describe('a digest', () => {
  it('is the same for the same text, and a whole number', () => {
    expect(digestOf('hello')).toBe(digestOf('hello'));
    expect(Number.isSafeInteger(digestOf('x'.repeat(4_096)))).toBe(true);
  });

  it('differs for texts that differ a little', () => {
    const texts = [
      '',
      ' ',
      'hello',
      'hello ',
      'Hello',
      'olleh',
      'hell0',
      'h\u00e9llo',
      'he\u0301llo',
      '\ud83d\ude00',
      '\ud83d\ude01',
    ];
    for (let i = 0; i < 20_000; i += 1) texts.push(`message ${i}`);
    expect(new Set(texts.map(digestOf)).size).toBe(texts.length);
  });

  it('accepts half a surrogate pair like any other text', () => {
    expect(digestOf('\ud83d')).not.toBe(digestOf('\ude00'));
  });
});
