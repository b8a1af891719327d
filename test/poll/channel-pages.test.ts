import { describe, expect, it } from '@jest/globals';
import type { Entry } from '../../src/core/entry.ts';
import { ChannelPages, type PagePick } from '../../src/poll/channel-pages.ts';
import type { PageReading } from '../../src/poll/list-page.ts';
import { useFakeTime } from '../support/fake-time.ts';
import { clockOffset, entryOf, sentAt } from '../support/known.ts';

useFakeTime(clockOffset);

const limit = { requestsPerSecond: 5, burst: 5 };
const MINUTE = 60_000;
const now = sentAt + 10 * MINUTE;
const shown = { contentDigest: undefined, editedAt: undefined };
const row = { word: 'SENT', status: 'SENT', detail: undefined, shown } as const;

function pages(random = 0.5): ChannelPages {
  return new ChannelPages(limit, () => random);
}

/** Messages sent a second apart, the newest first. */
function sent(count: number, fields: object = {}): Entry[] {
  return Array.from({ length: count }, (_, i) => {
    const at = now - 5_000 - i * 1_000;
    return entryOf({ id: `m${i}`, messageId: `m${i}`, sentAt: at, trackedAt: at, ...fields });
  });
}

function rowsOf(entries: readonly Entry[], token?: string, strangers = 0): PageReading {
  const ids = [...entries.map(({ known }) => known.id), ...Array.from({ length: strangers }, (_, i) => `s${i}`)];
  return { kind: 'rows', rows: new Map(ids.map((id) => [id, row])), token };
}

/** Of `due` it is the turn of the first. */
function choose(channel: ChannelPages, [first, ...others]: readonly Entry[], at: number): PagePick | undefined {
  return first && channel.choose(first, others, at);
}

function chosen(channel: ChannelPages, due: readonly Entry[], at = now): PagePick {
  const pick = choose(channel, due, at);
  if (pick === undefined) throw new Error('Expected a page to be chosen.');
  return pick;
}

describe('the pages of a channel', () => {
  it('begin a margin before the oldest that is wanted', () => {
    const due = sent(10);
    const { order, entries } = chosen(pages(), due);
    expect(entries).toEqual(due);
    expect(order).toMatchObject({ token: undefined, notBefore: clockOffset + now - 14_000 - 15 * MINUTE });
  });

  it('want no edits, no NON_PERSISTENT messages, and nobody who waits for a confirmation', () => {
    const plain = sent(3);
    const odd = [...sent(2, { provable: false }), ...sent(2, { misses: 1 })];
    expect(chosen(pages(), [...plain, ...odd]).entries).toEqual(plain);
    expect(choose(pages(), [...sent(2), ...odd], now)).toBeUndefined();
    // It is the turn of one whom no page can settle.
    expect(choose(pages(), [...odd, ...plain], now)).toBeUndefined();
  });

  it('are asked for one after the other', () => {
    const channel = pages();
    const due = sent(10);
    const pick = chosen(channel, due);
    expect(choose(channel, due, now)).toBeUndefined();
    channel.learn(pick, { kind: 'nothing' }, new Set(), now);
    expect(choose(channel, due, now)).toBeDefined();
  });

  it('go on from where the last one ended, for those who may stand there', () => {
    const channel = pages();
    const due = sent(80);
    const first = due.slice(0, 50);
    channel.learn(chosen(channel, due), rowsOf(first, 'next'), new Set(first), now);
    const { order, entries } = chosen(channel, due.slice(50));
    expect(order.token).toBe('next');
    expect(entries).toEqual(due.slice(50));
  });

  it('do not go on for those who came since the last one: they are asked for alone, or by a page of their own', () => {
    const channel = pages();
    const due = sent(80);
    const first = due.slice(0, 50);
    const rest = due.slice(50);
    channel.learn(chosen(channel, due), rowsOf(first, 'next'), new Set(first), now);
    const late = sent(3, { sentAt: now, trackedAt: now });
    expect(choose(channel, [...late.slice(0, 1), ...rest], now)).toBeUndefined();
    const fresh = chosen(channel, [...late, ...rest]);
    expect([fresh.order.token, fresh.entries]).toEqual([undefined, late]);
    channel.learn(fresh, rowsOf(late), new Set(late), now);
    expect(chosen(channel, rest).order.token).toBe('next');
  });

  it('do not go on where too few of the rows are ours', () => {
    const channel = pages();
    const due = sent(80);
    const first = due.slice(0, 2);
    channel.learn(chosen(channel, due), rowsOf(first, 'next', 48), new Set(first), now);
    expect(choose(channel, due.slice(2), now)).toBeUndefined();
  });

  it('do not go on from a token that is old, or for those who are settled meanwhile', () => {
    const due = sent(80);
    const first = due.slice(0, 50);
    const begin = (): ChannelPages => {
      const channel = pages();
      channel.learn(chosen(channel, due), rowsOf(first, 'next'), new Set(first), now);
      return channel;
    };
    expect(chosen(begin(), due.slice(50), now + 2 * MINUTE).order.token).toBeUndefined();
    expect(choose(begin(), due.slice(78), now)).toBeUndefined();
  });

  it('leave alone whom they should have shown, until it was asked for and is pending still', () => {
    const channel = pages();
    const due = sent(10);
    const shown = due.slice(0, 6);
    channel.learn(chosen(channel, due), rowsOf(shown), new Set(shown), now);
    const rest = due.slice(6);
    expect(choose(channel, rest, now)).toBeUndefined();
    for (const entry of rest) channel.rejoin(entry);
    expect(chosen(channel, rest).entries).toEqual(rest);
  });

  it('do not trust our order of messages that were tracked at the same moment', () => {
    const channel = pages();
    const due = sent(80, { sentAt: now, trackedAt: now });
    const first = due.slice(30);
    channel.learn(chosen(channel, due), rowsOf(first, 'next'), new Set(first), now);
    expect(chosen(channel, due.slice(0, 30)).order.token).toBe('next');
  });

  it('rest after a failure, and twice as long after each further one', () => {
    const channel = pages();
    const due = sent(10);
    let at = now;
    const rests: number[] = [];
    for (let i = 0; i < 9; i += 1) {
      channel.learn(chosen(channel, due, at), { kind: 'failed' }, new Set(), at);
      const begun = at;
      while (choose(channel, due, at) === undefined) at += 500;
      channel.learn({ ...chosen(pages(), due), entries: [] }, { kind: 'nothing' }, new Set(), at);
      rests.push(at - begun);
    }
    expect(rests).toEqual([7_500, 15_000, 30_000, 60_000, 90_000, 90_000, 90_000, 90_000, 90_000]);
  });

  it('rest where they show almost nobody', () => {
    const channel = pages();
    const due = sent(10);
    channel.learn(chosen(channel, due), rowsOf([], 'next', 50), new Set(), now);
    const others = sent(10);
    expect(choose(channel, others, now + 7_000)).toBeUndefined();
    expect(choose(channel, others, now + 8_000)).toBeDefined();
  });

  it('are remembered for two hundred channels', () => {
    const channel = pages();
    const failed = sent(10);
    channel.learn(chosen(channel, failed), { kind: 'failed' }, new Set(), now);
    const visit = (count: number): void => {
      for (let i = 0; i < count; i += 1) {
        const due = sent(10, { channelArn: `arn:${count}:${i}` });
        channel.learn(chosen(channel, due), { kind: 'nothing' }, new Set(), now);
      }
    };
    visit(199);
    expect(choose(channel, failed, now)).toBeUndefined();
    visit(200);
    expect(choose(channel, failed, now)).toBeDefined();
  });
});

describe('a reconnect', () => {
  it('asks for those of one channel at one moment, spread against the other members', () => {
    expect(pages(0.5).gather(sent(500), 750, now)).toBeCloseTo(0.5 * Math.max(750, 504_000 / 500));
    expect(pages(0.5).gather(sent(50, { sentAt: now - 1_000 }), 750, now)).toBe(375);
  });

  it('asks for each by itself where a page would not pay', () => {
    expect(pages().gather(sent(2), 750, now)).toBeUndefined();
    expect(pages().gather(sent(9, { provable: false }), 750, now)).toBeUndefined();
  });

  it('ends the rest that pages needed before it', () => {
    const channel = pages();
    const due = sent(20, { sentAt: now });
    for (let i = 0; i < 3; i += 1) {
      channel.learn(chosen(channel, due), { kind: 'failed' }, new Set(), now);
      expect(choose(channel, due, now + 7_000)).toBeUndefined();
      expect(channel.gather(due, 0, now)).toBe(0);
    }
    expect(choose(channel, due, now)).toBeDefined();
  });

  it('asks for few of a long outage one by one, and for no page of that channel before its time', () => {
    const channel = pages(0.5);
    const due = sent(4, { sentAt: now - MINUTE });
    expect(channel.gather(due, 750, now)).toBeUndefined();
    expect(choose(channel, due, now + 7_000)).toBeUndefined();
    expect(choose(channel, due, now + 8_000)).toBeDefined();
  });
});
