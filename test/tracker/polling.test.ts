import { describe, expect, it } from '@jest/globals';

import { replies, type Call } from '../support/scripted-service.ts';
import { chance, gaps, HOUR, MINUTE, pass, SECOND, startTracker } from '../support/tracker-kit.ts';

describe('a tracker without push', () => {
  it('polls by exponential backoff from `firstDelayMs` on, bounded by the square root of the age', async () => {
    chance(0.999);
    const { track, service } = startTracker();
    service.latencyMs = 0;
    track('m1');
    await pass(5 * MINUTE);
    const [first = 0] = service.times();
    expect(first).toBeGreaterThan(390);
    expect(first).toBeLessThan(420);
    const rounded = gaps(service.times()).map((gap) => Math.round(gap / 200) / 5);
    expect(rounded.slice(0, 3)).toEqual([0.6, 1.2, 1.6]);
    // From then on the square root of the age bounds it, but never below what the age itself requires.
    for (const [i, gap] of gaps(service.times()).entries()) {
      const ageMs = service.times()[i] ?? NaN;
      expect(gap).toBeLessThanOrEqual(Math.max(400, 1.1 * Math.sqrt(ageMs * SECOND), ageMs / 4) + 50);
      expect(gap).toBeGreaterThanOrEqual(ageMs / 8);
    }
  });

  it('polls up to a fifth of the delay earlier', async () => {
    chance(0);
    const { track, service } = startTracker();
    service.latencyMs = 0;
    track('m1');
    await pass(20 * SECOND);
    const rounded = gaps([0, ...service.times()]).map((gap) => Math.round(gap / 10) / 100);
    expect(rounded).toEqual([0.32, 0.5, 0.8, 1.12, 1.46, 1.81, 2.16, 2.52, 2.88, 3.24]);
  });

  it('emits events for changes only, and counts polls in the state', async () => {
    const { track, service, story, tracker } = startTracker();
    const delivery = track('m1');
    await pass(MINUTE);
    expect(story).toEqual(['update PENDING m1']);
    expect(delivery.state.polls).toBe(service.count('status'));
    expect(tracker.stats).toMatchObject({
      polls: service.count('status'),
      requests: { status: service.count('status') },
    });
    service.settle('m1', 'FAILED');
    await pass(5 * MINUTE);
    expect(delivery.state).toMatchObject({ status: 'FAILED', evidence: 'status' });
    expect(story).toEqual(['update PENDING m1', 'update FAILED m1', 'failed FAILED m1', 'settled FAILED m1']);
  });

  it('polls with the bearer, channel and sub-channel of the message, in both ways', async () => {
    const { track, service } = startTracker();
    service.settle('m1', 'DENIED');
    track('m1', { subChannelId: 'sub-1' });
    track('m2');
    await pass(5 * SECOND);
    const inputs = service.requests().map(({ operation, input }) => [operation, input]);
    const at = { ChannelArn: expect.stringContaining('general'), ChimeBearer: expect.stringContaining('alice') };
    expect(inputs).toContainEqual(['status', { ...at, MessageId: 'm1', SubChannelId: 'sub-1' }]);
    expect(inputs).toContainEqual(['message', { ...at, MessageId: 'm1', SubChannelId: 'sub-1' }]);
    expect(inputs).toContainEqual(['status', { ...at, MessageId: 'm2' }]);
  });

  it('polls with the sub-channel of the send', async () => {
    const { send, service } = startTracker();
    send({ SubChannelId: 'sub-1' });
    await pass(SECOND);
    expect(service.requests('status')[0]?.input).toMatchObject({ SubChannelId: 'sub-1' });
  });
});

describe('late binding', () => {
  it('never polls a delivery that push has settled while it waited for the budget', async () => {
    const { track, service, push } = startTracker({
      socket: 'down',
      rateLimit: { requestsPerSecond: 1, burst: 1, maxConcurrent: 1 },
      polling: { batch: false },
    });
    for (let i = 1; i <= 10; i += 1) track(`m${i}`);
    await pass(900);
    for (let i = 2; i <= 9; i += 1) push.tells(`m${i}`, 'SENT');
    await pass(3 * SECOND);
    expect(new Set(service.story)).toEqual(new Set(['status m1', 'status m10']));
  });

  it('drops the response of a poll that push has overtaken, and aborts the request', async () => {
    const { track, service, push, story } = startTracker({ socket: 'down' });
    service.latencyMs = 2_000;
    service.settle('m1', 'FAILED');
    const delivery = track('m1');
    await pass(SECOND);
    expect(service.underWay).toBe(1);
    push.tells('m1', 'SENT');
    await pass(HOUR);
    expect(delivery.state).toMatchObject({ status: 'SENT', evidence: 'websocket' });
    expect(story.filter((line) => line.startsWith('settled'))).toEqual(['settled SENT m1']);
    expect(service.calls.map(({ endError }) => endError)).toEqual(['aborted']);
  });

  it('polls the longest-waiting delivery first', async () => {
    const { track, service } = startTracker({
      rateLimit: { requestsPerSecond: 1, burst: 1, maxConcurrent: 1 },
      polling: { batch: false },
    });
    track('m1');
    await pass(50);
    track('m2');
    await pass(50);
    track('m3');
    await pass(3 * SECOND);
    expect(service.story.slice(0, 3)).toEqual(['status m1', 'status m2', 'status m3']);
  });
});

describe('a response without an outcome', () => {
  it('with an unknown status is pending, and logged once', async () => {
    const { track, service, story, logged } = startTracker();
    service.answer('status', replies.says('SIMMERING'));
    const delivery = track('m1');
    track('m2');
    await pass(10 * MINUTE);
    expect(story).toEqual(['update PENDING m1', 'update PENDING m2']);
    expect(logged.filter((line) => line.includes('does not know'))).toHaveLength(1);
    service.answer('status', replies.says('SENT'));
    await pass(10 * MINUTE);
    expect(delivery.state.status).toBe('SENT');
  });

  it('that rejects the request ends UNKNOWN invalid with the error, after one request', async () => {
    const { track, service, story } = startTracker();
    service.answer('status', replies.badRequest());
    const delivery = track('m1');
    await pass(HOUR);
    expect(delivery.state).toMatchObject({
      status: 'UNKNOWN',
      reason: 'invalid',
      error: { name: 'BadRequestException' },
    });
    expect(story.slice(1)).toEqual(['update UNKNOWN m1', 'unknown UNKNOWN m1', 'settled UNKNOWN m1']);
    expect(service.count()).toBe(1);
  });

  const roads = [
    ['a 500', replies.serverError()],
    ['a 503', replies.refusal(503, 'ServiceUnavailableException')],
    ['a 408', replies.refusal(408, 'RequestTimeout')],
    ['a reset', replies.reset()],
    ['a dead network in a browser', replies.noNetwork()],
    ['a page of HTML', replies.html()],
    ['silence', replies.hangs()],
  ] as const;
  it.each(roads)(
    'such as %s is retried soon, then later, and the delivery ends with the true outcome',
    async (_name, reply) => {
      const { track, service, story } = startTracker();
      const broken = Array.from({ length: 11 }, () => reply);
      service.answer('status', reply, ...broken, (call: Call) => service.tellStatus(call));
      service.settle('m1', 'SENT');
      const delivery = track('m1');
      await pass(10 * MINUTE);
      expect(delivery.state).toMatchObject({ status: 'SENT', evidence: 'status' });
      expect(service.count()).toBe(13);
      expect(story).toEqual(['update PENDING m1', 'update SENT m1', 'sent SENT m1', 'settled SENT m1']);
    },
  );

  it('that takes longer than `requestTimeoutMs` is abandoned', async () => {
    const { track, service } = startTracker({ requestTimeoutMs: 500, retry: { retries: 0 } });
    service.answer('status', replies.late(700, replies.says('FAILED')), replies.says('SENT'));
    const delivery = track('m1');
    await pass(MINUTE);
    expect(delivery.state.status).toBe('SENT');
    expect(service.calls.map(({ endError }) => endError)).toEqual(['aborted', 'answered']);
  });

  it('does not matter once another poll has an outcome', async () => {
    const { track, service } = startTracker();
    // A client double may reject with anything.
    for (const error of [undefined, null, 'a string', 42, {}]) {
      service.answer('status', { error }, replies.says('SENT'));
      const delivery = track(`m-${typeof error}-${String(error === null)}`);
      await pass(MINUTE);
      expect(delivery.state.status).toBe('SENT');
    }
  });
});
