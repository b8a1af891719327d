import { describe, expect, it } from '@jest/globals';

import { ALICE, BOB, CHANNEL, replies } from '../support/scripted-service.ts';
import { chance, gaps, HOUR, MINUTE, pass, SECOND, startTracker } from '../support/tracker-kit.ts';

describe('a working push connection', () => {
  it('settles a delivery without a request beyond its send', async () => {
    const { send, service, push, tracker } = startTracker({ socket: 'up' });
    const words = ['SENT', 'FAILED', 'DENIED'] as const;
    for (let i = 0; i < 30; i += 1) {
      send();
      await pass(SECOND);
    }
    expect(service.count('send')).toBe(30);
    expect(tracker.stats).toMatchObject({ link: 'up', pending: 30 });
    for (let i = 1; i <= 30; i += 1) push.tells(`m${i}`, words[i % 3] ?? 'SENT');
    await pass(HOUR);
    expect(tracker.stats).toMatchObject({
      pending: 0,
      settled: { SENT: 10, FAILED: 10, DENIED: 10, UNKNOWN: 0 },
      evidence: { websocket: 30 },
    });
  });

  it('delays polls until `quietMs`, then makes them ever rarer', async () => {
    const { track, service, tracker } = startTracker({ socket: 'up' });
    track('m1');
    await pass(20 * SECOND - 1);
    expect(service.count()).toBe(0);
    await pass(2 * SECOND);
    expect(service.story).toEqual(['status m1']);
    await pass(HOUR);
    const between = gaps(service.times());
    expect(between).toEqual(between.toSorted((a, b) => a - b));
    expect(between[0]).toBeGreaterThan(39 * SECOND);
    expect(service.count()).toBeLessThan(35);
    expect(tracker.stats.link).toBe('up');
  });

  it('delays polls by the `quietMs` of the app', async () => {
    const { track, service } = startTracker({ socket: 'up', polling: { quietMs: 3_000 } });
    track('m1');
    await pass(2_999);
    expect(service.count()).toBe(0);
    await pass(300);
    expect(service.count()).toBe(1);
  });

  it('settles by the first outcome, whatever follows', async () => {
    const { track, push, story } = startTracker({ socket: 'up' });
    const delivery = track('m1');
    push.tells('m1', 'PENDING');
    push.tells('m1', 'DENIED', { Status: { Value: 'DENIED', Detail: 'rude' } });
    push.tells('m1', 'DENIED');
    push.tells('m1', 'PENDING');
    push.tells('m1', 'SENT');
    await pass(HOUR);
    expect(delivery.state).toMatchObject({ status: 'DENIED', evidence: 'websocket', detail: 'rude' });
    expect(story).toEqual(['update PENDING m1', 'update DENIED m1', 'failed DENIED m1', 'settled DENIED m1']);
  });

  it('uses the prefetch only for what it contains', async () => {
    const { track, push, service } = startTracker({ socket: 'up' });
    const [one, two, three] = [track('m1'), track('m2'), track('m3')];
    push.prefetch({ m1: 'SENT', m2: 'PENDING', other: 'SENT' });
    await pass(SECOND);
    expect([one, two, three].map(({ state }) => state.status)).toEqual(['SENT', 'PENDING', 'PENDING']);
    expect(one.state).toMatchObject({ evidence: 'prefetch', polls: 0 });
    expect(service.count()).toBe(0);
  });

  it('ignores events about another channel, another sender, or an edit', async () => {
    const { track, push } = startTracker({ socket: 'up' });
    const delivery = track('m1');
    push.tells('m1', 'SENT', { ChannelArn: `${CHANNEL}-2` });
    push.tells('m1', 'DENIED', { Sender: { Arn: BOB } });
    push.event('DENIED_UPDATE_CHANNEL_MESSAGE', { MessageId: 'm1' });
    push.event('FAILED_UPDATE_CHANNEL_MESSAGE', { MessageId: 'm1' });
    push.event('DELETE_CHANNEL_MESSAGE', { MessageId: 'm1' });
    expect(delivery.state.status).toBe('PENDING');
    push.tells('m1', 'SENT');
    expect(delivery.state.status).toBe('SENT');
  });

  it('ignores malformed events, with one warning of each kind', async () => {
    const { track, push, logged } = startTracker({ socket: 'up' });
    const delivery = track('m1');
    const payloads = ['', 'not json', '[]', 'null', '{}', '{"MessageId":"m1"}', null];
    for (const payload of [...payloads, ...payloads])
      push.raw({ type: 'CREATE_CHANNEL_MESSAGE', headers: {}, payload });
    push.raw({ type: 'CHANNEL_DETAILS', headers: {}, payload: '{"ChannelMessages":7}' });
    push.raw({} as never);
    push.raw(null as never);
    push.event('A_NEW_EVENT', { MessageId: 'm1' });
    push.event('CREATE_CHANNEL_MESSAGE', { MessageId: 'm1', Status: { Value: 'DENIED' } });
    expect(delivery.state.status).toBe('PENDING');
    expect(logged.filter((line) => line.startsWith('warn'))).toHaveLength(new Set(logged).size);
    expect(logged.length).toBeGreaterThan(2);
    push.tells('m1', 'SENT');
    expect(delivery.state.status).toBe('SENT');
  });
});

describe('an edit', () => {
  it('is settled by the events about the edit, not by those about the message', async () => {
    const { track, push } = startTracker({ socket: 'up' });
    const delivery = track('m1', { operation: 'update' });
    push.tells('m1', 'SENT');
    expect(delivery.state.status).toBe('PENDING');
    push.event('DENIED_UPDATE_CHANNEL_MESSAGE', { MessageId: 'm1' });
    expect(delivery.state).toMatchObject({ status: 'DENIED', evidence: 'websocket' });
  });
});

describe('a half-open socket', () => {
  it('is detected by the safety poll that finds an outcome, and polling replaces push until the next event', async () => {
    const { track, service, push, tracker, logged } = startTracker({ socket: 'up' });
    track('m1');
    track('m2');
    service.settle('m1', 'SENT');
    await pass(22 * SECOND);
    expect(tracker.get('m1')).toMatchObject({ status: 'SENT', evidence: 'status' });
    expect(tracker.stats.link).toBe('down');
    expect(logged.filter((line) => line.includes('is half-open'))).toHaveLength(1);

    const before = service.count();
    track('m3');
    await pass(30 * SECOND);
    expect(
      service
        .requests()
        .slice(before)
        .filter(({ messageId }) => messageId === 'm3').length,
    ).toBeGreaterThan(3);

    push.tells('m3', 'SENT');
    expect(tracker.stats.link).toBe('up');
    const quiet = service.count();
    track('m4');
    await pass(19 * SECOND);
    expect(
      service
        .requests()
        .slice(quiet)
        .filter(({ messageId }) => messageId === 'm4'),
    ).toEqual([]);
  });

  it('is not suspected because a poll finds PENDING, nor because of events before the link was up', async () => {
    const { track, service, push, tracker } = startTracker({ socket: 'down' });
    service.latencyMs = 0;
    track('m1');
    track('m2');
    await pass(10);
    push.up();
    service.settle('m1', 'SENT');
    await pass(5 * SECOND);
    expect(tracker.get('m1')).toMatchObject({ status: 'SENT', evidence: 'status' });
    expect(tracker.stats.link).toBe('up');
    await pass(10 * MINUTE);
    expect(tracker.stats.link).toBe('up');
  });

  it('is trusted again after a reconnect', async () => {
    const { track, service, push, tracker } = startTracker({ socket: 'up' });
    track('m1');
    service.settle('m1', 'SENT');
    await pass(22 * SECOND);
    expect(tracker.stats.link).toBe('down');
    push.down();
    push.up();
    expect(tracker.stats.link).toBe('up');
    const before = service.count();
    track('m2');
    await pass(19 * SECOND);
    expect(service.count()).toBe(before);
  });
});

describe('a change of the link', () => {
  it('to down starts polls within a second, and to up polls once for missed outcomes and is quiet otherwise', async () => {
    const { track, service, push } = startTracker({ socket: 'up' });
    track('m1');
    await pass(5 * SECOND);
    push.down();
    await pass(SECOND);
    expect(service.story[0]).toBe('status m1');
    await pass(9 * SECOND);
    const down = service.count();
    expect(down).toBeGreaterThan(2);
    push.up();
    await pass(1_200);
    expect(service.count()).toBe(down + 1);
    await pass(19 * SECOND);
    expect(service.count()).toBe(down + 1);
  });

  it('to up leaves the prefetch time to settle its messages before any poll', async () => {
    const { track, service, push } = startTracker({ socket: 'down', polling: { firstDelayMs: 60_000 } });
    const delivery = track('m1');
    chance(0);
    push.up();
    await pass(240);
    push.prefetch({ m1: 'SENT' });
    await pass(MINUTE);
    expect(delivery.state).toMatchObject({ status: 'SENT', evidence: 'prefetch' });
    expect(service.count()).toBe(0);
  });

  it('to up polls soon for a send whose response was lost while the link was down', async () => {
    const { send, service, push } = startTracker({ socket: 'down' });
    service.answer('send', replies.reset(), replies.late(400, replies.accepted('m1', 'PENDING')));
    service.settle('m1', 'SENT');
    const delivery = send();
    await pass(100);
    push.up();
    await pass(10 * SECOND);
    expect(delivery.state).toMatchObject({ status: 'SENT', evidence: 'status' });
  });

  it('polls many deliveries spread over time, within the budget', async () => {
    const { track, service, push, tracker } = startTracker({ socket: 'up', polling: { batch: false } });
    for (let i = 0; i < 100; i += 1) track(`m${i}`);
    push.down();
    push.up();
    await pass(2 * SECOND);
    expect(service.count()).toBeLessThanOrEqual(15);
    await pass(30 * SECOND);
    expect(tracker.stats.polls).toBeGreaterThanOrEqual(100);
    expect(new Set(service.requests().map(({ messageId }) => messageId)).size).toBe(100);
  });

  it('is inferred from any event if the source was attached while it ran', async () => {
    const { track, service, push, tracker } = startTracker({ socket: 'down' });
    push.tells('stranger', 'SENT');
    expect(tracker.stats.link).toBe('up');
    track('m1');
    await pass(19 * SECOND);
    expect(service.count()).toBe(0);
    expect(tracker.get('m1')?.chimeBearer).toBe(ALICE);
  });
});
