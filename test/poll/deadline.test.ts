import { describe, expect, it } from '@jest/globals';
import { clampToDeadline, deadlineOf, finalLookGraceMs, overslept } from '../../src/poll/deadline.ts';
import { entryOf, pending, sentAt } from '../support/known.ts';

const polling = { firstDelayMs: 400, factor: 2, maxDelayMs: 60_000, quietMs: 20_000, giveUpAfterMs: 1_000_000 };
const rules = { polling, requestTimeoutMs: 10_000 };
const end = sentAt + 1_000_000;

describe('the deadline', () => {
  it('is counted from when the message left, not from when tracking began', () => {
    expect(deadlineOf(pending({ sentAt: sentAt + 5_000 }), polling)).toBe(end + 5_000);
    expect(deadlineOf(pending({ trackedAt: sentAt - 5_000 }), polling)).toBe(end);
  });

  it.each([
    ['a look long before it stays', end - 500_000, end - 600_000, end - 500_000],
    ['a look that could just be answered stays', end - 10_000, end - 600_000, end - 10_000],
    ['a look shortly before it becomes the last look', end - 5_000, end - 600_000, end - 10_000],
    ['a look after it becomes the last look', end + 500_000, end - 600_000, end - 10_000],
    ['after the last look, only the end is left', end + 500_000, end - 10_000, end],
    ['after the deadline, the end is at once', end + 500_000, end + 1, end],
  ])('%s', (_name, at, now, expected) => {
    expect(clampToDeadline(at, now, pending(), rules)).toBe(expected);
  });

  it('leaves most of a short life for looks, however long a request may take', () => {
    const short = { polling: { ...polling, giveUpAfterMs: 5_000 }, requestTimeoutMs: 10_000 };
    expect(clampToDeadline(sentAt + 6_000, sentAt, pending(), short)).toBe(sentAt + 4_500);
  });

  it.each([
    ['never looked', -Infinity, true],
    ['looked long before', end - 500_000, true],
    ['looked just too early', end - 10_001, true],
    ['had its last look', end - 10_000, false],
  ])('was slept through, where a delivery %s: %p', (_name, triedAt, expected) => {
    const entry = entryOf();
    entry.triedAt = triedAt;
    expect(overslept(entry, rules)).toBe(expected);
  });

  it.each([
    [1_000, 1_000],
    [600_000, 600_000],
    [48 * 3_600_000, 600_000],
  ])('of %i ms lets the look after it wait %i ms for room', (giveUpAfterMs, ms) => {
    expect(finalLookGraceMs({ ...polling, giveUpAfterMs })).toBe(ms);
  });
});
