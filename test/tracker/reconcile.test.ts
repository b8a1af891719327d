import { afterAll, describe, expect, it } from '@jest/globals';
import type { ReconcileReport } from 'chime-delivery';
import { Subject } from 'rxjs';

import { replies } from '../support/scripted-service.ts';
import { HOUR, MINUTE, pass, SECOND, startTracker, type TrackerKit } from '../support/tracker-kit.ts';

/** A reconcile, as far as it has come. */
function reconcile({ tracker }: TrackerKit): { report: ReconcileReport | undefined } {
  const round: { report: ReconcileReport | undefined } = { report: undefined };
  void tracker.reconcile().then((report) => (round.report = report));
  return round;
}

describe('reconcile', () => {
  it('polls everything pending now and returns the results', async () => {
    const kit = startTracker({ socket: 'up', polling: { batch: false } });
    const { track, send, service } = kit;
    for (const id of ['a', 'b', 'c', 'd']) track(id);
    track('done', { status: 'SENT' });
    service.answer('send', replies.hangs());
    send();
    service.settle('a', 'SENT');
    service.settle('b', 'FAILED');
    await pass(100);
    const round = reconcile(kit);
    expect(round.report).toBeUndefined();
    await pass(5 * SECOND);
    expect(round.report).toEqual({ asked: 4, settled: 2, pending: 2, requests: 4 });
    // Later polls are for the outcomes that push should have announced: it is no longer trusted.
    expect(service.story.slice(1, 5).toSorted()).toEqual(['status a', 'status b', 'status c', 'status d']);
  });

  it('with nothing pending is done at once, without a request', async () => {
    const kit = startTracker();
    const round = reconcile(kit);
    await pass(0);
    expect(round.report).toEqual({ asked: 0, settled: 0, pending: 0, requests: 0 });
    expect(kit.service.count()).toBe(0);
  });

  it('stays within the budget', async () => {
    const kit = startTracker({ socket: 'up', polling: { batch: false } });
    for (let i = 0; i < 50; i += 1) kit.track(`m${i}`);
    const round = reconcile(kit);
    await pass(SECOND);
    expect(kit.service.count()).toBeLessThanOrEqual(10);
    expect(round.report).toBeUndefined();
    await pass(12 * SECOND);
    expect(round.report).toEqual({ asked: 50, settled: 0, pending: 50, requests: 50 });
  });

  it('counts deliveries that push settles meanwhile, and does not poll them', async () => {
    const kit = startTracker({
      socket: 'up',
      polling: { batch: false },
      rateLimit: { requestsPerSecond: 1, burst: 1, maxConcurrent: 1 },
    });
    const { track, push, service } = kit;
    for (const id of ['a', 'b', 'c']) track(id);
    const round = reconcile(kit);
    await pass(500);
    push.tells('b', 'SENT');
    push.tells('c', 'DENIED');
    await pass(SECOND);
    expect(round.report).toEqual({ asked: 3, settled: 2, pending: 1, requests: 1 });
    expect(service.story).toEqual(['status a']);
  });

  it('joins a poll in flight instead of polling twice', async () => {
    const kit = startTracker();
    const { track, service } = kit;
    service.answer('status', replies.late(2_000, replies.says('SENT')));
    track('m1');
    await pass(500);
    expect(service.underWay).toBe(1);
    const round = reconcile(kit);
    await pass(5 * SECOND);
    expect(round.report).toMatchObject({ asked: 1, settled: 1, pending: 0 });
    expect(service.count()).toBe(1);
  });

  it('called twice polls once', async () => {
    const kit = startTracker({ socket: 'up', polling: { batch: false } });
    for (const id of ['a', 'b', 'c']) kit.track(id);
    const rounds = [reconcile(kit), reconcile(kit)];
    await pass(5 * SECOND);
    expect(rounds.map(({ report }) => report)).toEqual([
      { asked: 3, settled: 0, pending: 3, requests: 3 },
      { asked: 3, settled: 0, pending: 3, requests: 3 },
    ]);
    expect(kit.service.count()).toBe(3);
  });

  it('ends even if the network is closed, and counts every attempt', async () => {
    const kit = startTracker({ socket: 'up', polling: { batch: false } });
    kit.service.answer('status', replies.serverError());
    kit.track('m1');
    const round = reconcile(kit);
    await pass(MINUTE);
    expect(round.report).toEqual({ asked: 1, settled: 0, pending: 1, requests: 4 });
  });

  it('ends even if the credentials are bad', async () => {
    const kit = startTracker({ socket: 'up', polling: { batch: false } });
    kit.service.answer('status', replies.expiredToken());
    for (const id of ['a', 'b', 'c']) kit.track(id);
    const round = reconcile(kit);
    await pass(10 * MINUTE);
    expect(round.report).toMatchObject({ asked: 3, settled: 0, pending: 3 });
  });

  it('does not wait for forgotten deliveries', async () => {
    const kit = startTracker({ socket: 'up', polling: { batch: false } });
    kit.service.answer('status', replies.hangs());
    kit.track('m1');
    const round = reconcile(kit);
    await pass(100);
    kit.tracker.forget('m1');
    await pass(100);
    expect(round.report).toMatchObject({ asked: 1, settled: 0 });
  });
});

describe('a wake signal', () => {
  const page = new EventTarget() as EventTarget & { visibilityState: string };
  const globals = globalThis as { document?: unknown; addEventListener?: unknown; removeEventListener?: unknown };
  const platform = new EventTarget();
  afterAll(() => {
    delete globals.document;
    delete globals.addEventListener;
    delete globals.removeEventListener;
  });

  function startInBrowser(wake$: Subject<unknown>): TrackerKit {
    globals.document = page;
    globals.addEventListener = platform.addEventListener.bind(platform);
    globals.removeEventListener = platform.removeEventListener.bind(platform);
    return startTracker({ socket: 'down', wake$ });
  }

  function becomes(visibilityState: string): void {
    page.visibilityState = visibilityState;
    page.dispatchEvent(new Event('visibilitychange'));
  }

  const signs: [string, (kit: TrackerKit, wake$: Subject<unknown>) => void][] = [
    ['when the link comes up', ({ push }) => push.up()],
    [
      'when the session says SESSION_ESTABLISHED',
      ({ push }) => push.raw({ type: 'SESSION_ESTABLISHED', payload: null }),
    ],
    ['when `wake$` says so', (_kit, wake$) => wake$.next('active')],
    ['when the network returns', () => void platform.dispatchEvent(new Event('online'))],
    ['when the page becomes visible', () => becomes('visible')],
  ];
  it.each(signs)('brings polls forward %s', async (_name, give) => {
    const wake$ = new Subject<unknown>();
    const kit = startInBrowser(wake$);
    const { track, service } = kit;
    const delivery = track('m1');
    await pass(20 * HOUR);
    service.settle('m1', 'SENT');
    const before = service.count();
    give(kit, wake$);
    await pass(1_100);
    expect(service.count()).toBe(before + 1);
    expect(delivery.state.status).toBe('SENT');
  });

  it('does not bring polls forward when the page is hidden', async () => {
    const { track, service } = startInBrowser(new Subject());
    track('m1');
    await pass(20 * HOUR);
    const before = service.count();
    becomes('hidden');
    await pass(10 * SECOND);
    expect(service.count()).toBe(before);
  });

  it('never delays a poll, even in a storm of signals', async () => {
    const wake$ = new Subject<unknown>();
    const { track, service } = startTracker({ wake$ });
    track('m1');
    for (let i = 0; i < 20; i += 1) {
      wake$.next(i);
      await pass(50);
    }
    expect(service.count()).toBeGreaterThan(0);
  });

  it('from a `wake$` that fails is survived', async () => {
    const wake$ = new Subject<unknown>();
    const { track, service, logged } = startTracker({ wake$ });
    const delivery = track('m1');
    wake$.error(new Error('no more'));
    service.settle('m1', 'SENT');
    await pass(MINUTE);
    expect(delivery.state.status).toBe('SENT');
    expect(logged.join()).toContain('wake$');
  });
});
