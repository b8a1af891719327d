import { describe, expect, it } from '@jest/globals';
import type { TrackedDelivery } from '../../../src/core/delivery.ts';
import { ChannelPages, type PagePick } from '../../../src/features/batch-polling/channel-pages.ts';
import type { PageResult } from '../../../src/features/batch-polling/list-messages.ts';
import { useFakeTime } from '../../support/fake-time.ts';
import { clockOffset, trackedDelivery, sentAt } from '../../support/delivery-record.ts';

useFakeTime(clockOffset);

const limit = { requestsPerSecond: 5, burst: 5 };
const MINUTE = 60_000;
const now = sentAt + 10 * MINUTE;
const shown = { contentDigest: undefined, editedAt: undefined };
const row = { raw: 'SENT', status: 'SENT', detail: undefined, shown } as const;

function pages(random = 0.5): ChannelPages {
  return new ChannelPages(limit, () => random);
}

/** Messages sent a second apart, the newest first. */
function sent(count: number, fields: object = {}): TrackedDelivery[] {
  return Array.from({ length: count }, (_, i) => {
    const at = now - 5_000 - i * 1_000;
    return trackedDelivery({ id: `m${i}`, messageId: `m${i}`, sentAt: at, trackedAt: at, ...fields });
  });
}

function rowsOf(deliveries: readonly TrackedDelivery[], token?: string, strangers = 0): PageResult {
  const ids = [...deliveries.map(({ record }) => record.id), ...Array.from({ length: strangers }, (_, i) => `s${i}`)];
  return { kind: 'rows', rows: new Map(ids.map((id) => [id, row])), token };
}

/** The first of `due` is next. */
function choose(
  channel: ChannelPages,
  [first, ...others]: readonly TrackedDelivery[],
  at: number,
): PagePick | undefined {
  return first && channel.pick(first, others, at);
}

function chosen(channel: ChannelPages, due: readonly TrackedDelivery[], at = now): PagePick {
  const pick = choose(channel, due, at);
  if (pick === undefined) throw new Error('Expected a page to be chosen.');
  return pick;
}

describe('the pages of a channel', () => {
  it('start a margin before the oldest wanted message', () => {
    const due = sent(10);
    const { address, deliveries } = chosen(pages(), due);
    expect(deliveries).toEqual(due);
    expect(address).toMatchObject({ token: undefined, notBefore: clockOffset + now - 14_000 - 15 * MINUTE });
  });

  it('exclude edits, NON_PERSISTENT messages and deliveries that wait for a confirmation', () => {
    const plain = sent(3);
    const odd = [...sent(2, { missingMeansDenied: false }), ...sent(2, { missingCount: 1 })];
    expect(chosen(pages(), [...plain, ...odd]).deliveries).toEqual(plain);
    expect(choose(pages(), [...sent(2), ...odd], now)).toBeUndefined();
    // The next one is a delivery that no page can settle.
    expect(choose(pages(), [...odd, ...plain], now)).toBeUndefined();
  });

  it('are requested one after the other', () => {
    const channel = pages();
    const due = sent(10);
    const pick = chosen(channel, due);
    expect(choose(channel, due, now)).toBeUndefined();
    channel.recordPage(pick, { kind: 'nothing' }, new Set(), now);
    expect(choose(channel, due, now)).toBeDefined();
  });

  it('continue where the last page ended, for the deliveries that may be there', () => {
    const channel = pages();
    const due = sent(80);
    const first = due.slice(0, 50);
    channel.recordPage(chosen(channel, due), rowsOf(first, 'next'), new Set(first), now);
    const { address, deliveries } = chosen(channel, due.slice(50));
    expect(address.token).toBe('next');
    expect(deliveries).toEqual(due.slice(50));
  });

  it('do not continue for deliveries that came since the last page: those are polled singly or by a page of their own', () => {
    const channel = pages();
    const due = sent(80);
    const first = due.slice(0, 50);
    const rest = due.slice(50);
    channel.recordPage(chosen(channel, due), rowsOf(first, 'next'), new Set(first), now);
    const late = sent(3, { sentAt: now, trackedAt: now });
    expect(choose(channel, [...late.slice(0, 1), ...rest], now)).toBeUndefined();
    const fresh = chosen(channel, [...late, ...rest]);
    expect([fresh.address.token, fresh.deliveries]).toEqual([undefined, late]);
    channel.recordPage(fresh, rowsOf(late), new Set(late), now);
    expect(chosen(channel, rest).address.token).toBe('next');
  });

  it('do not continue if too few of the rows are ours', () => {
    const channel = pages();
    const due = sent(80);
    const first = due.slice(0, 2);
    channel.recordPage(chosen(channel, due), rowsOf(first, 'next', 48), new Set(first), now);
    expect(choose(channel, due.slice(2), now)).toBeUndefined();
  });

  it('do not continue from an old token, or for deliveries that have settled meanwhile', () => {
    const due = sent(80);
    const first = due.slice(0, 50);
    const begin = (): ChannelPages => {
      const channel = pages();
      channel.recordPage(chosen(channel, due), rowsOf(first, 'next'), new Set(first), now);
      return channel;
    };
    expect(chosen(begin(), due.slice(50), now + 2 * MINUTE).address.token).toBeUndefined();
    expect(choose(begin(), due.slice(79), now)).toBeUndefined();
  });

  it('are cut out at once where the last one began with the newest rows, and did not come to those that are due', () => {
    const channel = pages();
    const all = sent(200);
    const due = all.slice(197);
    const newest = all.slice(0, 50);
    const times = { aheadMs: 0, rowsPerMs: 0.001 };
    const own = {
      rows: 50,
      rowsEach: 1,
      oldest: newest.at(-1)!.record.sentAt,
      newest: newest[0]!.record.sentAt,
      times,
    };
    channel.recordPage(chosen(channel, due), rowsOf(newest, 'next'), new Set(), now, own);
    const { deliveries, first, address } = chosen(channel, all.slice(180, 190), now + 1);
    expect(deliveries).toHaveLength(10);
    expect(first).toBe(all[180]);
    expect(address.notAfter).toBe(all[180]!.record.sentAt);
  });

  it('leave out a delivery that they should have shown until it was polled singly and is still pending', () => {
    const channel = pages();
    const due = sent(10);
    const shown = due.slice(0, 6);
    channel.recordPage(chosen(channel, due), rowsOf(shown), new Set(shown), now);
    const rest = due.slice(6);
    expect(choose(channel, rest, now)).toBeUndefined();
    for (const delivery of rest) channel.readmit(delivery);
    expect(chosen(channel, rest).deliveries).toEqual(rest);
  });

  it('do not rely on our order of messages that were tracked at the same moment', () => {
    const channel = pages();
    const due = sent(80, { sentAt: now, trackedAt: now });
    const first = due.slice(30);
    channel.recordPage(chosen(channel, due), rowsOf(first, 'next'), new Set(first), now);
    expect(chosen(channel, due.slice(0, 30)).address.token).toBe('next');
  });

  it('back off after a failure, twice as long after each further one', () => {
    const channel = pages();
    const due = sent(10);
    let at = now;
    const rests: number[] = [];
    for (let i = 0; i < 9; i += 1) {
      channel.recordPage(chosen(channel, due, at), { kind: 'failed' }, new Set(), at);
      const begun = at;
      while (choose(channel, due, at) === undefined) at += 500;
      channel.recordPage({ ...chosen(pages(), due), deliveries: [] }, { kind: 'nothing' }, new Set(), at);
      rests.push(at - begun);
    }
    expect(rests).toEqual([7_500, 15_000, 30_000, 60_000, 90_000, 90_000, 90_000, 90_000, 90_000]);
  });

  it('back off if they show almost none of our messages', () => {
    const channel = pages();
    const due = sent(10);
    channel.recordPage(chosen(channel, due), rowsOf([], 'next', 50), new Set(), now);
    const others = sent(10);
    expect(choose(channel, others, now + 7_000)).toBeUndefined();
    expect(choose(channel, others, now + 8_000)).toBeDefined();
  });

  it('are kept for two hundred channels', () => {
    const channel = pages();
    const failed = sent(10);
    channel.recordPage(chosen(channel, failed), { kind: 'failed' }, new Set(), now);
    const visit = (count: number): void => {
      for (let i = 0; i < count; i += 1) {
        const due = sent(10, { channelArn: `arn:${count}:${i}` });
        channel.recordPage(chosen(channel, due), { kind: 'nothing' }, new Set(), now);
      }
    };
    visit(199);
    expect(choose(channel, failed, now)).toBeUndefined();
    visit(200);
    expect(choose(channel, failed, now)).toBeDefined();
  });
});

describe('a reconnect', () => {
  it('polls the deliveries of one channel at one moment, spread against the other members', () => {
    expect(pages(0.5).delay(sent(500), 750, now)).toBeCloseTo(0.5 * Math.max(750, 504_000 / 500));
    expect(pages(0.5).delay(sent(50, { sentAt: now - 1_000 }), 750, now)).toBe(375);
  });

  it('polls each delivery singly if a page does not pay', () => {
    expect(pages().delay(sent(2), 750, now)).toBeUndefined();
    expect(pages().delay(sent(9, { missingMeansDenied: false }), 750, now)).toBeUndefined();
  });

  it('ends the backoff of the pages', () => {
    const channel = pages();
    const due = sent(20, { sentAt: now });
    for (let i = 0; i < 3; i += 1) {
      channel.recordPage(chosen(channel, due), { kind: 'failed' }, new Set(), now);
      expect(choose(channel, due, now + 7_000)).toBeUndefined();
      expect(channel.delay(due, 0, now)).toBe(0);
    }
    expect(choose(channel, due, now)).toBeDefined();
  });

  it('polls a few deliveries singly after a long outage, and requests no page of that channel before its time', () => {
    const channel = pages(0.5);
    const due = sent(4, { sentAt: now - MINUTE });
    expect(channel.delay(due, 750, now)).toBeUndefined();
    expect(choose(channel, due, now + 7_000)).toBeUndefined();
    expect(choose(channel, due, now + 8_000)).toBeDefined();
  });
});
