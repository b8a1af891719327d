import { describe, expect, it } from '@jest/globals';

import { replies, type Call, type Reply } from '../support/scripted-service.ts';
import { HOUR, MINUTE, pass, SECOND, startTracker, type TrackerKit } from '../support/tracker-kit.ts';

/** Tracks `count` messages whose outcomes the service knows. */
function trackSettled({ track, service }: TrackerKit, count: number, name = 'm'): string[] {
  const ids = Array.from({ length: count }, (_, i) => `${name}${i}`);
  for (const id of ids) {
    service.settle(id, 'SENT');
    track(id);
  }
  return ids;
}

/** Messages that stay pending: their processor crashed. */
function trackStuck({ track, service }: TrackerKit, ...ids: string[]): void {
  for (const id of ids) {
    service.settle(id, 'PENDING');
    track(id);
  }
}

describe('a delivery that comes while a channel is being listed', () => {
  it('is polled if it is due before the next page', async () => {
    const kit = startTracker({ socket: 'down', rateLimit: { requestsPerSecond: 1, burst: 1, maxConcurrent: 4 } });
    kit.service.latencyMs = 900;
    trackSettled(kit, 200);
    await pass(3 * SECOND);
    kit.track('new');
    await pass(20 * SECOND);
    expect(kit.service.story).toContain('status new');
    kit.service.settle('new', 'SENT');
    await pass(10 * MINUTE);
    expect(kit.tracker.get('new')).toMatchObject({ status: 'SENT' });
    expect(kit.tracker.stats).toMatchObject({ pending: 0, requests: { list: 4 } });
  });
});

describe('a delivery that a listener forgets at an update from a page', () => {
  it('is not polled again, whether that page showed it or not', async () => {
    const kit = startTracker({ socket: 'up' });
    const ids = trackSettled(kit, 10);
    trackStuck(kit, ...ids.slice(4, 7));
    for (const id of ids.slice(7)) kit.service.settle(id, 'DENIED');
    kit.tracker.once('sent', () => ids.forEach((id) => kit.tracker.forget(id)));
    void kit.tracker.reconcile();
    await pass(HOUR);
    expect(kit.service.story).toEqual(['list']);
  });
});

describe('an outage without any response', () => {
  it('does not keep pages from settling all deliveries when it is over', async () => {
    const kit = startTracker({ socket: 'up' });
    const { service, push } = kit;
    service.answer('list', replies.noNetwork());
    service.answer('status', replies.noNetwork());
    push.down();
    trackSettled(kit, 500);
    await pass(5 * MINUTE);
    service.heal('list');
    service.heal('status');
    const before = service.count();
    push.up();
    await pass(10 * SECOND);
    expect(kit.tracker.stats.settled.SENT).toBe(500);
    // Ten pages; and the deliveries that were polled before their time, by polls in flight or due.
    expect(service.count() - before).toBeLessThanOrEqual(30);
  });
});

describe('messages that stay pending', () => {
  it.each([1, 2, 3, 5])('(%i of them) do not keep a page from settling the others after a reconnect', async (stuck) => {
    const kit = startTracker({ socket: 'up' });
    const { service, push } = kit;
    trackStuck(kit, ...Array.from({ length: stuck }, (_, i) => `stuck${i}`));
    await pass(10 * HOUR);
    push.down();
    push.up();
    await pass(10 * MINUTE);
    push.down();
    trackSettled(kit, 100);
    const before = service.count();
    push.up();
    await pass(4 * SECOND);
    expect(kit.tracker.stats.settled.SENT).toBe(100);
    expect(service.count() - before).toBeLessThanOrEqual(5 + stuck);
  });
});

describe('pages without our messages', () => {
  it('are tried again some time later', async () => {
    const kit = startTracker({ socket: 'up', polling: { quietMs: HOUR } });
    const { service } = kit;
    service.answer('list', replies.rows([]), (call: Call) => service.tellList(call));
    trackSettled(kit, 200, 'first');
    void kit.tracker.reconcile();
    await pass(HOUR / 2);
    expect(kit.tracker.stats.settled.SENT).toBe(200);
    trackSettled(kit, 100, 'second');
    const before = service.count();
    void kit.tracker.reconcile();
    await pass(MINUTE);
    expect(kit.tracker.stats.settled.SENT).toBe(300);
    expect(service.count() - before).toBe(2);
  });
});

describe('a client clock', () => {
  it.each([-5, 0, 5])(
    'that is ahead by %i minutes does not keep a page from showing its deliveries',
    async (minutes) => {
      const kit = startTracker({ socket: 'up' });
      const { service } = kit;
      const sentAt = Date.now() - minutes * MINUTE;
      service.answer('list', (call): Reply =>
        Number(call.input['NotBefore']) > sentAt ? replies.rows([]) : service.tellList(call),
      );
      trackSettled(kit, 40);
      void kit.tracker.reconcile();
      await pass(SECOND);
      expect(kit.tracker.stats).toMatchObject({ settled: { SENT: 40 }, requests: { list: 1, status: 0 } });
    },
  );
});
