import { describe, expect, it, jest } from '@jest/globals';
import { DeliveryForgottenError, type Deliveries } from 'chime-delivery';

import { replies } from '../support/scripted-service.ts';
import { draft, flush, HOUR, MINUTE, pass, standing, startTracker, statusesOf } from '../support/tracker-kit.ts';

describe('state$', () => {
  it('emits the current state, every change, and completes after the last', async () => {
    const { send, push } = startTracker({ socket: 'up' });
    const delivery = send();
    const [early, late] = [statusesOf(delivery), [] as string[]];
    await pass(100);
    late.push('|', ...statusesOf(delivery));
    const mid = statusesOf(delivery);
    push.tells('m1', 'SENT');
    expect(early).toEqual(['SENDING', 'PENDING', 'SENT', 'complete']);
    expect(late).toEqual(['|', 'PENDING']);
    expect(mid).toEqual(['PENDING', 'SENT', 'complete']);
    expect(statusesOf(delivery)).toEqual(['SENT', 'complete']);
  });

  it('emits a state that a listener has caused once, in order', () => {
    const { tracker, push, track } = startTracker({ socket: 'up' });
    const inside: string[][] = [];
    tracker.once('update', () => {
      const delivery = tracker.track({ channelArn: draft.ChannelArn ?? '', messageId: 'm2' });
      inside.push(statusesOf(delivery));
      push.tells('m2', 'SENT');
      expect(delivery.state.status).toBe('SENT');
    });
    track('m1');
    expect(inside).toEqual([['PENDING', 'SENT', 'complete']]);
  });

  it('emits to a subscriber the change that its own first callback causes', () => {
    const { push, track } = startTracker({ socket: 'up' });
    const statuses: string[] = [];
    track('m1').state$.subscribe({
      next: ({ status }) => {
        statuses.push(status);
        if (status === 'PENDING') push.tells('m1', 'DENIED');
      },
      complete: () => statuses.push('complete'),
    });
    expect(statuses).toEqual(['PENDING', 'DENIED', 'complete']);
  });

  it('emits nothing after an unsubscribe', () => {
    const { push, track } = startTracker({ socket: 'up' });
    const statuses: string[] = [];
    track('m1')
      .state$.subscribe(({ status }) => statuses.push(status))
      .unsubscribe();
    push.tells('m1', 'SENT');
    expect(statuses).toEqual(['PENDING']);
  });
});

describe('get and watch', () => {
  it('find a delivery by our id and by Chime’s MessageId', async () => {
    const { send, tracker } = startTracker();
    const delivery = send();
    expect(tracker.get(delivery.id)).toBe(delivery.state);
    await pass(100);
    expect(tracker.get('m1')).toBe(delivery.state);
    expect(tracker.get(delivery.id)).toBe(delivery.state);
    expect([statusesOf({ state$: tracker.watch('m1') }), statusesOf({ state$: tracker.watch(delivery.id) })]).toEqual([
      ['PENDING'],
      ['PENDING'],
    ]);
  });

  it('return nothing for an unknown id, and complete at once', () => {
    const { tracker } = startTracker();
    expect(tracker.get('nobody')).toBeUndefined();
    expect(statusesOf({ state$: tracker.watch('nobody') })).toEqual(['complete']);
  });

  it('resolve the id at the subscription', () => {
    const { tracker, track } = startTracker();
    const watched = tracker.watch('m1');
    track('m1');
    expect(statusesOf({ state$: watched })).toEqual(['PENDING']);
  });
});

describe('updates$', () => {
  it('is hot: it emits every change of every delivery from the subscription on', async () => {
    const { send, track, push, tracker } = startTracker({ socket: 'up' });
    track('before');
    const updates: string[] = [];
    tracker.updates$.subscribe(({ status, id }) => updates.push(`${status} ${id}`));
    const { id } = send();
    track('after');
    await pass(100);
    push.tells('before', 'FAILED');
    expect(updates).toEqual([`SENDING ${id}`, 'PENDING after', `PENDING ${id}`, 'FAILED before']);
  });
});

describe('deliveries$', () => {
  it('replays all deliveries, and the same reference while nothing changed', async () => {
    const { track, push, service, tracker } = startTracker({ socket: 'down' });
    track('m1');
    track('m2');
    const seen: Deliveries[] = [];
    tracker.deliveries$.subscribe((deliveries) => seen.push(deliveries));
    const others: Deliveries[] = [];
    tracker.deliveries$.subscribe((deliveries) => others.push(deliveries));
    expect(seen.map((deliveries) => [...deliveries.keys()])).toEqual([['m1', 'm2']]);
    expect(others[0]).toBe(seen[0]);
    // A poll that finds nothing new changes nothing.
    await pass(MINUTE);
    expect(service.count()).toBeGreaterThan(4);
    expect(seen).toHaveLength(1);
    push.tells('m2', 'SENT');
    await flush();
    expect(seen).toHaveLength(2);
    expect(seen[1]?.get('m2')).toBe(tracker.get('m2'));
    expect(seen[0]?.get('m2')).toMatchObject({ status: 'PENDING' });
    tracker.deliveries$.subscribe((deliveries) => others.push(deliveries)).unsubscribe();
    expect(others.at(-1)).toBe(seen[1]);
  });

  it('emits once for many synchronous changes', async () => {
    const { track, push, tracker } = startTracker({ socket: 'up' });
    const sizes: string[] = [];
    tracker.deliveries$.subscribe((deliveries) =>
      sizes.push([...deliveries.values()].filter(({ status }) => status === 'SENT').length + ' of ' + deliveries.size),
    );
    for (let i = 0; i < 100; i += 1) track(`m${i}`);
    for (let i = 0; i < 50; i += 1) push.tells(`m${i}`, 'SENT');
    await flush();
    expect(sizes).toEqual(['0 of 0', '50 of 100']);
  });

  it('emits in the next microtask, without any timer', async () => {
    const { track, tracker } = startTracker({ socket: 'up' });
    const sizes: number[] = [];
    tracker.deliveries$.subscribe(({ size }) => sizes.push(size));
    track('m1', { status: 'SENT' });
    for (let i = 0; i < 5; i += 1) await Promise.resolve();
    expect(sizes).toEqual([0, 1]);
    expect(jest.getTimerCount()).toBe(0);
  });
});

describe('forget', () => {
  it('stops tracking, emits nothing, and rejects `settled`', async () => {
    const { track, push, service, tracker, story } = startTracker({ socket: 'down' });
    const delivery = track('m1');
    const statuses = statusesOf(delivery);
    const sizes: number[] = [];
    tracker.deliveries$.subscribe(({ size }) => sizes.push(size));
    await pass(250);
    const requests = service.count();
    expect(tracker.forget('m1')).toBe(true);
    expect(tracker.forget('m1')).toBe(false);
    push.tells('m1', 'SENT');
    await pass(HOUR);
    expect(service.count()).toBe(requests);
    expect(story).toEqual(['update PENDING m1']);
    expect(statuses).toEqual(['PENDING', 'complete']);
    expect(await standing(delivery.settled)).toBeInstanceOf(DeliveryForgottenError);
    expect(tracker.get('m1')).toBeUndefined();
    expect(sizes).toEqual([1, 0]);
    expect(tracker.stats).toMatchObject({ pending: 0, settled: { SENT: 0 } });
  });

  it('works by either id and aborts the request in flight', async () => {
    const { send, service, tracker } = startTracker();
    const sent = send();
    await pass(100);
    service.answer('send', replies.hangs());
    const sending = send();
    service.answer('status', replies.hangs());
    await pass(400);
    expect(service.underWay).toBe(2);
    expect([tracker.forget('m1'), tracker.forget(sending.id)]).toEqual([true, true]);
    await flush();
    expect(service.calls.map(({ endError }) => String(endError)).toSorted()).toEqual([
      'aborted',
      'aborted',
      'answered',
    ]);
    expect([tracker.get(sent.id), tracker.get('m1'), tracker.get(sending.id)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    await pass(HOUR);
    expect(service.count()).toBe(3);
  });

  it('lets the same message be tracked again', async () => {
    const { track, tracker, service } = startTracker();
    const first = track('m1');
    tracker.forget('m1');
    const second = track('m1');
    expect(second).not.toBe(first);
    service.settle('m1', 'SENT');
    await pass(MINUTE);
    expect(second.state.status).toBe('SENT');
    expect(first.state.status).toBe('PENDING');
  });

  it('of a settled delivery keeps its outcome', async () => {
    const { track, tracker } = startTracker();
    const delivery = track('m1', { status: 'FAILED' });
    tracker.forget('m1');
    expect(await delivery.settled).toMatchObject({ status: 'FAILED' });
  });
});
