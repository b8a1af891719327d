import { describe, expect, it } from '@jest/globals';

import { ALICE, CHANNEL, replies, type Call, type Reply } from '../support/scripted-service.ts';
import { trackOne } from '../support/track-one.ts';
import { HOUR, MINUTE, pass, SECOND, startTracker } from '../support/tracker-kit.ts';

describe('a forbidden GetChannelMessageStatus', () => {
  it('is replaced by GetChannelMessage, from then on for every message', async () => {
    const { track, service, errors } = startTracker();
    service.answer('status', replies.forbidden());
    const [one, two, three] = [track('m1'), track('m2'), track('m3')];
    await pass(SECOND);
    const refused = service.count('status');
    expect(refused).toBeGreaterThan(0);
    await pass(MINUTE);
    expect(service.count('status')).toBe(refused);
    service.settle('m1', 'SENT');
    service.settle('m2', 'FAILED');
    service.settle('m3', 'DENIED');
    await pass(10 * MINUTE);
    expect([one, two, three].map(({ state }) => state)).toMatchObject([
      { status: 'SENT', evidence: 'status' },
      { status: 'FAILED', evidence: 'status' },
      { status: 'DENIED', evidence: 'missing' },
    ]);
    const later = track('m4');
    service.settle('m4', 'SENT');
    await pass(MINUTE);
    expect(later.state.status).toBe('SENT');
    // A refusal may have been a mistake: it is retried every ten minutes.
    expect(service.count('status')).toBeLessThanOrEqual(refused + 1);
    expect(errors).toEqual([]);
  });

  it.each(['ForbiddenException', 'AccessDeniedException', 'SomethingNewException'])(
    'is recognized by a %s of 403',
    async (name) => {
      const { track, service } = startTracker();
      service.answer('status', replies.refusal(403, name));
      service.answer('message', replies.found('m1', 'SENT'));
      const delivery = track('m1');
      await pass(SECOND);
      expect(delivery.state).toMatchObject({ status: 'SENT', polls: 1 });
    },
  );

  it('needs the 404 of GetChannelMessage confirmed like any other miss', async () => {
    const { delivery, service } = trackOne(replies.forbidden(), replies.notFound());
    await pass(9_990);
    expect(delivery.state.status).toBe('PENDING');
    await pass(SECOND);
    expect(delivery.state).toMatchObject({ status: 'DENIED', evidence: 'missing' });
    expect(service.count('status')).toBe(1);
  });
});

describe('forbidden pages', () => {
  const OTHER = `${CHANNEL}-2`;

  it('in one channel leave pages in another channel unaffected', async () => {
    const { track, service, push } = startTracker({ socket: 'up' });
    service.answer('list', (call) => {
      return call.input['ChannelArn'] === CHANNEL ? replies.forbidden() : service.tellList(call);
    });
    const here = Array.from({ length: 4 }, (_, i) => track(`a${i}`));
    push.down();
    await pass(3 * SECOND);
    expect(service.count('list')).toBe(1);
    push.up();
    const there = Array.from({ length: 140 }, (_, i) => track(`b${i}`, { channelArn: OTHER }));
    for (const { id } of [...here, ...there]) service.settle(id, 'SENT');
    const before = service.count();
    push.down();
    push.up();
    await pass(5 * SECOND);
    expect(there.map(({ state }) => state.status)).toEqual(there.map(() => 'SENT'));
    expect(service.count() - before).toBeLessThan(15);
    expect(service.requests('list').filter(({ input }) => input['ChannelArn'] === CHANNEL)).toHaveLength(1);
    await pass(MINUTE);
    expect(here.map(({ state }) => state.status)).toEqual(here.map(() => 'SENT'));
  });

  it('are tried again later', async () => {
    const { track, service, push } = startTracker({ socket: 'up' });
    service.answer('list', replies.forbidden(), (call) => service.tellList(call));
    for (let i = 0; i < 4; i += 1) track(`a${i}`);
    push.down();
    await pass(3 * SECOND);
    push.up();
    await pass(9 * MINUTE);
    const wanted = (name: string): void => {
      for (let i = 0; i < 10; i += 1) track(`${name}${i}`);
      push.down();
      push.up();
    };
    wanted('b');
    await pass(3 * SECOND);
    expect(service.count('list')).toBe(1);
    await pass(2 * MINUTE);
    wanted('c');
    await pass(3 * SECOND);
    expect(service.count('list')).toBe(2);
  });
});

describe('forbidden polls of both kinds', () => {
  it('of one message end it UNKNOWN forbidden after ten minutes, also while those of others are answered', async () => {
    const { tracker, track, service } = startTracker({ polling: { batch: false } });
    service.answer('status', (call) => (call.messageId === 'm1' ? replies.forbidden() : service.tellStatus(call)));
    service.answer('message', replies.forbidden());
    const refused = track('m1');
    // Others that are young, so that they are polled often.
    for (let i = 2; i < 20; i += 1) {
      track(`m${i}`);
      await pass(30 * SECOND);
    }
    expect(refused.state.status).toBe('PENDING');
    for (let i = 20; i < 26; i += 1) {
      track(`m${i}`);
      await pass(30 * SECOND);
    }
    expect(refused.state).toMatchObject({ status: 'UNKNOWN', reason: 'forbidden' });
    expect(tracker.stats.pending).toBe(24);
  });

  it('end deliveries UNKNOWN forbidden, and one error event names the missing action', async () => {
    const { track, service, errors, story, logged } = startTracker();
    service.answer('status', replies.forbidden());
    service.answer('message', replies.forbidden());
    service.answer('list', replies.forbidden());
    const deliveries = [track('m1'), track('m2'), track('m3')];
    await pass(MINUTE);
    for (const { state } of deliveries) expect(state.status).toBe('PENDING');
    expect(errors).toEqual([]);
    await pass(30 * SECOND);
    for (const { state } of deliveries) {
      expect(state).toMatchObject({ status: 'UNKNOWN', reason: 'forbidden', error: { name: 'ForbiddenException' } });
    }
    expect(errors).toMatchObject([
      { code: 'MISSING_PERMISSION', action: 'chime:GetChannelMessageStatus', chimeBearer: ALICE },
    ]);
    expect(errors[0]?.message).toContain('chime:GetChannelMessageStatus');
    expect(story.filter((line) => line.startsWith('unknown'))).toHaveLength(3);
    expect(logged.filter((line) => line.includes('chime:GetChannelMessageStatus'))).toHaveLength(1);
    await pass(HOUR);
    // Both requests, every quarter of a minute for a little more than a minute.
    expect(service.count()).toBeLessThanOrEqual(3 * 2 * 7);
  });

  it('end nothing within a few seconds, as during a deployment of the policy', async () => {
    const { track, service, errors, story } = startTracker();
    const deliveries = Array.from({ length: 10 }, (_, i) => track(`m${i}`));
    await pass(5 * SECOND);
    for (const way of ['status', 'message', 'list'] as const) service.answer(way, replies.forbidden());
    await pass(3 * SECOND);
    for (const way of ['status', 'message', 'list'] as const) service.heal(way);
    for (const { id } of deliveries) service.settle(id, 'SENT');
    await pass(MINUTE);
    expect(deliveries.map(({ state }) => state.status)).toEqual(deliveries.map(() => 'SENT'));
    expect([errors, story.filter((line) => line.startsWith('unknown'))]).toEqual([[], []]);
  });

  it('must last for another minute after one response in between', async () => {
    const { track, service, errors } = startTracker();
    const no = replies.forbidden();
    service.answer('status', no, no, no, replies.says('PENDING'), no);
    service.answer('message', replies.forbidden());
    service.answer('list', replies.forbidden());
    const delivery = track('m1');
    await pass(100 * SECOND);
    expect([delivery.state.status, errors]).toEqual(['PENDING', []]);
    await pass(MINUTE);
    expect(delivery.state).toMatchObject({ status: 'UNKNOWN', reason: 'forbidden' });
  });

  it('in one channel end nothing in another', async () => {
    const { track, service } = startTracker();
    const elsewhere = `${CHANNEL}-2`;
    const refuse = (told: (call: Call) => Reply) => (call: Call) =>
      call.input['ChannelArn'] === CHANNEL ? replies.forbidden() : told(call);
    service.answer(
      'status',
      refuse((call) => service.tellStatus(call)),
    );
    service.answer(
      'message',
      refuse((call) => service.tellMessage(call)),
    );
    const [refused, permitted] = [track('m1'), track('m2', { channelArn: elsewhere })];
    await pass(3 * MINUTE);
    expect([refused, permitted].map(({ state }) => state.status)).toEqual(['UNKNOWN', 'PENDING']);
    service.settle('m2', 'SENT');
    await pass(MINUTE);
    expect(permitted.state.status).toBe('SENT');
  });

  it('are retried by the next delivery, after the permission may have been granted', async () => {
    const { track, service } = startTracker();
    service.answer('status', replies.forbidden());
    service.answer('message', replies.forbidden());
    track('m1');
    await pass(MINUTE);
    service.heal('status');
    service.heal('message');
    service.settle('m2', 'SENT');
    const later = track('m2');
    await pass(MINUTE);
    expect(later.state).toMatchObject({ status: 'SENT', evidence: 'status' });
  });

  it('do not end a delivery while the second way has a network failure', async () => {
    const { delivery, service, errors } = trackOne(replies.forbidden(), replies.serverError());
    await pass(HOUR);
    expect(delivery.state.status).toBe('PENDING');
    service.answer('message', replies.found('m1', 'SENT'));
    await pass(HOUR);
    expect(delivery.state.status).toBe('SENT');
    expect(errors).toEqual([]);
  });

  it('leave outcomes to push, and a delivery that waits for push alone costs no request', async () => {
    const { delivery, service, push } = trackOne(replies.forbidden(), replies.forbidden(), { socket: 'up' });
    await pass(10 * SECOND);
    push.tells('m1', 'SENT');
    expect(delivery.state.status).toBe('SENT');
    expect(service.count()).toBe(0);
  });
});
