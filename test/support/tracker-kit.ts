// A tracker with the scripted service, in fake time without randomness. Importing this installs the fake timers for
// every test of a file; after every test it closes the trackers and proves that none of their timers is left.

import { afterEach, beforeEach, expect, jest } from '@jest/globals';
import { createDeliveryTracker } from 'chime-delivery';
import type {
  Delivery,
  DeliveryEvent,
  DeliveryState,
  DeliveryTracker,
  DeliveryTrackerOptions,
  SendInput,
} from 'chime-delivery';

import { ALICE, CHANNEL, ScriptedPush, ScriptedService } from './scripted-service.ts';

export const SECOND = 1_000;
export const MINUTE: number = 60 * SECOND;
export const HOUR: number = 60 * MINUTE;

const trackers: DeliveryTracker[] = [];
const closers: (() => Promise<void>)[] = [];
const unhandled: unknown[] = [];
const onUnhandled = (reason: unknown): void => void unhandled.push(reason);

beforeEach(() => {
  jest.useFakeTimers({ now: Date.UTC(2026, 0, 1) });
  chance(0.5);
  process.on('unhandledRejection', onUnhandled);
});

/** Runs before the timers are counted at the end of each test. */
export function closeAtEnd(close: () => Promise<void>): void {
  closers.push(close);
}

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
  for (const tracker of trackers.splice(0)) await tracker.close();
  await flush();
  const left = jest.getTimerCount();
  jest.useRealTimers();
  jest.restoreAllMocks();
  // Node reports an unhandled rejection when its queues are empty.
  await new Promise((resolve) => setImmediate(resolve));
  process.off('unhandledRejection', onUnhandled);
  // oxlint-disable-next-line jest/no-standalone-expect -- proves it for every test of the files that import this
  expect({ left, unhandled: unhandled.splice(0) }).toEqual({ left: 0, unhandled: [] });
});

/** Every random number is this from now on. */
export function chance(value: number): void {
  jest.spyOn(Math, 'random').mockReturnValue(value);
}

/** Lets fake time pass, with everything that is due in it. */
export async function pass(ms: number): Promise<void> {
  await jest.advanceTimersByTimeAsync(ms);
}

/** Runs microtasks and timers of 0 ms, and those that they set: the fake clock makes these 1 ms each. */
export async function flush(): Promise<void> {
  for (let i = 0; i < 20; i += 1) await jest.advanceTimersByTimeAsync(1);
}

export interface TrackerKit {
  readonly tracker: DeliveryTracker;
  readonly service: ScriptedService;
  /** Alice's websocket, attached if the kit was asked to. */
  readonly push: ScriptedPush;
  /** Every event of the tracker in order: 'update PENDING m1'. */
  readonly story: string[];
  /** Every log line: 'warn …'. */
  readonly logged: string[];
  readonly errors: Error[];
  readonly send: (fields?: Partial<SendInput>) => Delivery;
  /** Tracks a message that the app has sent itself. */
  readonly track: (messageId: string, fields?: object) => Delivery;
}

export interface KitOptions extends Partial<DeliveryTrackerOptions> {
  /** `up`: attached and up. `down`: attached. Default: not attached. */
  socket?: 'up' | 'down';
  /** With an existing service. Default: its own. */
  service?: ScriptedService;
}

/** Most tests have little time until the first poll; the defaults have their own test. */
const quickStart = { firstDelayMs: 400, factor: 2 };

export function startTracker({ socket, service = new ScriptedService(), ...options }: KitOptions = {}): TrackerKit {
  const logged: string[] = [];
  const log =
    (level: string) =>
    (message: string): void =>
      void logged.push(`${level} ${message}`);
  const tracker = createDeliveryTracker({
    client: service.client,
    chimeBearer: ALICE,
    logger: { debug: () => undefined, info: log('info'), warn: log('warn'), error: log('error') },
    ...options,
    polling: { ...quickStart, ...options.polling },
  });
  trackers.push(tracker);
  const push = new ScriptedPush();
  if (socket !== undefined) tracker.attach(push);
  if (socket === 'up') push.up();
  const errors: Error[] = [];
  tracker.on('error', (error) => errors.push(error));
  return {
    tracker,
    service,
    push,
    story: tellStory(tracker),
    logged,
    errors,
    send: (fields) => tracker.send({ ...draft, ...fields }),
    track: (messageId, fields) => tracker.track({ channelArn: CHANNEL, messageId, ...fields }),
  };
}

export const draft: SendInput = { ChannelArn: CHANNEL, Content: 'hello', Type: 'STANDARD', Persistence: 'PERSISTENT' };

/** Every event from now on, in order. */
export function tellStory(tracker: DeliveryTracker): string[] {
  const story: string[] = [];
  const line = (event: DeliveryEvent, state?: DeliveryState): void =>
    void story.push([event, state?.status, state && (state.messageId ?? 'no id')].filter(Boolean).join(' '));
  for (const event of ['update', 'sent', 'failed', 'unknown', 'settled'] as const) {
    tracker.on(event, (state) => line(event, state));
  }
  tracker.on('suspended', () => line('suspended'));
  tracker.on('resumed', () => line('resumed'));
  tracker.on('throttled', () => line('throttled'));
  tracker.on('error', () => line('error'));
  return story;
}

/** The statuses of a delivery's stream, and 'complete' at its end. */
export function statusesOf(delivery: Pick<Delivery, 'state$'>): string[] {
  const statuses: string[] = [];
  delivery.state$.subscribe({
    next: ({ status }) => statuses.push(status),
    error: () => statuses.push('error'),
    complete: () => statuses.push('complete'),
  });
  return statuses;
}

/** The gaps between successive moments. */
export function gaps(times: readonly number[]): number[] {
  return times.slice(1).map((time, index) => time - (times[index] ?? 0));
}

/** The most moments in any sliding second. */
export function mostInASecond(times: readonly number[]): number {
  return Math.max(0, ...times.map((start) => times.filter((time) => time >= start && time < start + SECOND).length));
}

/** The state of a promise, without waiting for it. */
export async function standing(promise: Promise<unknown>): Promise<unknown> {
  let outcome: unknown = 'open';
  promise.then(
    (value) => (outcome = value),
    (error: unknown) => (outcome = error),
  );
  await flush();
  return outcome;
}
