import { describe, expect, it } from '@jest/globals';
import { clampToDeadline, deadlineOf, finalPollGraceMs, missedDeadlinePoll } from '../../src/poll/deadline.ts';
import { trackedDelivery, pending, sentAt } from '../support/delivery-record.ts';

const polling = { firstDelayMs: 400, factor: 2, maxDelayMs: 60_000, quietMs: 20_000, giveUpAfterMs: 1_000_000 };
const rules = { polling, requestTimeoutMs: 10_000 };
const end = sentAt + 1_000_000;

describe('the deadline', () => {
  it('is counted from when the message left, not from when tracking began', () => {
    expect(deadlineOf(pending({ sentAt: sentAt + 5_000 }), polling)).toBe(end + 5_000);
    expect(deadlineOf(pending({ trackedAt: sentAt - 5_000 }), polling)).toBe(end);
  });

  it.each([
    ['leaves a poll long before it unchanged', end - 500_000, end - 600_000, end - 500_000],
    ['leaves a poll that could just be answered unchanged', end - 10_000, end - 600_000, end - 10_000],
    ['turns a poll shortly before it into the last poll', end - 5_000, end - 600_000, end - 10_000],
    ['turns a poll after it into the last poll', end + 500_000, end - 600_000, end - 10_000],
    ['leaves only the end after the last poll', end + 500_000, end - 10_000, end],
    ['ends the delivery at once when it has passed', end + 500_000, end + 1, end],
  ])('%s', (_name, at, now, expected) => {
    expect(clampToDeadline(at, now, pending(), rules)).toBe(expected);
  });

  it('leaves most of a short life for polls, however long a request may take', () => {
    const short = { polling: { ...polling, giveUpAfterMs: 5_000 }, requestTimeoutMs: 10_000 };
    expect(clampToDeadline(sentAt + 6_000, sentAt, pending(), short)).toBe(sentAt + 4_500);
  });

  it.each([
    ['never polled', -Infinity, true],
    ['was polled long before', end - 500_000, true],
    ['was polled just too early', end - 10_001, true],
    ['had its last poll', end - 10_000, false],
  ])('passed during a sleep if a delivery %s: %p', (_name, lastAttemptAt, expected) => {
    const delivery = trackedDelivery();
    delivery.lastAttemptAt = lastAttemptAt;
    expect(missedDeadlinePoll(delivery, rules)).toBe(expected);
  });

  it.each([
    [1_000, 1_000],
    [600_000, 600_000],
    [48 * 3_600_000, 600_000],
  ])('of %i ms lets the poll after it wait %i ms for room', (giveUpAfterMs, ms) => {
    expect(finalPollGraceMs({ ...polling, giveUpAfterMs })).toBe(ms);
  });
});
