import { describe, expect, it, jest } from '@jest/globals';

import { CHANNEL, replies } from '../support/scripted-service.ts';
import { chance, HOUR, MINUTE, pass, SECOND, startTracker, type TrackerKit } from '../support/tracker-kit.ts';

/** Push announces the outcomes of `count` messages that each took the flow `ms`. */
async function taughtByPush({ track, push }: TrackerKit, count: number, ms: number): Promise<void> {
  for (let i = 0; i < count; i += 1) {
    const id = `taught-${ms}-${i}`;
    track(id);
    await pass(ms);
    push.tells(id, 'SENT');
  }
}

/**
 * A message whose flow takes `ms`, without push: the number of requests until the outcome is known, and how long after
 * it.
 */
async function asked(kit: TrackerKit, id: string, ms: number): Promise<{ requests: number; delay: number }> {
  const { track, service } = kit;
  service.settle(id, 'PENDING');
  const before = service.count();
  const begun = Date.now();
  const delivery = track(id);
  await pass(ms);
  service.settle(id, 'SENT');
  await pass(5 * MINUTE);
  const settledAt = 'settledAt' in delivery.state ? delivery.state.settledAt : Infinity;
  return { requests: service.count() - before, delay: settledAt - begun - ms };
}

describe('a tracker with observations of the latency', () => {
  it('polls when the flow is usually done, and not before', async () => {
    const kit = startTracker({ socket: 'up' });
    await taughtByPush(kit, 30, 3_000);
    kit.push.down();
    const { requests, delay } = await asked(kit, 'm1', 3_000);
    expect(requests).toBe(1);
    expect(delay).toBeLessThan(SECOND);
  });

  it('polls by backoff alone if `polling.learn` is false', async () => {
    const kit = startTracker({ socket: 'up', polling: { learn: false } });
    await taughtByPush(kit, 30, 3_000);
    kit.push.down();
    expect((await asked(kit, 'm1', 3_000)).requests).toBeGreaterThan(2);
  });

  it('applies the tracker-wide model to a channel without observations', async () => {
    const kit = startTracker({ socket: 'up' });
    await taughtByPush(kit, 30, 3_000);
    kit.push.down();
    const begun = kit.service.count();
    kit.tracker.track({ channelArn: `${CHANNEL}-2`, messageId: 'other' });
    await pass(2_500);
    expect(kit.service.count()).toBe(begun);
  });

  it('falls back to backoff when the planned poll got no response', async () => {
    const kit = startTracker({ socket: 'up' });
    await taughtByPush(kit, 30, 3_000);
    kit.push.down();
    kit.service.answer('status', replies.serverError());
    const delivery = kit.track('m1');
    await pass(MINUTE);
    const tries = kit.service.count();
    expect(tries).toBeGreaterThan(8);
    expect(tries).toBeLessThan(60);
    kit.service.heal('status');
    kit.service.settle('m1', 'FAILED');
    await pass(MINUTE);
    expect(delivery.state.status).toBe('FAILED');
  });

  it('polls long-pending deliveries soon after push fails, and spreads them', async () => {
    const kit = startTracker({ socket: 'up', polling: { batch: false } });
    await taughtByPush(kit, 30, 1_000);
    for (let i = 0; i < 10; i += 1) kit.track(`m${i}`);
    await pass(10 * SECOND);
    for (let i = 0; i < 10; i += 1) kit.service.settle(`m${i}`, 'SENT');
    let turn = 0;
    jest.spyOn(Math, 'random').mockImplementation(() => (turn = (turn + 0.37) % 1));
    kit.push.down();
    await pass(400 + 2 * SECOND);
    expect(kit.tracker.stats.evidence.status).toBe(10);
    expect(new Set(kit.service.times('status').slice(0, 5)).size).toBeGreaterThan(1);
  });

  it('is not delayed by a clock that is set back', async () => {
    const kit = startTracker({ socket: 'up' });
    await taughtByPush(kit, 30, 3_000);
    kit.push.down();
    kit.service.settle('m1', 'SENT');
    const delivery = kit.track('m1');
    jest.setSystemTime(Date.now() - HOUR);
    await pass(10 * SECOND);
    expect(delivery.state.status).toBe('SENT');
  });
});

describe('a tracker that has only polled', () => {
  it('learns from its polls, and polls ever less', async () => {
    const kit = startTracker();
    const requests: number[] = [];
    let turn = 0;
    jest.spyOn(Math, 'random').mockImplementation(() => (turn = (turn + 0.618) % 1));
    for (let i = 0; i < 60; i += 1) requests.push((await asked(kit, `m${i}`, 4_000)).requests);
    const mean = (of: readonly number[]): number => of.reduce((sum, n) => sum + n, 0) / of.length;
    expect(mean(requests.slice(0, 1))).toBeGreaterThan(2);
    expect(mean(requests.slice(-20))).toBeLessThan(1.5);
  });

  it('learns when a denied message was first missing, not when the denial was confirmed', async () => {
    const kit = startTracker({ missing: { confirmDelayMs: 30_000, minAgeMs: 30_000 } });
    chance(0.5);
    for (let i = 0; i < 20; i += 1) {
      kit.service.settle(`d${i}`, 'DENIED');
      kit.track(`d${i}`);
      await pass(2 * MINUTE);
    }
    const before = kit.service.count();
    kit.service.settle('m1', 'SENT');
    kit.track('m1');
    await pass(5 * SECOND);
    expect(kit.service.count()).toBe(before + 1);
  });
});
