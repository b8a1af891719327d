import { describe, expect, it } from '@jest/globals';
import { handleOf, stopTracking, snapshotOf, notifyWatchers, TrackedDelivery } from '../../src/core/delivery.ts';
import type { DeliveryState } from '../../src/core/delivery-state.ts';
import type { DeliveryRecord } from '../../src/core/delivery-record.ts';
import { alice, channel, clockOffset, trackedDelivery, pending, sending, sentAt } from '../support/delivery-record.ts';

const closed = new Error('closed');
const sent: Partial<DeliveryRecord> = { status: 'SENT', evidence: 'websocket', settledAt: sentAt + 1 };

/** The calls of an observer of `state$`. */
function listenTo(delivery: TrackedDelivery): string[] {
  const story: string[] = [];
  handleOf(delivery).state$.subscribe({
    next: ({ status }) => story.push(status),
    error: () => story.push('error'),
    complete: () => story.push('end'),
  });
  return story;
}
/** A tracker's reaction to a new report. */
function change(delivery: TrackedDelivery, record: DeliveryRecord): void {
  delivery.record = record;
  notifyWatchers(delivery, record);
}

describe('the state of a delivery', () => {
  it('is frozen, and has only the fields that apply', () => {
    const delivery = new TrackedDelivery(sending());
    const { state } = handleOf(delivery);
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

  it.each<[Partial<DeliveryRecord>, object]>([
    [{}, { messageId: 'm1', status: 'PENDING' }],
    [
      { ...sent, detail: 'ok', subChannelId: 's1' },
      { evidence: 'websocket', settledAt: sentAt + clockOffset + 1, detail: 'ok', subChannelId: 's1' },
    ],
    [
      { status: 'FAILED', evidence: 'rejected', error: closed, settledAt: 1 },
      { evidence: 'rejected', error: closed },
    ],
    [{ isEdit: true }, { operation: 'update' }],
    [{ status: 'UNKNOWN', reason: 'deadline', settledAt: 1 }, { reason: 'deadline' }],
  ])('contains %p', (known, expected) => {
    const state = snapshotOf(trackedDelivery(known));
    expect(state).toMatchObject(expected);
    expect(Object.values(state)).not.toContain(undefined);
  });

  it('is the same object while nothing changed', () => {
    const delivery = trackedDelivery();
    const before = handleOf(delivery).state;
    expect(handleOf(delivery).state).toBe(before);
    delivery.record = pending(sent);
    expect(handleOf(delivery).state).not.toBe(before);
    expect(before.status).toBe('PENDING');
  });

  it('is reached by one handle', () => {
    const delivery = trackedDelivery();
    expect(handleOf(delivery)).toBe(handleOf(delivery));
    expect(handleOf(delivery).id).toBe('m1');
  });
});

describe('the states of a delivery as a stream', () => {
  it('start with the current state, and end after the last', () => {
    const delivery = new TrackedDelivery(sending());
    const early = listenTo(delivery);
    change(delivery, pending());
    const late = listenTo(delivery);
    change(delivery, pending(sent));
    expect(early).toEqual(['SENDING', 'PENDING', 'SENT', 'end']);
    expect(late).toEqual(['PENDING', 'SENT', 'end']);
    expect(listenTo(delivery)).toEqual(['SENT', 'end']);
  });

  it('end without an outcome if tracking ends', () => {
    const delivery = trackedDelivery();
    const story = listenTo(delivery);
    stopTracking(delivery, closed);
    expect([story, listenTo(delivery)]).toEqual([
      ['PENDING', 'end'],
      ['PENDING', 'end'],
    ]);
  });

  it('do not repeat the state that a new subscriber was just given', () => {
    const delivery = trackedDelivery();
    // Announced to earlier subscribers; a new one subscribes in between.
    const story = listenTo(delivery);
    notifyWatchers(delivery, delivery.record);
    expect(story).toEqual(['PENDING']);
  });

  it('continue for other subscribers after one has left', () => {
    const delivery = trackedDelivery();
    const left: DeliveryState[] = [];
    handleOf(delivery)
      .state$.subscribe((state) => left.push(state))
      .unsubscribe();
    const story = listenTo(delivery);
    change(delivery, pending(sent));
    expect([left.length, story]).toEqual([1, ['PENDING', 'SENT', 'end']]);
  });

  it.each(['alone', 'beside another'])('include the change that a listener causes itself, %s', (company) => {
    const delivery = trackedDelivery();
    if (company !== 'alone') listenTo(delivery);
    const story: string[] = [];
    handleOf(delivery).state$.subscribe({
      next: ({ status }) => {
        story.push(status);
        if (status === 'PENDING') change(delivery, pending(sent));
      },
      complete: () => story.push('end'),
    });
    expect(story).toEqual(['PENDING', 'SENT', 'end']);
  });
});

describe('the end of a delivery', () => {
  it('resolves its promise for every caller, before and after', async () => {
    const delivery = trackedDelivery();
    const { settled } = handleOf(delivery);
    expect(handleOf(delivery).settled).toBe(settled);
    change(delivery, pending(sent));
    expect(await settled).toBe(snapshotOf(delivery));
    const later = trackedDelivery(sent);
    expect(await handleOf(later).settled).toMatchObject({ status: 'SENT' });
  });

  it.each(['before', 'after'])('rejects if tracking ended, for every caller %s', async (when) => {
    const delivery = trackedDelivery();
    if (when === 'before') void handleOf(delivery).settled;
    stopTracking(delivery, closed);
    await expect(handleOf(delivery).settled).rejects.toBe(closed);
  });
});
