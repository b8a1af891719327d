import { describe, expect, it, jest } from '@jest/globals';
import { TrackerClosedError } from 'chime-delivery';
import { Observable, Subject } from 'rxjs';

import { replies, ScriptedPush } from '../support/scripted-service.ts';
import { draft, flush, HOUR, pass, SECOND, standing, startTracker, statusesOf } from '../support/tracker-kit.ts';

describe('close', () => {
  it('rejects every open delivery, completes every stream, and emits nothing more', async () => {
    const { tracker, send, track, service, push, story } = startTracker({ socket: 'up' });
    const [sending, pending, settled] = [send(), track('m1'), track('m2', { status: 'SENT' })];
    const statuses = [sending, pending, settled].map(statusesOf);
    const streams: string[] = [];
    tracker.updates$.subscribe({ complete: () => streams.push('updates') });
    tracker.deliveries$.subscribe({ complete: () => streams.push('deliveries') });
    tracker.watch('m1').subscribe({ complete: () => streams.push('watch') });
    const before = [...story];
    await tracker.close();
    push.tells('m1', 'SENT');
    service.settle('m1', 'SENT');
    await pass(HOUR);
    expect(await standing(sending.settled)).toBeInstanceOf(TrackerClosedError);
    expect(await standing(pending.settled)).toBeInstanceOf(TrackerClosedError);
    expect(await standing(settled.settled)).toMatchObject({ status: 'SENT' });
    expect(statuses).toEqual([
      ['SENDING', 'complete'],
      ['PENDING', 'complete'],
      ['SENT', 'complete'],
    ]);
    expect(streams.toSorted()).toEqual(['deliveries', 'updates', 'watch']);
    expect(story).toEqual(before);
  });

  it('rejects a `settled` that was read before it, too, with advice on what to do next', async () => {
    const { tracker, track } = startTracker();
    const { settled } = track('m1');
    await tracker.close();
    await expect(settled).rejects.toMatchObject({
      code: 'TRACKER_CLOSED',
      message: expect.stringContaining('create a new one'),
    });
  });

  it('causes no unhandled rejection of a `settled` without a caller', async () => {
    const { tracker, send, track } = startTracker();
    expect([send().settled, track('m1').settled]).toEqual([expect.any(Promise), expect.any(Promise)]);
    track('m2');
    void track('m3').settled;
    tracker.forget('m3');
    await tracker.close();
  });

  it('aborts every request in flight and starts none afterwards', async () => {
    const { tracker, send, track, service } = startTracker();
    service.answer('send', replies.hangs());
    service.answer('status', replies.hangs());
    send();
    track('m1');
    track('m2');
    await pass(SECOND);
    expect(service.underWay).toBe(3);
    await tracker.close();
    expect(service.calls.map(({ endError }) => endError)).toEqual(['aborted', 'aborted', 'aborted']);
    await pass(HOUR);
    expect(service.count()).toBe(3);
  });

  const moments: [string, (kit: ReturnType<typeof startTracker>) => Promise<void> | void][] = [
    ['nothing was ever done', () => undefined],
    ['a send waits for the budget', ({ send }) => void Array.from({ length: 20 }, () => send())],
    [
      'polls are scheduled',
      async ({ track }) => {
        track('m1');
        await pass(10);
      },
    ],
    [
      'a retry is due',
      async ({ track, service }) => {
        service.answer('status', replies.serverError());
        track('m1');
        await pass(400);
      },
    ],
    [
      'the bearer is throttled',
      async ({ track, service }) => {
        service.answer('status', replies.throttled('30'));
        track('m1');
        await pass(400);
      },
    ],
    [
      'the credentials are bad',
      async ({ track, service }) => {
        service.answer('status', replies.expiredToken());
        track('m1');
        await pass(400);
      },
    ],
    [
      'a miss is to be confirmed',
      async ({ track, service }) => {
        service.answer('status', replies.body({}));
        track('m1');
        await pass(400);
      },
    ],
    [
      'a reconcile is running',
      async ({ track, tracker, service }) => {
        service.answer('status', replies.hangs());
        track('m1');
        tracker.reconcile().catch(() => undefined);
        await pass(10);
      },
    ],
  ];
  it.each(moments)('leaves no timer when %s', async (_name, begin) => {
    const kit = startTracker();
    await begin(kit);
    await kit.tracker.close();
    await flush();
    expect(jest.getTimerCount()).toBe(0);
  });

  it('does not wait for a client that ignores its abort signal', async () => {
    const deaf = { send: () => new Promise<never>(() => undefined) };
    const { tracker, send } = startTracker({ client: deaf });
    const { settled } = send();
    await pass(SECOND);
    await tracker.close();
    expect(await standing(settled)).toBeInstanceOf(TrackerClosedError);
    await flush();
    expect(jest.getTimerCount()).toBe(0);
  });

  it('detaches every source and unsubscribes from `wake$`', async () => {
    const wake$ = new Subject<void>();
    const { tracker, push } = startTracker({ socket: 'up', wake$ });
    const observers = new Set<object>();
    tracker.attach({ addObserver: (one) => observers.add(one), removeObserver: (one) => observers.delete(one) });
    expect([observers.size, push.messages$.observed, push.link$.observed, wake$.observed]).toEqual([
      1,
      true,
      true,
      true,
    ]);
    await tracker.close();
    expect([observers.size, push.messages$.observed, push.link$.observed, wake$.observed]).toEqual([
      0,
      false,
      false,
      false,
    ]);
    push.tells('m1', 'SENT');
    wake$.next();
  });

  it('stops everything even if the app’s teardown throws', async () => {
    const wake$ = new Observable<void>(() => () => {
      throw new Error('teardown of wake$');
    });
    const { tracker, track, send } = startTracker({ wake$ });
    tracker.attach({
      addObserver: () => undefined,
      removeObserver: () => {
        throw new Error('removeObserver');
      },
    });
    send();
    const { settled } = track('m1');
    await pass(100);
    await tracker.close();
    expect(await standing(settled)).toBeInstanceOf(TrackerClosedError);
    await flush();
    expect(jest.getTimerCount()).toBe(0);
  });

  it('rejects a running reconcile', async () => {
    const { tracker, track, service } = startTracker();
    service.answer('status', replies.hangs());
    track('m1');
    const report = tracker.reconcile();
    const outcome = standing(report);
    await tracker.close();
    expect(await outcome).toBeInstanceOf(TrackerClosedError);
  });

  it('is harmless twice, and works through `await using`', async () => {
    const { tracker, track } = startTracker();
    const delivery = track('m1');
    const statuses = statusesOf(delivery);
    await Promise.all([tracker.close(), tracker.close()]);
    await tracker[Symbol.asyncDispose]();
    expect(statuses).toEqual(['PENDING', 'complete']);
    expect(await standing(delivery.settled)).toBeInstanceOf(TrackerClosedError);
  });

  it('makes every later call a typed error, and leaves existing deliveries readable', async () => {
    const { tracker, track } = startTracker();
    track('m1', { status: 'DENIED' });
    await tracker.close();
    const late = [
      () => tracker.send(draft),
      () => tracker.track({ channelArn: draft.ChannelArn ?? '', messageId: 'm2' }),
      () => tracker.wrap(() => undefined),
      () => tracker.attach(new ScriptedPush()),
    ];
    for (const call of late) expect(call).toThrow(TrackerClosedError);
    await expect(tracker.reconcile()).rejects.toBeInstanceOf(TrackerClosedError);
    expect(tracker.get('m1')).toMatchObject({ status: 'DENIED' });
    expect(tracker.stats).toMatchObject({ settled: { DENIED: 1 } });
    expect(tracker.forget('m1')).toBe(true);
    expect(tracker.off('sent', () => undefined)).toBe(tracker);
  });

  it('completes at once for every later subscriber', async () => {
    const { tracker, track } = startTracker();
    const delivery = track('m1');
    await tracker.close();
    const ended: string[] = [];
    tracker.updates$.subscribe({ complete: () => ended.push('updates') });
    tracker.deliveries$.subscribe({
      next: ({ size }) => ended.push(`${size}`),
      complete: () => ended.push('deliveries'),
    });
    tracker.watch('m1').subscribe({ complete: () => ended.push('watch') });
    await flush();
    expect(ended.toSorted()).toEqual(['1', 'deliveries', 'updates', 'watch']);
    expect(statusesOf(delivery)).toEqual(['PENDING', 'complete']);
  });

  it('lets a wrapped send go on, untracked', async () => {
    const { tracker } = startTracker();
    const wrapped = tracker.wrap(async () => ({ ChannelArn: draft.ChannelArn, MessageId: 'm1' }));
    await tracker.close();
    expect(await wrapped()).toEqual({ ChannelArn: draft.ChannelArn, MessageId: 'm1' });
    expect(tracker.get('m1')).toBeUndefined();
  });
});
