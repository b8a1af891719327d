// The work that input causes grows linearly with the input. Counted, not timed: reads of the input's fields, and steps
// in the tracker's own maps and sets, for some input and for four times as much.

import { describe, expect, it, jest } from '@jest/globals';
import { createDeliveryTracker, type PushMessage } from 'chime-delivery';
import { Subject } from 'rxjs';
import { EarlyEventBuffer } from '../../src/core/early-event-buffer.ts';
import { InvalidArgumentError } from '../../src/shared/errors.ts';
import { classifyError } from '../../src/http/classify-error.ts';
import { parsePushEvent } from '../../src/push/parse-event.ts';
import { parsePage } from '../../src/features/batch-polling/list-messages.ts';
import { alice, channel } from '../support/delivery-record.ts';
import { channelDetails, event } from '../support/push-kit.ts';
import { settle, useSteppedTime } from './stepped-time.ts';

useSteppedTime();

const SOME = 250;

/** `value`, and a count of every read of a field in it, however deep. */
function counted<T extends object>(value: T): { proxy: T; reads: () => number } {
  let reads = 0;
  const wrap = (inner: object): object =>
    new Proxy(inner, {
      get(target, key) {
        reads += 1;
        const field = Reflect.get(target, key) as unknown;
        return typeof field === 'object' && field !== null ? wrap(field) : field;
      },
    });
  return { proxy: wrap(value) as T, reads: () => reads };
}

/** Counts steps in maps and sets from now on: look-ups, changes, and every iteration step. */
function countSteps(): () => number {
  let steps = 0;
  const mapSteps = Object.getPrototypeOf(new Map().entries()) as object;
  const setSteps = Object.getPrototypeOf(new Set().values()) as object;
  const counting: [object, string[]][] = [
    [Map.prototype, ['get', 'has', 'set', 'delete']],
    [Set.prototype, ['has', 'add', 'delete']],
    [mapSteps, ['next']],
    [setSteps, ['next']],
  ];
  const undo = counting.flatMap(([holder, methods]) =>
    methods.map((method) => {
      const descriptor = Object.getOwnPropertyDescriptor(holder, method) ?? {};
      const original = descriptor.value as (...args: unknown[]) => unknown;
      const count = function (this: unknown, ...args: unknown[]): unknown {
        steps += 1;
        return Reflect.apply(original, this, args);
      };
      Object.defineProperty(holder, method, { ...descriptor, value: count });
      return () => Object.defineProperty(holder, method, descriptor);
    }),
  );
  return () => {
    for (const restore of undo) restore();
    return steps;
  };
}

function stepsOf(act: () => void): number {
  const stop = countSteps();
  act();
  return stop();
}

async function stepsOfAsync(act: () => Promise<void>): Promise<number> {
  const stop = countSteps();
  await act();
  return stop();
}

/** How much more work four times the input is; 4 where it is linear, 16 where it is quadratic. */
function growth(work: (size: number) => number): number {
  const little = work(SOME);
  expect(little).toBeGreaterThan(0);
  return work(4 * SOME) / little;
}

const idOf = (index: number): string => `m${index}`;
const rows = (count: number): object[] =>
  Array.from({ length: count }, (_, index) => ({ MessageId: idOf(index), Status: { Value: 'SENT' } }));

describe('the work for four times the input', () => {
  it.each<[string, (size: number) => number]>([
    [
      'of reading a prefetch',
      (size) => {
        const { proxy, reads } = counted(JSON.parse(channelDetails(rows(size)).payload ?? '') as object);
        jest.spyOn(JSON, 'parse').mockReturnValueOnce(proxy);
        expect(parsePushEvent(channelDetails([]))).toMatchObject({ kind: 'statuses', statuses: { length: size } });
        return reads();
      },
    ],
    [
      'of reading a page',
      (size) => {
        const { proxy, reads } = counted({ ChannelMessages: rows(size) });
        expect(parsePage({ ok: true, output: proxy })).toMatchObject({ rows: { size } });
        return reads();
      },
    ],
  ])('is four times the work %s', (_name, work) => {
    expect(growth(work)).toBeCloseTo(4, 0);
  });
});

describe('the work for irrelevant input', () => {
  it.each<[string, (size: number) => number]>([
    [
      'for an event: whatever its size',
      (size) => {
        const { proxy, reads } = counted({ ...event('CREATE_CHANNEL_MESSAGE'), headers: rows(size) });
        expect(parsePushEvent(proxy).kind).toBe('statuses');
        return reads();
      },
    ],
    [
      'for an error: whatever its size',
      (size) => {
        const { proxy, reads } = counted({ name: 'ThrottlingException', $response: { headers: {}, body: rows(size) } });
        expect(classifyError(proxy, 0).kind).toBe('throttled');
        return reads();
      },
    ],
    [
      'for a refusal: however long a list it refuses',
      (size) => {
        const { proxy, reads } = counted(rows(size));
        return new InvalidArgumentError('input', 'an object', { proxy }).message.length + reads();
      },
    ],
  ])('does not grow %s', (_name, work) => {
    expect(growth(work)).toBe(1);
  });
});

describe('the work of a whole tracker', () => {
  /** Steps for each event, with `size` deliveries pending and one event about each. */
  function perEvent(size: number, tell: (index: number) => PushMessage): number {
    const client = { send: () => new Promise<never>(() => undefined) };
    const tracker = createDeliveryTracker({ client, chimeBearer: alice });
    const messages$ = new Subject<PushMessage>();
    const link$ = new Subject<'up' | 'down'>();
    tracker.attach({ messages$, link$ });
    link$.next('up');
    for (let index = 0; index < size; index += 1) tracker.track({ channelArn: channel, messageId: idOf(index) });
    const steps = stepsOf(() => {
      for (let index = 0; index < size; index += 1) messages$.next(tell(index));
    });
    void tracker.close();
    expect(steps).toBeGreaterThan(size);
    return steps / size;
  }

  it.each<[string, (index: number) => PushMessage]>([
    ['an outcome', (index) => event('CREATE_CHANNEL_MESSAGE', { MessageId: idOf(index) })],
    ['the same outcome again and again', () => event('CREATE_CHANNEL_MESSAGE', { MessageId: idOf(1) })],
    ['an event without a change', (index) => event('PENDING_CREATE_CHANNEL_MESSAGE', { MessageId: idOf(index) })],
    ['an outcome of an unknown message', (index) => event('CREATE_CHANNEL_MESSAGE', { MessageId: `x${index}` })],
    ['a malformed one', (index) => ({ type: 'CREATE_CHANNEL_MESSAGE', payload: `{${index}` })],
    ['one of a strange type', (index) => ({ type: `TYPE_${index}`, payload: '{}' })],
  ])('for an event is the same whether few or many are pending: %s', (_name, tell) => {
    const little = perEvent(SOME, tell);
    expect(perEvent(4 * SOME, tell) / little).toBeCloseTo(1, 0);
  });

  it('for a message of many rows grows with the rows', () => {
    const all = (size: number): PushMessage => channelDetails(rows(size));
    const steps = (size: number): number =>
      perEvent(size, (index) => (index === 0 ? all(size) : event('UPDATE_CHANNEL')));
    expect(steps(4 * SOME) / steps(SOME)).toBeCloseTo(1, 0);
  });

  it('to track, forget and settle grows with the number', () => {
    const work = (size: number): number => {
      const client = { send: () => new Promise<never>(() => undefined) };
      const tracker = createDeliveryTracker({ client, chimeBearer: alice, keepSettled: size / 2 });
      const steps = stepsOf(() => {
        for (let index = 0; index < size; index += 1) tracker.track({ channelArn: channel, messageId: idOf(index) });
        for (let index = 0; index < size; index += 2) tracker.forget(idOf(index));
        for (let index = 0; index < size; index += 1) {
          tracker.track({ channelArn: channel, messageId: idOf(index), status: 'SENT' });
        }
      });
      void tracker.close();
      return steps;
    };
    expect(growth(work)).toBeCloseTo(4, 0);
  });

  it.each([
    ['one by one', false, 1],
    ['one by one, each in its own channel', true, SOME * 4],
    ['by pages', true, 1],
  ])('to poll all that is pending grows with the number: %s', async (_name, batch, channels) => {
    const perDelivery = async (size: number): Promise<number> => {
      const Status = { Value: 'SENT' };
      const $metadata = { httpStatusCode: 200, requestId: 'r-1' };
      const ChannelMessages = rows(size);
      const client = { send: () => Promise.resolve({ Status, ChannelMessages, $metadata }) };
      const rateLimit = { requestsPerSecond: 1e5, burst: 1e5, maxConcurrent: 10 };
      const tracker = createDeliveryTracker({ client, chimeBearer: alice, rateLimit, polling: { batch } });
      for (let index = 0; index < size; index += 1) {
        tracker.track({ channelArn: `${channel}-${index % channels}`, messageId: idOf(index) });
      }
      const steps = await stepsOfAsync(async () => {
        while (tracker.stats.pending > 0) {
          jest.advanceTimersToNextTimer();
          await settle();
        }
      });
      expect(tracker.stats.settled.SENT).toBe(size);
      await tracker.close();
      return steps / size;
    };
    const little = await perDelivery(SOME);
    expect((await perDelivery(4 * SOME)) / little).toBeCloseTo(1, 0);
  });

  it('for early outcomes is the same for each, however many came', () => {
    const work = (size: number): number =>
      stepsOf(() => {
        const early = new EarlyEventBuffer();
        for (let index = 0; index < 40 * size; index += 1) {
          const message = { messageId: idOf(index), channelArn: channel, sender: alice, isEdit: false };
          early.add(message, { kind: 'status', source: 'websocket', status: 'SENT', at: index });
        }
      });
    expect(growth(work)).toBeCloseTo(4, 0);
  });
});
