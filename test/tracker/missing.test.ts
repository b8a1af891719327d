import { describe, expect, it, jest } from '@jest/globals';

import { lives } from '../support/restart-kit.ts';
import { replies, type Reply } from '../support/scripted-service.ts';
import { HOUR, MINUTE, pass, SECOND, startTracker } from '../support/tracker-kit.ts';

const miss = replies.body({});

describe('a missing status', () => {
  const shapes: [string, Reply][] = [
    ['{}', replies.body({})],
    ['{"Status":{}}', replies.body({ Status: {} })],
    ['{"Status":null}', replies.body({ Status: null })],
    ['{"Status":{"Value":null}}', replies.body({ Status: { Value: null } })],
    ['404', replies.notFound()],
    ['403', replies.forbidden()],
  ];
  it.each(shapes)('read as %s ends DENIED once it is confirmed, and not before', async (_shape, shape) => {
    const { track, service, story } = startTracker({ missing: { unseenMs: 0 } });
    service.settle('m1', 'DENIED');
    service.answer('status', shape);
    const delivery = track('m1');
    await pass(1_200);
    expect(delivery.state).toMatchObject({ status: 'PENDING', polls: 1 });
    await pass(2 * SECOND);
    expect(delivery.state).toMatchObject({ status: 'DENIED', evidence: 'missing' });
    expect(service.times().at(-1)).toBeGreaterThanOrEqual(2_000);
    expect(service.story.at(-1)).toBe('message m1');
    expect(story).toEqual(['update PENDING m1', 'update DENIED m1', 'failed DENIED m1', 'settled DENIED m1']);
    const requests = service.count();
    await pass(HOUR);
    expect(service.count()).toBe(requests);
  });

  it.each(shapes)('read as %s denies a message that was seen before at once', async (_shape, shape) => {
    const { track, service } = startTracker();
    const delivery = track('m1');
    await pass(1_250);
    expect(delivery.state).toMatchObject({ status: 'PENDING', polls: 2 });
    service.settle('m1', 'DENIED');
    service.answer('status', shape);
    await pass(4 * SECOND);
    expect(delivery.state).toMatchObject({ status: 'DENIED', evidence: 'missing' });
  });

  it.each(shapes)(
    'read as %s denies a message that was never seen ten seconds after the send, before fifteen',
    async (_shape, shape) => {
      const { send, service } = startTracker();
      service.answer('status', shape);
      service.answer('message', replies.notFound());
      const delivery = send();
      await pass(9_990);
      expect(delivery.state.status).toBe('PENDING');
      await pass(5 * SECOND);
      expect(delivery.state).toMatchObject({ status: 'DENIED', evidence: 'missing' });
      // Polls come at twice the age each time: waiting longer costs little.
      expect(delivery.state.polls).toBeLessThanOrEqual(6);
    },
  );

  it('costs two requests: one for the status, one for the confirmation', async () => {
    const { track, service, tracker } = startTracker({ socket: 'up' });
    service.settle('m1', 'DENIED');
    track('m1');
    await pass(MINUTE);
    expect(service.story).toEqual(['status m1', 'message m1']);
    expect(tracker.stats).toMatchObject({
      polls: 2,
      requests: { send: 0, status: 1, message: 1 },
      settled: { DENIED: 1 },
      evidence: { missing: 1 },
    });
  });

  it('denies at the first miss with `confirmations: 1`, unless the message is too young', async () => {
    const { track, service } = startTracker({ missing: { confirmations: 1, minAgeMs: 5_000, unseenMs: 0 } });
    service.settle('m1', 'DENIED');
    const delivery = track('m1');
    await pass(4_990);
    expect(delivery.state.status).toBe('PENDING');
    await pass(SECOND);
    expect(delivery.state).toMatchObject({ status: 'DENIED', evidence: 'missing' });
    expect(service.times().at(-1)).toBeGreaterThanOrEqual(5_000);
  });

  it('denies no sooner because the clock was set forward', async () => {
    const { track, service } = startTracker({ missing: { confirmations: 1 } });
    service.settle('m1', 'DENIED');
    const delivery = track('m1');
    jest.setSystemTime(Date.now() + HOUR);
    await pass(9_990);
    expect(delivery.state).toMatchObject({ status: 'PENDING' });
    await pass(2 * SECOND);
    expect(delivery.state).toMatchObject({ status: 'DENIED', evidence: 'missing' });
  });

  it('denies although the clock was set back', async () => {
    const { track, service } = startTracker();
    service.settle('m1', 'DENIED');
    const delivery = track('m1');
    await pass(SECOND);
    jest.setSystemTime(Date.now() - HOUR);
    await pass(MINUTE);
    expect(delivery.state).toMatchObject({ status: 'DENIED', evidence: 'missing' });
  });

  it('costs one request in all with `confirmations: 1` and no minimum age', async () => {
    const { track, service } = startTracker({ missing: { confirmations: 1, minAgeMs: 0, unseenMs: 0 } });
    service.answer('status', miss);
    const delivery = track('m1');
    await pass(SECOND);
    expect(delivery.state.status).toBe('DENIED');
    expect(service.story).toEqual(['status m1']);
  });

  it('must be read three times with `confirmations: 3`, each `confirmDelayMs` after the one before', async () => {
    const { track, service } = startTracker({ missing: { confirmations: 3, confirmDelayMs: 5_000 } });
    service.settle('m1', 'DENIED');
    const delivery = track('m1');
    await pass(10_000);
    expect(delivery.state.status).toBe('PENDING');
    await pass(3_000);
    expect(delivery.state.status).toBe('DENIED');
    expect(service.story).toEqual(['status m1', 'status m1', 'message m1']);
    const [first = 0, second = 0, third = 0] = service.times();
    expect(second - first).toBeGreaterThanOrEqual(5_000);
    expect(third - second).toBeGreaterThanOrEqual(5_000);
  });

  it('is confirmed however old the message was at the first miss', async () => {
    const { track, service } = startTracker({ socket: 'up' });
    service.answer('status', replies.blank());
    service.answer('message', replies.notFound());
    const delivery = track('m1');
    await pass(20 * SECOND + 900);
    expect([delivery.state.status, service.count('message')]).toEqual(['PENDING', 1]);
    await pass(2 * SECOND);
    expect([delivery.state.status, service.count('message')]).toEqual(['DENIED', 2]);
  });

  it('is not confirmed any sooner by polls that a reconcile brings forward', async () => {
    const { track, service, tracker } = startTracker({ missing: { confirmDelayMs: 5_000, minAgeMs: 0, unseenMs: 0 } });
    service.settle('m1', 'DENIED');
    const delivery = track('m1');
    await pass(450);
    for (let i = 0; i < 9; i += 1) {
      void tracker.reconcile();
      await pass(500);
    }
    expect(delivery.state.status).toBe('PENDING');
    expect(service.count()).toBe(10);
    await pass(2 * SECOND);
    expect(delivery.state.status).toBe('DENIED');
  });

  it('is counted from zero after a PENDING in between', async () => {
    const { track, service } = startTracker({ missing: { confirmations: 3 } });
    service.answer('status', miss, miss, replies.says('PENDING'), miss, miss);
    service.answer('message', replies.found('m1'), replies.notFound());
    const delivery = track('m1');
    await pass(MINUTE);
    expect(delivery.state.status).toBe('DENIED');
    // Two misses, then the confirmation finds it: that clears them. PENDING, two more misses, and the confirmation does
    // not find it.
    expect(service.story.join(' ')).toBe('status m1 status m1 message m1 status m1 status m1 status m1 message m1');
  });

  it('is neither refuted nor confirmed by a network failure in between', async () => {
    const { track, service } = startTracker({ retry: { retries: 0 } });
    service.answer('status', miss, replies.serverError());
    service.answer(
      'message',
      replies.serverError(),
      replies.reset(),
      replies.blank(),
      replies.html(),
      replies.notFound(),
    );
    const delivery = track('m1');
    await pass(5 * MINUTE);
    expect(delivery.state.status).toBe('DENIED');
    expect(service.count('message')).toBe(5);
  });

  it.each([
    ['is refused for a moment', [replies.forbidden(), replies.forbidden(), replies.notFound()]],
    ['is refused for good', [replies.forbidden()]],
    ['has no response for a while', [replies.serverError(), replies.reset(), replies.html(), replies.notFound()]],
  ] as [string, [Reply, ...Reply[]]][])(
    'denies an old message within two minutes although its confirmation %s',
    async (_name, answers) => {
      const { track, service } = startTracker({ retry: { retries: 0 } });
      const delivery = track('m1');
      await pass(10 * HOUR);
      service.answer('status', miss);
      service.answer('message', ...answers);
      const polls = service.count();
      while (service.count() === polls) await pass(SECOND);
      await pass(2 * MINUTE);
      expect(delivery.state).toMatchObject({ status: 'DENIED', evidence: 'missing' });
      expect(service.count() - polls).toBeLessThan(20);
    },
  );

  it.each([
    ['a 403 without the service’s marks', replies.html(403)],
    ['an empty response', replies.blank()],
    ['a network failure', replies.reset()],
  ])('does not hide the outcome that comes later although each confirmation is %s', async (_name, answer) => {
    const { track, service } = startTracker();
    service.answer('status', replies.body({ Status: {} }), replies.body({ Status: {} }), replies.says('SENT'));
    service.answer('message', answer);
    const delivery = track('m1');
    await pass(2 * MINUTE);
    expect(delivery.state).toMatchObject({ status: 'SENT', evidence: 'status' });
  });

  it('costs little while its confirmation has no response for a day', async () => {
    const { track, service } = startTracker({ retry: { retries: 0 } });
    const delivery = track('m1');
    service.answer('status', miss);
    service.answer('message', replies.serverError());
    await pass(24 * HOUR);
    expect([delivery.state.status, service.count() < 80]).toEqual(['PENDING', true]);
  });

  it('counts from the time at which the service accepted the message, not from the first attempt', async () => {
    const { send, service } = startTracker();
    service.answer('send', replies.late(8_000, replies.accepted('m1', 'PENDING')));
    service.settle('m1', 'DENIED');
    const delivery = send();
    await pass(17_900);
    expect(delivery.state.status).toBe('PENDING');
    await pass(2 * SECOND);
    expect(delivery.state.status).toBe('DENIED');
  });

  it('caused by lag alone never ends DENIED', async () => {
    const { track, service } = startTracker();
    service.answer('status', miss, replies.says('PENDING'), replies.says('SENT'));
    service.answer('message', replies.found('m1', 'PENDING'));
    const delivery = track('m1');
    await pass(MINUTE);
    expect(delivery.state).toMatchObject({ status: 'SENT', evidence: 'status' });
  });
});

describe('a miss that proves nothing', () => {
  const unprovable: [string, object][] = [
    ['a NON_PERSISTENT message', { persistence: 'NON_PERSISTENT' }],
    ['a CONTROL message', { type: 'CONTROL' }],
    ['an update', { operation: 'update' }],
  ];
  it.each(unprovable)('ends %s as UNKNOWN indeterminate', async (_name, fields) => {
    const { track, service, story } = startTracker();
    service.settle('m1', 'DENIED');
    const delivery = track('m1', fields);
    await pass(9_990);
    expect(delivery.state.status).toBe('PENDING');
    await pass(10 * SECOND);
    expect(delivery.state).toMatchObject({ status: 'UNKNOWN', reason: 'indeterminate' });
    expect(story.slice(1)).toEqual(['update UNKNOWN m1', 'unknown UNKNOWN m1', 'settled UNKNOWN m1']);
  });

  it.each([
    { Persistence: 'NON_PERSISTENT', Type: 'STANDARD' },
    { Persistence: 'PERSISTENT', Type: 'CONTROL' },
  ] as const)('ends a sent %j as UNKNOWN indeterminate', async (fields) => {
    const { send, service } = startTracker();
    const delivery = send(fields);
    await pass(100);
    service.settle('m1', 'DENIED');
    await pass(15 * SECOND);
    expect(delivery.state).toMatchObject({ status: 'UNKNOWN', reason: 'indeterminate' });
  });

  it('does not hide an outcome from push', async () => {
    const { track, service } = startTracker();
    service.answer('status', miss, replies.says('FAILED', 'no lambda'));
    service.answer('message', replies.found('m1'));
    const delivery = track('m1', { persistence: 'NON_PERSISTENT' });
    await pass(MINUTE);
    expect(delivery.state).toMatchObject({ status: 'FAILED', evidence: 'status', detail: 'no lambda' });
  });

  it('and a polled SENT of an update are alike: the old content reads SENT as well', async () => {
    const { track, service } = startTracker();
    service.settle('m1', 'SENT');
    const delivery = track('m1', { operation: 'update' });
    await pass(MINUTE - SECOND);
    expect(delivery.state.status).toBe('PENDING');
    await pass(3 * SECOND);
    expect(delivery.state).toMatchObject({ status: 'UNKNOWN', reason: 'indeterminate' });
  });

  it('is as old as its request: a slow response does not make a fresh message old', async () => {
    const { track, service } = startTracker({ missing: { confirmations: 1, minAgeMs: 2_000, unseenMs: 0 } });
    service.answer('status', replies.late(6_000, replies.notFound()), (call) => service.tellStatus(call));
    service.settle('m1', 'SENT');
    const delivery = track('m1');
    await pass(7 * SECOND);
    expect(service.count('status')).toBeGreaterThan(0);
    await pass(10 * SECOND);
    expect(delivery.state.status).toBe('SENT');
  });
});

describe('a message of an earlier session', () => {
  it('that is not readable yet is not DENIED, although the wall clock was set forward', async () => {
    const { start, service } = lives();
    service.answer('status', miss);
    service.answer('message', replies.notFound());
    const first = await start();
    first.track('m1');
    await pass(SECOND);
    first.kill();
    jest.setSystemTime(Date.now() + 2 * HOUR);
    const { tracker } = await start();
    await pass(8 * SECOND);
    expect(tracker.get('m1')?.status).toBe('PENDING');
    await pass(6 * SECOND);
    expect(tracker.get('m1')).toMatchObject({ status: 'DENIED', evidence: 'missing' });
  });
});
