import { describe, expect, it } from '@jest/globals';
import type { ReconcileReport } from 'chime-delivery';

import { ALICE, BOB, CHANNEL, replies, type Reply } from '../support/scripted-service.ts';
import { HOUR, MINUTE, pass, SECOND, startTracker, type TrackerKit } from '../support/tracker-kit.ts';

const OTHER = `${CHANNEL}-2`;

/** Tracks `count` messages whose outcomes the service knows. */
function trackSettled({ track, service }: TrackerKit, count: number, fields: object = {}): string[] {
  const ids = Array.from({ length: count }, (_, i) => `m${i}`);
  for (const id of ids) {
    service.settle(id, 'SENT');
    track(id, fields);
  }
  return ids;
}

function statusesIn({ tracker }: TrackerKit, ids: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const id of ids) {
    const state = tracker.get(id);
    const key = [state?.status, state && 'evidence' in state ? state.evidence : undefined].filter(Boolean).join(' by ');
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

async function reconciled({ tracker }: TrackerKit, ms: number = 30 * SECOND): Promise<ReconcileReport | undefined> {
  let report: ReconcileReport | undefined;
  void tracker.reconcile().then((done) => (report = done));
  await pass(ms);
  return report;
}

describe('several deliveries of one channel', () => {
  it('are settled by one page', async () => {
    const kit = startTracker({ socket: 'up' });
    const begun = Date.now();
    await pass(MINUTE / 10);
    const ids = trackSettled(kit, 40);
    expect(await reconciled(kit)).toEqual({ asked: 40, settled: 40, pending: 0, requests: 1 });
    expect(statusesIn(kit, ids)).toEqual({ 'SENT by list': 40 });
    expect(kit.service.story).toEqual(['list']);
    expect(kit.service.calls[0]?.input).toMatchObject({
      ChannelArn: CHANNEL,
      ChimeBearer: ALICE,
      SortOrder: 'DESCENDING',
      MaxResults: 50,
    });
    const notBefore = Number(kit.service.calls[0]?.input['NotBefore']);
    // With a margin: the client's clock may be ahead, and it may have begun to track some time after the send.
    expect(notBefore).toBeLessThanOrEqual(begun);
    expect(kit.tracker.stats).toMatchObject({ requests: { list: 1, status: 0 }, evidence: { list: 40 }, polls: 40 });
    expect(kit.tracker.get('m1')?.polls).toBe(1);
  });

  it('are listed page by page while it pays: 500 with at most 15 requests and 4 s', async () => {
    const kit = startTracker({ socket: 'down' });
    await pass(MINUTE);
    const ids = trackSettled(kit, 500);
    await pass(4 * SECOND);
    expect(statusesIn(kit, ids)).toEqual({ 'SENT by list': 500 });
    expect(kit.service.count()).toBeLessThanOrEqual(15);
  });

  it('are polled one by one if they are fewer than a page saves', async () => {
    const kit = startTracker({ socket: 'up' });
    trackSettled(kit, 2);
    expect(await reconciled(kit)).toMatchObject({ settled: 2, requests: 2 });
    expect(kit.service.count('list')).toBe(0);
  });

  it('are polled one by one if `polling.batch` is false', async () => {
    const kit = startTracker({ socket: 'up', polling: { batch: false } });
    trackSettled(kit, 20);
    expect(await reconciled(kit)).toMatchObject({ settled: 20, requests: 20 });
    expect(kit.service.count('list')).toBe(0);
  });

  it('share no page with those of another channel, sub-channel or bearer', async () => {
    const kit = startTracker({ socket: 'up' });
    const { tracker, service } = kit;
    service.answer('list', replies.rows([]));
    for (let i = 0; i < 4; i += 1) {
      tracker.track({ channelArn: CHANNEL, messageId: `a${i}` });
      tracker.track({ channelArn: CHANNEL, messageId: `b${i}`, subChannelId: 'sub' });
      tracker.track({ channelArn: OTHER, messageId: `c${i}` });
      tracker.track({ channelArn: CHANNEL, messageId: `d${i}`, chimeBearer: BOB });
    }
    await reconciled(kit);
    const asked = service.requests('list').map(({ input }) => {
      const { ChannelArn, SubChannelId, ChimeBearer } = input;
      return [ChannelArn, SubChannelId, ChimeBearer];
    });
    expect(asked).toHaveLength(4);
    expect(asked).toEqual(
      expect.arrayContaining([
        [CHANNEL, undefined, ALICE],
        [CHANNEL, 'sub', ALICE],
        [OTHER, undefined, ALICE],
        [CHANNEL, undefined, BOB],
      ]),
    );
  });
});

describe('a row', () => {
  it('of a pending message proves only that: it is polled again', async () => {
    const kit = startTracker({ socket: 'down' });
    const ids = trackSettled(kit, 5);
    for (const id of ids) kit.service.settle(id, 'PENDING');
    await reconciled(kit, SECOND);
    expect(statusesIn(kit, ids)).toEqual({ PENDING: 5 });
    for (const id of ids) kit.service.settle(id, 'FAILED');
    await pass(MINUTE);
    expect(Object.keys(statusesIn(kit, ids)).every((key) => key.startsWith('FAILED'))).toBe(true);
  });

  it('that is absent proves nothing: the delivery is polled singly', async () => {
    const kit = startTracker({ socket: 'up' });
    const ids = trackSettled(kit, 10);
    for (const id of ids.slice(0, 3)) kit.service.settle(id, 'DENIED');
    await reconciled(kit);
    await pass(15 * SECOND);
    expect(statusesIn(kit, ids)).toEqual({ 'SENT by list': 7, 'DENIED by missing': 3 });
    expect(kit.service.count('list')).toBe(1);
    expect(kit.service.count('message')).toBeGreaterThanOrEqual(3);
  });

  it('also updates deliveries that were not due', async () => {
    const kit = startTracker({ socket: 'up' });
    const { track, service, push } = kit;
    trackSettled(kit, 4);
    await pass(19 * SECOND);
    service.settle('late', 'SENT');
    track('late');
    await pass(4 * SECOND);
    expect(kit.tracker.get('late')).toMatchObject({ status: 'SENT', evidence: 'list' });
    push.tells('late', 'FAILED');
    expect(kit.tracker.get('late')).toMatchObject({ status: 'SENT' });
  });

  it('of an edit, of a message in another channel, or without a status, settles nothing', async () => {
    const kit = startTracker({ socket: 'up', polling: { quietMs: HOUR } });
    const { tracker, track, service } = kit;
    trackSettled(kit, 4);
    track('edit', { operation: 'update' });
    tracker.track({ channelArn: OTHER, messageId: 'elsewhere' });
    track('bare');
    service.answer(
      'list',
      replies.rows([
        ...[0, 1, 2, 3].map((i) => ({ messageId: `m${i}`, status: 'SENT' })),
        { messageId: 'edit', status: 'SENT' },
        { messageId: 'elsewhere', status: 'FAILED' },
        { messageId: 'bare' },
      ]),
    );
    service.answer('status', replies.says('PENDING'));
    expect(await reconciled(kit)).toMatchObject({ asked: 7, settled: 4 });
    expect(tracker.get('edit', { operation: 'update' })?.status).toBe('PENDING');
    for (const id of ['elsewhere', 'bare']) expect(tracker.get(id)?.status).toBe('PENDING');
  });

  it('with an unknown status is pending, and logged once', async () => {
    const kit = startTracker({ socket: 'up' });
    const ids = trackSettled(kit, 4);
    kit.service.answer('list', replies.rows(ids.map((messageId) => ({ messageId, status: 'QUEUED' }))));
    await reconciled(kit, SECOND);
    expect(statusesIn(kit, ids)).toEqual({ PENDING: 4 });
    expect(kit.logged.filter((line) => line.includes('does not know'))).toHaveLength(1);
  });

  it('is read for id and status alone: its content is neither kept nor logged', async () => {
    const logged: unknown[] = [];
    const log = (...all: unknown[]): void => void logged.push(...all);
    const kit = startTracker({ socket: 'up', logger: { debug: log, info: log, warn: log, error: log } });
    const ids = trackSettled(kit, 5);
    const { tracker } = kit;
    tracker.updates$.subscribe(log);
    await reconciled(kit);
    log(ids.map((id) => tracker.get(id)));
    expect(JSON.stringify(logged)).toContain('m4');
    expect(JSON.stringify(logged)).not.toContain('secret');
  });
});

describe('a page', () => {
  it('of other members’ messages is the last: another would not pay', async () => {
    const kit = startTracker({ socket: 'up' });
    const ids = trackSettled(kit, 6);
    for (let i = 0; i < 1_000; i += 1) kit.service.settle(`stranger ${i}`, 'SENT');
    expect(await reconciled(kit)).toMatchObject({ settled: 6, requests: 7 });
    expect(statusesIn(kit, ids)).toEqual({ 'SENT by status': 6 });
    expect(kit.service.count('list')).toBe(1);
  });

  it('that is forbidden is not requested again, and is logged once at debug', async () => {
    const debug: string[] = [];
    const ignore = (): void => undefined;
    const logger = { debug: (line: string) => void debug.push(line), info: ignore, warn: ignore, error: ignore };
    const kit = startTracker({ socket: 'up', logger });
    kit.service.answer('list', replies.forbidden());
    const ids = trackSettled(kit, 8);
    await reconciled(kit);
    for (let i = 10; i < 18; i += 1) kit.track(`m${i}`);
    await reconciled(kit);
    expect(statusesIn(kit, ids)).toEqual({ 'SENT by status': 8 });
    expect(kit.service.count('list')).toBe(1);
    expect(debug.filter((line) => line.includes('chime:ListChannelMessages'))).toHaveLength(1);
    expect(kit.errors).toEqual([]);
    // Another bearer may be permitted.
    for (let i = 0; i < 4; i += 1) kit.track(`bob ${i}`.replace(' ', '-'), { chimeBearer: BOB });
    await reconciled(kit);
    expect(kit.service.count('list')).toBe(2);
  });

  const failures: [string, Reply][] = [
    ['500', replies.serverError()],
    ['429', replies.throttled()],
    ['404', replies.notFound()],
    ['400', replies.badRequest()],
    ['a reset', replies.reset()],
    ['a timeout', replies.hangs()],
    ['an empty 200', replies.blank()],
    ['HTML', replies.html()],
    ['another body', replies.body({ Status: { Value: 'DENIED' } })],
    ['rows of nonsense', { output: { ChannelMessages: [null, 3, { MessageId: 5, Status: 'SENT' }, []] } }],
    [
      'rows that are no array',
      replies.body({ ChannelMessages: { 0: { MessageId: 'm0', Status: { Value: 'DENIED' } } } }),
    ],
  ];
  it.each(failures)('that fails with %s settles nothing, and each delivery is polled singly', async (_name, reply) => {
    const kit = startTracker({ socket: 'up' });
    kit.service.answer('list', reply);
    const ids = trackSettled(kit, 12);
    kit.tracker.reconcile().catch(() => undefined);
    await pass(22 * SECOND);
    expect(statusesIn(kit, ids)).toEqual({ 'SENT by status': 12 });
    expect(kit.service.count('list')).toBe(1);
  });

  it('with expired credentials suspends, and all its deliveries wait for new ones', async () => {
    const kit = startTracker({ socket: 'up' });
    kit.service.answer('list', replies.expiredToken(), (call) => kit.service.tellList(call));
    kit.service.answer('status', replies.expiredToken(), (call) => kit.service.tellStatus(call));
    const ids = trackSettled(kit, 12);
    void reconciled(kit, 0);
    await pass(3 * MINUTE);
    expect(kit.story.filter((line) => /suspended|resumed/.test(line))).toEqual(['suspended', 'resumed']);
    expect(statusesIn(kit, ids)).toMatchObject({ 'SENT by list': expect.any(Number) });
    expect(kit.tracker.stats.settled.SENT).toBe(12);
  });

  it('is aborted when push has settled every delivery that it may show', async () => {
    const kit = startTracker({ socket: 'up' });
    kit.service.latencyMs = 2_000;
    const ids = trackSettled(kit, 5);
    const round = reconciled(kit, 5 * SECOND);
    await pass(SECOND);
    for (const id of ids) kit.push.tells(id, 'SENT');
    expect(await round).toEqual({ asked: 5, settled: 5, pending: 0, requests: 1 });
    expect(kit.service.calls.map(({ operation, endError }) => [operation, endError])).toEqual([['list', 'aborted']]);
    expect(statusesIn(kit, ids)).toEqual({ 'SENT by websocket': 5 });
  });

  it('with an outcome that push missed shows that the socket is half-open', async () => {
    const kit = startTracker({ socket: 'up' });
    const events: unknown[] = [];
    kit.tracker.on('link', (change) => events.push(change));
    trackSettled(kit, 4);
    await pass(22 * SECOND);
    expect(kit.service.count('list')).toBeGreaterThan(0);
    expect(kit.tracker.stats.settled.SENT).toBe(4);
    expect(events).toEqual([{ chimeBearer: ALICE, state: 'down', halfOpen: true }]);
  });

  it('leaves nothing behind when the tracker is closed while it is in flight', async () => {
    const kit = startTracker({ socket: 'up' });
    kit.service.latencyMs = 5_000;
    trackSettled(kit, 5);
    const report = kit.tracker.reconcile();
    await pass(SECOND);
    await kit.tracker.close();
    await expect(report).rejects.toMatchObject({ code: 'TRACKER_CLOSED' });
    expect(kit.service.calls.map(({ endError }) => endError)).toEqual(['aborted']);
  });
});

describe('after a reconnect', () => {
  it('the deliveries of one channel are polled together, so that one page may settle them', async () => {
    const kit = startTracker({ socket: 'up' });
    const ids = trackSettled(kit, 100);
    kit.push.down();
    kit.push.up();
    await pass(2 * SECOND);
    expect(statusesIn(kit, ids)).toEqual({ 'SENT by list': 100 });
    expect(kit.service.count()).toBe(2);
  });

  it('the few deliveries of a long outage are polled singly: a thousand members would overload the channel’s lists', async () => {
    const kit = startTracker({ socket: 'up', polling: { quietMs: HOUR } });
    trackSettled(kit, 5);
    await pass(MINUTE);
    kit.push.up();
    await pass(2 * SECOND);
    expect(kit.tracker.stats.settled.SENT).toBe(5);
    expect(kit.service.count('list')).toBe(0);
  });
});

describe('a delivery that is due shortly before the next page of its channel', () => {
  it('waits for that page', async () => {
    const kit = startTracker({ socket: 'down' });
    for (let i = 0; i < 6; i += 1) {
      kit.service.truth.set(`m${i}`, 'PENDING');
      kit.track(`m${i}`);
    }
    for (let i = 0; kit.service.count('list') === 0 && i < 20; i += 1) await pass(50);
    kit.service.settle('late', 'SENT');
    kit.track('late');
    await pass(1.5 * SECOND);
    expect(kit.tracker.get('late')).toMatchObject({ status: 'SENT', evidence: 'list' });
    expect(kit.service.story).toEqual(kit.service.story.map(() => 'list'));
  });

  it('does not wait beyond its deadline', async () => {
    const kit = startTracker({ socket: 'down', polling: { giveUpAfterMs: 700 } });
    for (let i = 0; i < 6; i += 1) kit.track(`m${i}`);
    await pass(2 * SECOND);
    for (let i = 0; i < 6; i += 1)
      expect(kit.tracker.get(`m${i}`)).toMatchObject({ status: 'UNKNOWN', reason: 'deadline' });
  });
});

describe('many messages of one channel that stay PENDING', () => {
  /** Tracks messages at intervals of 97 ms; rows tell when each was sent. */
  async function trackMany(kit: TrackerKit, count: number): Promise<void> {
    const sent = new Map<string, number>();
    kit.service.answer('list', () =>
      replies.rows(
        [...sent].toReversed().map(([messageId, createdAt]) => {
          return { messageId, createdAt, status: kit.service.truth.get(messageId) ?? 'PENDING' };
        }),
      ),
    );
    for (let i = 0; i < count; i += 1) {
      sent.set(`m${i}`, Date.now());
      kit.service.truth.set(`m${i}`, 'PENDING');
      kit.track(`m${i}`);
      await pass(97);
    }
  }

  it('for ever cost fewer requests in 48 h than by themselves', async () => {
    const kit = startTracker({ socket: 'down' });
    await trackMany(kit, 20);
    await pass(48 * HOUR);
    expect(kit.service.count('list')).toBeGreaterThan(20);
    expect(kit.service.count()).toBeLessThan(20 * 20);
  });

  it('after the others have settled share pages again', async () => {
    const kit = startTracker({ socket: 'down' });
    await trackMany(kit, 20);
    const pending = ['m3', 'm7', 'm11', 'm15'];
    for (const id of kit.service.truth.keys()) if (!pending.includes(id)) kit.service.settle(id, 'SENT');
    await pass(15 * SECOND);
    expect(kit.tracker.stats.settled.SENT).toBe(16);
    const before = { all: kit.service.count(), lists: kit.service.count('list') };
    await pass(2 * MINUTE);
    const [all, lists] = [kit.service.count() - before.all, kit.service.count('list') - before.lists];
    // By itself each would be polled more than a dozen times.
    expect(lists).toBeGreaterThan(all / 2);
    expect(all).toBeLessThan(4 * 9);
    for (const id of pending) kit.service.settle(id, 'FAILED');
    await pass(30 * SECOND);
    expect(kit.tracker.stats.settled.FAILED).toBe(4);
  });
});
