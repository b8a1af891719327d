import { describe, expect, it } from '@jest/globals';
import { deliveryOf, endTracking, stateOf, tellWatchers } from '../../src/core/delivery.ts';
import type { DeliveryState } from '../../src/core/delivery-state.ts';
import { Entry } from '../../src/core/entry.ts';
import type { Known } from '../../src/core/known.ts';
import { alice, channel, clockOffset, entryOf, pending, sending, sentAt } from '../support/known.ts';

const closed = new Error('closed');
const sent: Partial<Known> = { status: 'SENT', evidence: 'websocket', settledAt: sentAt + 1 };

/** What an observer of `state$` hears. */
function listenTo(entry: Entry): string[] {
  const story: string[] = [];
  deliveryOf(entry).state$.subscribe({
    next: ({ status }) => story.push(status),
    error: () => story.push('error'),
    complete: () => story.push('end'),
  });
  return story;
}
/** What a tracker does when something new is known. */
function change(entry: Entry, known: Known): void {
  entry.known = known;
  tellWatchers(entry, known);
}

describe('the state of a delivery', () => {
  it('is frozen, and holds just what is true in it', () => {
    const entry = new Entry(sending());
    const { state } = deliveryOf(entry);
    expect(state).toEqual({
      id: 'token-1',
      operation: 'create',
      channelArn: channel,
      chimeBearer: alice,
      status: 'SENDING',
      trackedAt: sentAt + clockOffset,
      polls: 0,
    });
    expect([Object.isFrozen(state), 'messageId' in state]).toEqual([true, false]);
  });

  it.each<[Partial<Known>, object]>([
    [{}, { messageId: 'm1', status: 'PENDING' }],
    [
      { ...sent, detail: 'ok', subChannelId: 's1' },
      { evidence: 'websocket', settledAt: sentAt + clockOffset + 1, detail: 'ok', subChannelId: 's1' },
    ],
    [
      { status: 'FAILED', evidence: 'rejected', error: closed, settledAt: 1 },
      { evidence: 'rejected', error: closed },
    ],
    [{ update: true }, { operation: 'update' }],
    [{ status: 'UNKNOWN', reason: 'deadline', settledAt: 1 }, { reason: 'deadline' }],
  ])('tells %p', (known, expected) => {
    const state = stateOf(entryOf(known));
    expect(state).toMatchObject(expected);
    expect(Object.values(state)).not.toContain(undefined);
  });

  it('is the same object while nothing changed', () => {
    const entry = entryOf();
    const before = deliveryOf(entry).state;
    expect(deliveryOf(entry).state).toBe(before);
    entry.known = pending(sent);
    expect(deliveryOf(entry).state).not.toBe(before);
    expect(before.status).toBe('PENDING');
  });

  it('is reached by one handle', () => {
    const entry = entryOf();
    expect(deliveryOf(entry)).toBe(deliveryOf(entry));
    expect(deliveryOf(entry).id).toBe('m1');
  });
});

describe('the states of a delivery as a stream', () => {
  it('begin with the state now, and end after the last', () => {
    const entry = new Entry(sending());
    const early = listenTo(entry);
    change(entry, pending());
    const late = listenTo(entry);
    change(entry, pending(sent));
    expect(early).toEqual(['SENDING', 'PENDING', 'SENT', 'end']);
    expect(late).toEqual(['PENDING', 'SENT', 'end']);
    expect(listenTo(entry)).toEqual(['SENT', 'end']);
  });

  it('end without an outcome where tracking ends', () => {
    const entry = entryOf();
    const story = listenTo(entry);
    endTracking(entry, closed);
    expect([story, listenTo(entry)]).toEqual([
      ['PENDING', 'end'],
      ['PENDING', 'end'],
    ]);
  });

  it('do not tell twice what a newcomer was just handed', () => {
    const entry = entryOf();
    // Announced to those who listened before; a newcomer subscribes in between.
    const story = listenTo(entry);
    tellWatchers(entry, entry.known);
    expect(story).toEqual(['PENDING']);
  });

  it('can be left, and the others go on', () => {
    const entry = entryOf();
    const left: DeliveryState[] = [];
    deliveryOf(entry)
      .state$.subscribe((state) => left.push(state))
      .unsubscribe();
    const story = listenTo(entry);
    change(entry, pending(sent));
    expect([left.length, story]).toEqual([1, ['PENDING', 'SENT', 'end']]);
  });

  it.each(['alone', 'beside another'])('tell a listener of the change that it causes by itself, %s', (company) => {
    const entry = entryOf();
    if (company !== 'alone') listenTo(entry);
    const story: string[] = [];
    deliveryOf(entry).state$.subscribe({
      next: ({ status }) => {
        story.push(status);
        if (status === 'PENDING') change(entry, pending(sent));
      },
      complete: () => story.push('end'),
    });
    expect(story).toEqual(['PENDING', 'SENT', 'end']);
  });
});

describe('the end of a delivery', () => {
  it('is told by its promise, to whoever asks, before and after', async () => {
    const entry = entryOf();
    const { settled } = deliveryOf(entry);
    expect(deliveryOf(entry).settled).toBe(settled);
    change(entry, pending(sent));
    expect(await settled).toBe(stateOf(entry));
    const later = entryOf(sent);
    expect(await deliveryOf(later).settled).toMatchObject({ status: 'SENT' });
  });

  it.each(['before', 'after'])('is a rejection where tracking ended, for whoever asks %s', async (when) => {
    const entry = entryOf();
    if (when === 'before') void deliveryOf(entry).settled;
    endTracking(entry, closed);
    await expect(deliveryOf(entry).settled).rejects.toBe(closed);
  });
});
