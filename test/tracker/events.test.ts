import { describe, expect, it } from '@jest/globals';
import type { DeliveryState } from 'chime-delivery';

import { replies } from '../support/scripted-service.ts';
import { draft, flush, MINUTE, pass, SECOND, startTracker } from '../support/tracker-kit.ts';

describe('the events of a delivery', () => {
  it('come in order: each update, then the event of its outcome, then settled, once', async () => {
    const { send, push, story } = startTracker({ socket: 'up' });
    for (const word of ['SENT', 'FAILED', 'DENIED'] as const) {
      send();
      await pass(100);
      push.tells(`m${['SENT', 'FAILED', 'DENIED'].indexOf(word) + 1}`, word);
    }
    expect(story).toEqual([
      'update SENDING no id',
      'update PENDING m1',
      'update SENT m1',
      'sent SENT m1',
      'settled SENT m1',
      'update SENDING no id',
      'update PENDING m2',
      'update FAILED m2',
      'failed FAILED m2',
      'settled FAILED m2',
      'update SENDING no id',
      'update PENDING m3',
      'update DENIED m3',
      'failed DENIED m3',
      'settled DENIED m3',
    ]);
  });

  it('carry frozen states, the same object for all listeners', async () => {
    const { track, push, tracker } = startTracker({ socket: 'up' });
    const heard: DeliveryState[] = [];
    tracker.on('update', (state) => heard.push(state));
    tracker.on('sent', (state) => heard.push(state));
    tracker.on('settled', (state) => heard.push(state));
    tracker.updates$.subscribe((state) => heard.push(state));
    const delivery = track('m1');
    heard.length = 0;
    push.tells('m1', 'SENT');
    expect(heard).toHaveLength(4);
    expect(new Set([...heard, delivery.state, tracker.get('m1')]).size).toBe(1);
    expect(Object.isFrozen(delivery.state)).toBe(true);
    expect(delivery.state).toEqual({
      id: 'm1',
      operation: 'create',
      messageId: 'm1',
      channelArn: draft.ChannelArn,
      chimeBearer: expect.any(String),
      status: 'SENT',
      evidence: 'websocket',
      trackedAt: Date.now(),
      settledAt: Date.now(),
      polls: 0,
    });
  });

  it('of a message whose outcome is known when tracking begins are complete as well', () => {
    const { track, story } = startTracker();
    track('m1', { status: 'SENT' });
    expect(story).toEqual(['update SENT m1', 'sent SENT m1', 'settled SENT m1']);
  });

  it('are counted before listeners are called', () => {
    const { track, push, tracker } = startTracker({ socket: 'up' });
    const counts: unknown[] = [];
    tracker.on('settled', () =>
      counts.push([tracker.stats.pending, tracker.stats.settled.SENT, tracker.stats.evidence.websocket]),
    );
    track('m1');
    track('m2');
    push.tells('m1', 'SENT');
    push.tells('m2', 'SENT');
    expect(counts).toEqual([
      [1, 1, 1],
      [0, 2, 2],
    ]);
  });
});

describe('listeners', () => {
  it('are called according to on, once and off', () => {
    const { track, tracker } = startTracker();
    const heard: string[] = [];
    const on = (): void => void heard.push('on');
    const gone = (): void => void heard.push('gone');
    tracker.on('update', on).once('update', () => heard.push('once'));
    tracker
      .on('update', gone)
      .off('update', gone)
      .off('update', () => undefined);
    track('m1');
    track('m2');
    expect(heard).toEqual(['on', 'once', 'on']);
  });

  it('that were added with once can be removed', () => {
    const { track, tracker } = startTracker();
    const heard: string[] = [];
    const once = (): void => void heard.push('once');
    tracker.once('update', once).off('update', once);
    track('m1');
    expect(heard).toEqual([]);
  });

  it('that throw affect no other: the others get every event, and the error event reports it', async () => {
    const { send, push, tracker, story, errors } = startTracker({ socket: 'up' });
    for (const event of ['update', 'sent', 'settled'] as const) {
      tracker.on(event, () => {
        throw new Error(`bad ${event} listener`);
      });
    }
    const later: string[] = [];
    tracker.on('settled', ({ status }) => later.push(status));
    const delivery = send();
    await pass(100);
    push.tells('m1', 'SENT');
    expect(await delivery.settled).toMatchObject({ status: 'SENT' });
    expect(later).toEqual(['SENT']);
    expect(story.filter((line) => line !== 'error')).toEqual([
      'update SENDING no id',
      'update PENDING m1',
      'update SENT m1',
      'sent SENT m1',
      'settled SENT m1',
    ]);
    expect(errors).toMatchObject(
      ['update', 'update', 'update', 'sent', 'settled'].map((event) => ({ code: 'LISTENER_FAILED', event })),
    );
  });

  it('for error that throw are logged, and nothing else', () => {
    const { track, tracker, logged } = startTracker();
    tracker.on('error', () => {
      throw new Error('bad error listener');
    });
    tracker.on('update', () => {
      throw new Error('bad update listener');
    });
    track('m1');
    expect(logged.filter((line) => line.startsWith('error'))).toHaveLength(2);
    expect(tracker.get('m1')?.status).toBe('PENDING');
  });

  it('may send, track and forget: every listener gets the events in order', async () => {
    const { send, push, tracker, story } = startTracker({ socket: 'up' });
    tracker.on('sent', ({ messageId }) => {
      if (messageId !== 'm1') return;
      send();
      tracker.track({ channelArn: draft.ChannelArn ?? '', messageId: 'direct', status: 'SENT' });
      tracker.forget('m1');
    });
    send();
    await pass(100);
    push.tells('m1', 'SENT');
    await pass(100);
    expect(story.slice(2)).toEqual([
      'update SENT m1',
      'sent SENT m1',
      'settled SENT m1',
      'update SENDING no id',
      'update SENT direct',
      'sent SENT direct',
      'settled SENT direct',
      'update PENDING m2',
    ]);
  });

  it('that forget a delivery when it begins end it: nothing leaves, nothing is polled', async () => {
    const { send, track, service, tracker } = startTracker();
    tracker.on('update', ({ id }) => tracker.forget(id));
    track('m1');
    send();
    await pass(10 * MINUTE);
    expect(service.story).toEqual([]);
    expect(tracker.stats.pending).toBe(0);
  });

  it('that wait for a settled delivery get it, however late they come', async () => {
    const { track, push } = startTracker({ socket: 'up' });
    const delivery = track('m1');
    const early = delivery.settled;
    push.tells('m1', 'DENIED');
    expect(await early).toBe(await delivery.settled);
    expect(delivery.settled).toBe(early);
  });
});

describe('stats', () => {
  it('count requests by kind, polls, throttles, outcomes by status and by source, and contain the link', async () => {
    const { send, track, service, push, tracker } = startTracker({ socket: 'down' });
    service.answer('status', replies.throttled(), (call) => service.tellStatus(call));
    send();
    await pass(5 * SECOND);
    service.settle('m1', 'DENIED');
    track('m2');
    service.settle('m2', 'FAILED');
    track('m3');
    await pass(MINUTE);
    push.up();
    push.tells('m3', 'SENT');
    track('m4');
    await flush();
    const { stats } = tracker;
    expect(stats).toEqual({
      requests: { send: 1, status: service.count('status'), message: service.count('message'), list: 0 },
      polls: stats.polls,
      throttles: 1,
      settled: { SENT: 1, FAILED: 1, DENIED: 1, UNKNOWN: 0 },
      evidence: {
        'send-response': 0,
        websocket: 1,
        prefetch: 0,
        status: 1,
        list: 0,
        message: 0,
        missing: 1,
        rejected: 0,
      },
      pending: 1,
      link: 'up',
      suspended: false,
    });
    expect(stats.polls).toBeGreaterThan(4);
  });

  it('are snapshots', () => {
    const { track, tracker } = startTracker();
    const before = tracker.stats;
    track('m1', { status: 'SENT' });
    expect([before.settled.SENT, tracker.stats.settled.SENT]).toEqual([0, 1]);
  });
});
