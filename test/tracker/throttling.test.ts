import { describe, expect, it } from '@jest/globals';
import type { Throttled } from 'chime-delivery';

import { ALICE, replies } from '../support/scripted-service.ts';
import {
  MINUTE,
  mostInASecond,
  pass,
  SECOND,
  startTracker,
  type KitOptions,
  type TrackerKit,
} from '../support/tracker-kit.ts';

function startThrottled(options: KitOptions = {}): TrackerKit & { throttles: Throttled[] } {
  const kit = startTracker(options);
  const throttles: Throttled[] = [];
  kit.tracker.on('throttled', (throttled) => throttles.push(throttled));
  return { ...kit, throttles };
}

describe('a 429', () => {
  it('halves the rate of the bearer, pauses it for a second, and is no answer', async () => {
    const { track, service, tracker, throttles } = startThrottled();
    service.answer('status', replies.throttled(), (call) => service.tellStatus(call));
    service.settle('m1', 'SENT');
    const delivery = track('m1');
    await pass(SECOND);
    expect(throttles).toEqual([{ chimeBearer: ALICE, requestsPerSecond: 2.5, pausedForMs: 1_000 }]);
    expect([delivery.state.status, service.count()]).toEqual(['PENDING', 1]);
    await pass(5 * SECOND);
    expect(delivery.state.status).toBe('SENT');
    expect(tracker.stats.throttles).toBe(1);
    const [first = 0, second = 0] = service.times();
    expect(second - first).toBeGreaterThanOrEqual(1_000);
  });

  const retryAfters: [string, number][] = [
    ['7', 7_000],
    ['0', 0],
    ['0.5', 500],
    ['Thu, 01 Jan 2026 00:00:30 GMT', 29_640],
    ['1e9', 60_000],
    ['soon', 1_000],
    ['-5', 0],
  ];
  it.each(retryAfters)('with Retry-After: %s keeps the bearer waiting for %i ms', async (header, ms) => {
    const { track, service, throttles } = startThrottled();
    service.answer('status', replies.throttled(header), replies.says('SENT'));
    service.latencyMs = 0;
    track('m1');
    await pass(2 * MINUTE);
    expect(Math.abs((throttles[0]?.pausedForMs ?? NaN) - ms)).toBeLessThan(50);
    const [first = 0, second = 0] = service.times();
    expect(second - first).toBeGreaterThanOrEqual(ms - 50);
  });

  it('for requests that left together is one throttle', async () => {
    const { track, service, throttles } = startThrottled({ polling: { batch: false } });
    const once = replies.throttled();
    service.answer('status', once, once, once, once, (call) => service.tellStatus(call));
    for (let i = 0; i < 8; i += 1) track(`m${i}`);
    await pass(900);
    expect(service.count()).toBe(4);
    expect(throttles.map(({ requestsPerSecond }) => requestsPerSecond)).toEqual([2.5, 2.5, 2.5, 2.5]);
    await pass(MINUTE);
    expect(service.count()).toBeGreaterThan(20);
  });

  it('again and again slows the bearer down to one request in two seconds, and no further', async () => {
    const { track, service, throttles } = startThrottled();
    service.answer('status', replies.throttled());
    for (let i = 0; i < 20; i += 1) track(`m${i}`);
    await pass(MINUTE);
    const rates = throttles.map(({ requestsPerSecond }) => requestsPerSecond);
    expect(rates).toEqual(rates.toSorted((a, b) => b - a));
    expect(rates.at(-1)).toBe(0.5);
    const before = service.count();
    await pass(MINUTE);
    expect(service.count() - before).toBeLessThanOrEqual(31);
    expect(service.count() - before).toBeGreaterThan(15);
  });

  it('is forgiven: the rate grows back by a tenth of the maximum every five seconds', async () => {
    const { track, service, throttles } = startThrottled({ polling: { maxDelayMs: 1, factor: 1, firstDelayMs: 1 } });
    service.answer('status', replies.throttled(), replies.says('PENDING'));
    for (let i = 0; i < 200; i += 1) track(`m${i}`);
    await pass(70 * SECOND);
    expect(throttles).toHaveLength(1);
    const perSecond = (from: number): number =>
      service.times().filter((at) => at >= from && at < from + 4_000).length / 4;
    expect(perSecond(2_000)).toBeCloseTo(2.5, 0);
    expect(perSecond(12_000)).toBeCloseTo(3.5, 0);
    expect(perSecond(60_000)).toBeCloseTo(5, 0);
  });
});

describe('the budget', () => {
  it('has at most burst + rate in every sliding second, whatever is sent, polled and answered', async () => {
    const { send, track, service } = startTracker();
    let turn = 0;
    service.answer(
      'status',
      () => [replies.serverError(), replies.reset(), replies.body({})][(turn += 1) % 3] ?? replies.reset(),
    );
    service.answer('message', replies.serverError());
    for (let i = 0; i < 50; i += 1) track(`m${i}`);
    for (let i = 0; i < 30; i += 1) send();
    await pass(2 * MINUTE);
    expect(service.count()).toBeGreaterThan(300);
    expect(mostInASecond(service.times())).toBeLessThanOrEqual(10);
  });

  it('lets `burst` requests leave at once after a rest, and then `requestsPerSecond`', async () => {
    const { send, service } = startTracker({ rateLimit: { requestsPerSecond: 2, burst: 6, maxConcurrent: 10 } });
    service.latencyMs = 0;
    const dispatches = async (): Promise<number[]> => {
      const before = service.count();
      for (let i = 0; i < 10; i += 1) send();
      await pass(5 * SECOND);
      const first = service.times()[before] ?? 0;
      return service
        .requests('send')
        .slice(-10)
        .map(({ at }) => Math.round((at - first) / 100) / 10);
    };
    const expected = [0, 0, 0, 0, 0, 0, 0.6, 1.1, 1.6, 2.1];
    service.answer('send', (call) => replies.accepted(call.token ?? '', 'SENT'));
    expect(await dispatches()).toEqual(expected);
    await pass(MINUTE);
    expect(await dispatches()).toEqual(expected);
  });

  it('of eu-central-1 is half of that', async () => {
    const chimeBearer = ALICE.replace('us-east-1', 'eu-central-1');
    const { track, service } = startTracker({ chimeBearer });
    for (let i = 0; i < 100; i += 1) track(`m${i}`);
    await pass(20 * SECOND);
    expect(mostInASecond(service.times())).toBeLessThanOrEqual(5);
    expect(service.count()).toBeGreaterThan(45);
  });

  it('has no more requests in flight than `maxConcurrent`', async () => {
    const { track, service } = startTracker({
      rateLimit: { requestsPerSecond: 100, burst: 100, maxConcurrent: 3 },
      polling: { batch: false },
    });
    service.latencyMs = 1_000;
    for (let i = 0; i < 20; i += 1) track(`m${i}`);
    await pass(900);
    expect([service.count(), service.underWay]).toEqual([3, 3]);
    await pass(30 * SECOND);
    expect(mostInASecond(service.times())).toBeLessThanOrEqual(6);
  });

  it('serves sends first, then reconciles, then polls', async () => {
    const { send, track, tracker, service } = startTracker({
      rateLimit: { requestsPerSecond: 1, burst: 1, maxConcurrent: 1 },
      polling: { firstDelayMs: 1 },
    });
    track('first');
    await pass(100);
    track('polled');
    await pass(100);
    // Both wait for a permit as polls; the reconcile moves one ahead, and the send goes before it.
    track('reconciled');
    void tracker.reconcile();
    send();
    await pass(5 * SECOND);
    expect(service.story.slice(0, 2)).toEqual(['status first', 'send']);
  });

  it('is charged for attempts that the client made by itself', async () => {
    const { track, service, tracker } = startTracker({
      rateLimit: { requestsPerSecond: 2, burst: 2 },
      polling: { batch: false },
    });
    service.answer('status', { output: { Status: { Value: 'PENDING' }, $metadata: { requestId: 'r', attempts: 3 } } });
    for (let i = 0; i < 20; i += 1) track(`m${i}`);
    await pass(30 * SECOND);
    expect(service.count() * 3).toBeLessThanOrEqual(2 * 30 + 2 + 6);
    expect(tracker.stats.requests.status).toBe(service.count() * 3);
  });

  it('turns the SDK’s own retries off on its own commands', async () => {
    const { track, send, service } = startTracker();
    send();
    track('m7');
    await pass(SECOND);
    const stacks = service.calls.map(({ command }) =>
      (command as { middlewareStack: { identify(): string[] } }).middlewareStack.identify().join(' '),
    );
    expect(stacks.every((stack) => stack.includes('retryMiddleware'))).toBe(true);
  });
});
