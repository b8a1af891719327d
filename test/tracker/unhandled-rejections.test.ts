// No promise of the library, and none that the app passes to it, becomes an unhandled rejection: that ends Node. A test
// with an unhandled rejection fails by itself.
/* oxlint-disable unicorn/no-thenable -- what a listener of an app's may return */
import { describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { createDeliveryTracker, TrackerClosedError, type DeliveryEvent, type DeliveryTracker } from 'chime-delivery';

import { ALICE, replies } from '../support/scripted-service.ts';
import { flush, pass, SECOND, standing, startTracker } from '../support/tracker-kit.ts';

const bad = new Error('app');
const thenable = { then: (_resolve: unknown, reject?: (error: unknown) => void) => reject?.(bad) };
const unreadable = Object.defineProperty({}, 'then', {
  get: () => {
    throw bad;
  },
});
const listeners: [string, () => unknown][] = [
  ['is async and throws', async () => Promise.reject(bad)],
  ['returns a promise that rejects later', () => new Promise((_, reject) => setTimeout(reject, 10, bad))],
  ['returns a thenable that rejects', () => thenable],
  ['returns a thenable that cannot be read', () => unreadable],
  [
    'returns a promise of a class of its own',
    () =>
      class extends Promise<never> {
        override get [Symbol.toStringTag](): string {
          return 'Mine';
        }
      }.reject(bad),
  ],
];

describe('a listener that', () => {
  it.each(listeners)('%s is reported as one that throws, and affects no other', async (_name, listener) => {
    const { tracker, track, push, errors, logged, story } = startTracker({ socket: 'up' });
    tracker.on('sent', listener);
    tracker.once('settled', listener);
    const later: string[] = [];
    tracker.on('sent', ({ status }) => later.push(status));
    const delivery = track('m1');
    push.tells('m1', 'SENT');
    await pass(100);
    expect(errors).toMatchObject([
      { code: 'LISTENER_FAILED', event: 'sent', cause: bad },
      { code: 'LISTENER_FAILED', event: 'settled', cause: bad },
    ]);
    expect(logged).toHaveLength(2);
    expect(later).toEqual(['SENT']);
    expect(story.filter((line) => line !== 'error')).toEqual([
      'update PENDING m1',
      'update SENT m1',
      'sent SENT m1',
      'settled SENT m1',
    ]);
    expect(await delivery.settled).toMatchObject({ status: 'SENT' });
  });

  it('rejects on `error` is reported by the log alone', async () => {
    const { tracker, track, logged } = startTracker();
    let calls = 0;
    tracker.on('error', async () => {
      calls += 1;
      throw bad;
    });
    tracker.on('update', async () => Promise.reject(bad));
    track('m1');
    await pass(100);
    expect([calls, logged.length]).toEqual([1, 2]);
  });

  it('rejects after `close` is reported by the log', async () => {
    const { tracker, track, logged } = startTracker();
    tracker.on('update', () => new Promise((_, reject) => setTimeout(reject, SECOND, bad)));
    track('m1');
    await tracker.close();
    await pass(2 * SECOND);
    expect(logged).toEqual([expect.stringContaining("A listener for 'update'")]);
  });

  it('returns a promise that resolves, or anything else, is no failure', async () => {
    const { tracker, track, errors } = startTracker();
    for (const value of [Promise.resolve(7), 7, null, undefined, { then: 7 }, () => 7])
      tracker.on('update', () => value);
    track('m1');
    await pass(100);
    expect(errors).toEqual([]);
  });

  it.each<[DeliveryEvent, (kit: ReturnType<typeof startTracker>) => unknown]>([
    ['throttled', ({ service }) => service.answer('status', replies.throttled())],
    ['suspended', ({ service }) => service.answer('status', replies.expiredToken())],
    ['link', ({ push }) => push.down()],
  ])('rejects on `%s` is reported, too', async (event, cause) => {
    const kit = startTracker({ socket: 'up' });
    kit.tracker.on(event, async () => Promise.reject(bad));
    kit.track('m1');
    cause(kit);
    void kit.tracker.reconcile();
    await pass(SECOND);
    expect(kit.errors).toEqual([expect.objectContaining({ code: 'LISTENER_FAILED', event, cause: bad })]);
  });
});

describe('a logger that rejects', () => {
  it('is ignored like one that throws', async () => {
    const log = async (): Promise<never> => Promise.reject(bad);
    const logger = { debug: log, info: log, warn: log, error: log };
    const { tracker, track } = startTracker({ logger });
    tracker.on('update', () => {
      throw bad;
    });
    track('m1');
    await flush();
    expect(tracker.get('m1')?.status).toBe('PENDING');
  });
});

/** A tracker whose client never responds, with one open delivery. */
function open(): { tracker: DeliveryTracker; settled: Promise<unknown>; id: string } {
  const { tracker, track } = startTracker();
  const { settled, id } = track('m1');
  return { tracker, settled, id };
}

describe('a promise that ends because the app has closed the tracker or forgotten the delivery', () => {
  const nothing = (): void => undefined;
  const readings: [string, (promise: Promise<unknown>) => unknown][] = [
    ['read', (promise) => promise],
    ['followed by then', (promise) => promise.then(nothing)],
    ['followed by then twice', (promise) => promise.then(nothing).then(nothing)],
    ['followed by then with nothing', (promise) => promise.then()],
    ['followed by finally', (promise) => promise.finally(nothing)],
    ['followed by finally and then', (promise) => promise.finally(nothing).then(nothing)],
    [
      'followed by a catch that lets it pass',
      (promise) => promise.catch((error: unknown) => Promise.reject(error)).then(nothing, nothing),
    ],
  ];

  it.each(readings)('is no unhandled rejection if it is %s', async (_name, read) => {
    const closed = open();
    const forgotten = open();
    const reconciled = open();
    const early = open();
    read(closed.settled);
    read(forgotten.settled);
    read(reconciled.tracker.reconcile());
    forgotten.tracker.forget(forgotten.id);
    await early.tracker.close();
    await closed.tracker.close();
    await reconciled.tracker.close();
    read(early.settled);
    read(early.tracker.reconcile());
    read(early.tracker.restored);
    read(early.tracker.close());
    await flush();
    expect(await standing(early.settled)).toBeInstanceOf(TrackerClosedError);
  });

  it('still rejects, in every way to wait for it', async () => {
    const { tracker, settled } = open();
    const heard: unknown[] = [];
    const note = (error: unknown): void => void heard.push(error);
    settled.catch(note);
    settled.then(nothing).catch(note);
    settled.then(nothing, note);
    settled.finally(nothing).catch(note);
    Promise.all([settled, settled]).catch(note);
    (async () => settled)().catch(note);
    await tracker.close();
    await flush();
    expect(heard).toHaveLength(6);
    for (const error of heard) expect(error).toBeInstanceOf(TrackerClosedError);
    await expect(tracker.reconcile()).rejects.toBeInstanceOf(TrackerClosedError);
  });

  it('hides no exception of the app’s own callbacks', async () => {
    const program = ['--conditions=chime-delivery/source', '--import', 'tsx', 'test/support/app-rejections.ts'];
    const { stdout } = await promisify(execFile)(process.execPath, program);
    const callbacks = ['finally', 'catch', 'then', 'then and catch', 'fulfilled', 'fulfilled and finally'];
    expect(JSON.parse(stdout)).toEqual(callbacks.map((why) => `Error: ${why}`).toSorted());
  });

  it('is a Promise with a value', async () => {
    const { track, push } = startTracker({ socket: 'up' });
    const { settled } = track('m1');
    push.tells('m1', 'SENT');
    expect(settled).toBeInstanceOf(Promise);
    expect(await settled).toMatchObject({ status: 'SENT' });
    expect(await settled.then(({ status }) => status).finally(nothing)).toBe('SENT');
  });
});

describe('close', () => {
  it('causes no unhandled rejection while the store fails', async () => {
    const fails = (): Promise<never> => Promise.reject(bad);
    const store = { getKeys: fails, getItem: fails, setItem: fails, removeItem: fails };
    const client = { send: () => new Promise(() => undefined) };
    const tracker = createDeliveryTracker({ client, chimeBearer: ALICE, store });
    void tracker.restored;
    await flush();
    void tracker.close();
    await pass(10 * SECOND);
    expect(await standing(tracker.close())).toBeUndefined();
  });
});
