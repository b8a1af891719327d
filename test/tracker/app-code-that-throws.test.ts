// App code that throws, or calls back, in the middle of an event of the tracker.
import { describe, expect, it, jest } from '@jest/globals';
import {
  animationFrameScheduler,
  asapScheduler,
  asyncScheduler,
  config,
  finalize,
  Observable,
  observeOn,
  queueScheduler,
  Subject,
  Subscriber,
  take,
} from 'rxjs';
import type { DeliveryState, DeliveryTracker, PushMessage } from 'chime-delivery';

import { ScriptedPush } from '../support/scripted-service.ts';
import { Disk } from '../support/scripted-store.ts';
import { draft, flush, MINUTE, pass, SECOND, standing, startTracker, statusesOf } from '../support/tracker-kit.ts';

/** The errors that RxJS reports later, instead of a throw, for what `act` does. */
async function reportedBy(act: () => unknown): Promise<string[]> {
  const reported: string[] = [];
  const before = config.onUnhandledError;
  config.onUnhandledError = (error: unknown) => reported.push(String(error));
  try {
    await act();
    await flush();
  } finally {
    config.onUnhandledError = before;
  }
  return reported;
}

function fail(): never {
  throw new Error('app');
}

const settledStory = ['update PENDING m1', 'update SENT m1', 'sent SENT m1', 'settled SENT m1'];

describe('app code that throws in an RxJS scheduler', () => {
  it('loses no update if it throws in the queue scheduler while a frame arrives', async () => {
    const disk = new Disk();
    const { track, push, story, tracker } = startTracker({ socket: 'up', store: disk.mount() });
    await flush();
    const delivery = track('m1');
    const statuses = statusesOf(delivery);
    await flush();
    expect(() =>
      queueScheduler.schedule(() => {
        push.tells('m1', 'SENT');
        fail();
      }),
    ).toThrow('app');
    expect(story).toEqual(settledStory);
    expect(statuses).toEqual(['PENDING', 'SENT', 'complete']);
    expect(await standing(delivery.settled)).toMatchObject({ status: 'SENT' });
    expect([disk.names, tracker.stats.pending]).toEqual([[], 0]);
  });

  it('loses no update if the frames of a push source come through the queue scheduler', async () => {
    const { tracker, track, story } = startTracker();
    const raw$ = new Subject<PushMessage>();
    const push = new ScriptedPush();
    const messages$ = raw$.pipe(observeOn(queueScheduler));
    tracker.attach({ messages$, link$: push.link$ });
    push.up();
    push.messages$.subscribe(raw$);
    track('m1');
    expect(() =>
      queueScheduler.schedule(() => {
        push.tells('m1', 'SENT');
        queueScheduler.schedule(fail);
      }),
    ).toThrow('app');
    expect(story).toEqual(settledStory);
  });

  it('delays no update: a send inside the queue scheduler is announced at once', () => {
    const { send, story } = startTracker();
    const stories: string[][] = [];
    queueScheduler.schedule(() => {
      send();
      stories.push([...story]);
    });
    expect(stories).toEqual([['update SENDING no id']]);
  });
});

describe('a tracker and the RxJS schedulers', () => {
  it('have nothing in common: the tracker schedules nothing there: they belong to the whole process, and lose their queue when the app throws', async () => {
    const schedulers = { asapScheduler, asyncScheduler, animationFrameScheduler, queueScheduler };
    const spies = Object.values(schedulers).map((scheduler) => jest.spyOn(scheduler, 'schedule'));
    const { tracker, send, track, push, service } = startTracker({ socket: 'up', store: new Disk().mount() });
    const sizes: number[] = [];
    tracker.deliveries$.subscribe(({ size }) => sizes.push(size));
    send();
    track('m9');
    push.tells('m9', 'DENIED');
    await pass(SECOND);
    push.down();
    service.settle('m1', 'SENT');
    await pass(MINUTE);
    await tracker.close();
    expect(sizes.at(-1)).toBe(2);
    expect(spies.map((spy) => spy.mock.calls.length)).toEqual([0, 0, 0, 0]);
  });
});

const streams: [string, (tracker: DeliveryTracker) => Observable<unknown>][] = [
  ['updates$', ({ updates$ }) => updates$],
  ['deliveries$', ({ deliveries$ }) => deliveries$],
  ['watch', (tracker) => tracker.watch('m1')],
  ['state$', (tracker) => tracker.track({ channelArn: draft.ChannelArn ?? '', messageId: 'm1' }).state$],
];
/**
 * Subscribers that throw, each in its own way, while `armed`; and whether RxJS reports it: it drops errors after the
 * end of a subscription.
 */
const strangers: [string, boolean, (stream$: Observable<unknown>, armed: () => boolean) => unknown][] = [
  ['in next', true, (stream$, armed) => stream$.subscribe(() => armed() && fail())],
  ['in complete', true, (stream$) => stream$.subscribe({ complete: fail })],
  ['in a teardown', true, (stream$) => stream$.pipe(finalize(fail)).subscribe()],
  ['in a teardown in the middle', false, (stream$) => stream$.pipe(take(2), finalize(fail)).subscribe()],
  [
    'as a bare Subscriber',
    true,
    (stream$, armed) =>
      stream$.subscribe(
        new Subscriber({
          next: () => armed() && fail(),
          error: fail,
          complete: fail,
        }),
      ),
  ],
];

describe.each(streams)('a subscriber of %s that throws', (_name, streamOf) => {
  it.each(strangers)(
    '%s affects no other subscriber, and no caller that pushes or closes',
    async (_way, isReported, subscribe) => {
      const { tracker, track, push, story } = startTracker({ socket: 'up' });
      const delivery = track('m1');
      let armed = false;
      subscribe(streamOf(tracker), () => armed);
      armed = true;
      const statuses = statusesOf(delivery);
      const other = statusesOf(track('m2'));
      const states: string[] = [];
      tracker.updates$.subscribe({
        next: ({ status }) => states.push(status),
        complete: () => states.push('complete'),
      });
      let ended = false;
      tracker.deliveries$.subscribe({ complete: () => (ended = true) });
      const reported = await reportedBy(async () => {
        push.tells('m1', 'SENT');
        await flush();
        await tracker.close();
      });
      expect(story.filter((line) => line.endsWith('m1'))).toEqual(settledStory);
      expect(statuses).toEqual(['PENDING', 'SENT', 'complete']);
      expect(other).toEqual(['PENDING', 'complete']);
      expect([states, ended]).toEqual([['SENT', 'complete'], true]);
      expect(await standing(delivery.settled)).toMatchObject({ status: 'SENT' });
      expect(reported.length > 0).toBe(isReported);
    },
  );
});

describe('an observable of the app that throws', () => {
  const throwing = (): Observable<never> => new Observable(() => fail);
  it('in the teardown of its link$ or messages$ is detached, and the link goes down', async () => {
    for (const field of ['link$', 'messages$'] as const) {
      const { tracker, logged } = startTracker();
      const links: string[] = [];
      tracker.on('link', ({ state }) => links.push(state));
      const push = new ScriptedPush();
      const source = { messages$: push.messages$, link$: push.link$ };
      const inner$: Observable<unknown> = source[field];
      const outer$ = new Observable((subscriber) => {
        subscriber.add(inner$.subscribe(subscriber));
        subscriber.add(fail);
      });
      const detach = tracker.attach({ ...source, [field]: outer$ });
      push.up();
      expect(detach).not.toThrow();
      expect(links).toEqual(['up', 'down']);
      expect(logged).toEqual([expect.stringContaining('warn')]);
    }
  });

  it('in its teardown as it completes may be attached again', () => {
    const { tracker } = startTracker();
    const push = new ScriptedPush();
    let subscribed = 0;
    const messages$ = new Observable<PushMessage>((subscriber) => {
      subscribed += 1;
      subscriber.complete();
      return fail;
    });
    const source = { messages$, link$: push.link$ };
    tracker.attach(source);
    expect(() => push.link$.complete()).not.toThrow();
    tracker.attach(source);
    expect(subscribed).toBe(2);
  });

  it('in removeObserver does not prevent `detach`', () => {
    const { tracker, logged } = startTracker();
    const links: string[] = [];
    tracker.on('link', ({ state }) => links.push(state));
    let observer: { messagingSessionDidStart?(): void } = {};
    const detach = tracker.attach({ addObserver: (added) => (observer = added), removeObserver: fail });
    observer.messagingSessionDidStart?.();
    expect(detach).not.toThrow();
    expect(links).toEqual(['up', 'down']);
    expect(logged).toEqual([expect.stringContaining('warn')]);
  });

  it('in the teardown of one source leaves no listener of ours on the platform after `close`', async () => {
    const target = new EventTarget();
    let listeners = 0;
    const names = ['addEventListener', 'removeEventListener'] as const;
    Object.assign(globalThis, {
      addEventListener: (...args: Parameters<EventTarget['addEventListener']>) => {
        listeners += 1;
        target.addEventListener(...args);
      },
      removeEventListener: (...args: Parameters<EventTarget['removeEventListener']>) => {
        listeners -= 1;
        target.removeEventListener(...args);
      },
    });
    try {
      const { tracker } = startTracker({ wake$: throwing() });
      tracker.attach({ addObserver: () => undefined, removeObserver: fail });
      expect(listeners).toBeGreaterThan(0);
      await tracker.close();
      expect(listeners).toBe(0);
    } finally {
      for (const name of names) Reflect.deleteProperty(globalThis, name);
    }
  });
});

describe('a subscriber that calls the tracker', () => {
  const calls: [string, (tracker: DeliveryTracker, state: DeliveryState) => unknown][] = [
    ['send', (tracker) => tracker.send(draft)],
    ['track', (tracker) => tracker.track({ channelArn: draft.ChannelArn ?? '', messageId: 'm9' })],
    ['forget', (tracker, { id }) => tracker.forget(id)],
    ['reconcile', (tracker) => tracker.reconcile()],
    ['close', (tracker) => tracker.close()],
    ['a subscription', (tracker) => tracker.updates$.subscribe()],
  ];
  it.each(calls)('with %s, from state$, updates$ and deliveries$ alike, breaks nothing', async (_name, call) => {
    for (const stream of ['state$', 'updates$', 'deliveries$'] as const) {
      const { tracker, track, push } = startTracker({ socket: 'up' });
      const delivery = track('m1');
      let called = false;
      const stream$: Observable<unknown> = stream === 'state$' ? delivery.state$ : tracker[stream];
      stream$.subscribe(() => {
        if (called || delivery.state.status !== 'SENT') return;
        called = true;
        call(tracker, delivery.state);
      });
      push.tells('m1', 'SENT');
      await pass(100);
      expect([stream, called]).toEqual([stream, true]);
      expect(await standing(delivery.settled)).toMatchObject({ status: 'SENT' });
    }
  });
});
