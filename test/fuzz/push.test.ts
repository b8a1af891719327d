// A whole tracker with any events of a websocket, or of something like one: every delivery ends as the first message
// about it says, and otherwise stays pending.

import { describe, expect, it, jest } from '@jest/globals';
import { createDeliveryTracker, type Delivery, type DeliveryTracker } from 'chime-delivery';
import * as fc from 'fast-check';
import { Subject } from 'rxjs';
import { alice, bob, channel, otherChannel } from '../support/delivery-record.ts';
import { expectEqual } from '../support/expect-equal.ts';
import { cases, Tally } from './fuzz.ts';
import { wordsIn, type Word } from './push-oracle.ts';
import { messageIds, pushMessage } from './push-stories.ts';
import { useSteppedTime } from './stepped-time.ts';
import { mutated, strange, type Shape } from './strange.ts';

const FRAMES = 40;

interface Order {
  readonly messageId: string;
  readonly channelArn: string;
  readonly chimeBearer: string;
  readonly operation: 'create' | 'update';
}
const order: fc.Arbitrary<Order> = fc.record({
  messageId: fc.constantFrom(...messageIds),
  channelArn: fc.constantFrom(channel, channel, channel, otherChannel),
  chimeBearer: fc.constantFrom(alice, alice, alice, bob),
  operation: fc.constantFrom('create', 'create', 'create', 'update'),
});
const orders = fc.uniqueArray(order, { minLength: 4, maxLength: 6, selector: ({ messageId }) => messageId });

/** How the messages arrive: by an app's own socket, or by a session. Both belong to alice. */
type Way = (tracker: DeliveryTracker) => (message: unknown) => void;
const ways: Record<string, Way> = {
  'a socket of the app’s own': (tracker) => {
    const messages$ = new Subject<never>();
    tracker.attach({ messages$, link$: new Subject<never>() }, { chimeBearer: alice });
    return (message) => messages$.next(message as never);
  },
  'a session': (tracker) => {
    const observers: { messagingSessionDidReceiveMessage?(message: never): void }[] = [];
    tracker.attach({
      addObserver: (observer: (typeof observers)[number]) => observers.push(observer),
      removeObserver: () => undefined,
      configuration: { userArn: alice },
    } as never);
    return (message) => observers.forEach((observer) => observer.messagingSessionDidReceiveMessage?.(message as never));
  },
};

/** The status of a delivery after these words; they come in order, and the first final state stays. */
function truthOf({ messageId, channelArn, chimeBearer, operation }: Order, words: readonly Word[]): string {
  const isEdit = operation === 'update';
  const last = words.find((word) => {
    if (word.status === 'PENDING' || word.messageId !== messageId || word.channelArn !== channelArn) return false;
    // A row of the prefetch is about the message, whatever the outcome of its edits.
    if ((word.isEdit ?? false) !== isEdit || word.subChannelId !== undefined) return false;
    // Every status but SENT goes to the sender alone, so that a socket is about its own user.
    const told = word.source === 'websocket' && word.status !== 'SENT' ? alice : chimeBearer;
    return (word.sender ?? told) === chimeBearer;
  });
  return last?.status ?? 'PENDING';
}

useSteppedTime();

const client = { send: () => new Promise<never>(() => undefined) };
const newTracker = (): DeliveryTracker => createDeliveryTracker({ client, chimeBearer: alice });

describe.each(Object.entries(ways))('the events of %s, of any shape', (_way, listen) => {
  it.each(cases(FRAMES))('are an outcome if they contain one, once, and break nothing, %s', (_name, parameters) => {
    const tally = new Tally(parameters);
    const frames = fc.array(pushMessage, { minLength: 1, maxLength: FRAMES, size: 'max' });
    fc.assert(
      fc.property(orders, frames, (orders, shapes) => {
        const tracker = newTracker();
        const settled: string[] = [];
        tracker.on('settled', ({ id, status }) => settled.push(`${id} ${status}`));
        const hear = listen(tracker);
        const deliveries = orders.map((order): [Order, Delivery] => [order, tracker.track(order)]);
        const words: Word[] = [];
        for (const shape of shapes) {
          words.push(...wordsIn(shape.make()));
          hear(shape.make());
        }
        // An error without a caller is thrown by a timer.
        jest.advanceTimersByTime(0);
        const is = deliveries.map(([order, { state }]) => [order, state.status]);
        expectEqual(
          is,
          orders.map((order) => [order, truthOf(order, words)]),
        );
        const ended = deliveries.filter(([, { state }]) => state.status !== 'PENDING');
        expectEqual(settled.toSorted(), ended.map(([, { id, state }]) => `${id} ${state.status}`).toSorted());
        for (const [, { state }] of deliveries) tally.count(state.status);
        void tracker.close();
      }),
      parameters,
    );
    expect(tally.rarerThan(6, 'PENDING', 'SENT', 'FAILED', 'DENIED')).toEqual([]);
  });
});

const observable = { subscribe: () => ({ unsubscribe: () => undefined }) };
const odd: fc.Arbitrary<Shape> = fc.oneof(
  { weight: 4, arbitrary: mutated(fc.constant({ messages$: {}, link$: {} })) },
  {
    weight: 4,
    arbitrary: mutated(
      fc.constant({
        configuration: { userArn: alice, prefetchOn: 1 },
        isSessionEstablished: true,
        webSocket: { url: 'wss://' },
      }),
    ),
  },
  { weight: 1, arbitrary: strange },
);

describe('attach with any argument', () => {
  it.each(cases())('attaches it, or rejects it with a typed error, and breaks nothing, %s', (_name, parameters) => {
    const tally = new Tally(parameters);
    const signals = fc.array(fc.oneof(strange, pushMessage), { maxLength: 3 });
    const methods = fc.record({ session: fc.boolean(), push: fc.boolean(), socket: fc.nat(3) });
    const tracker = newTracker();
    fc.assert(
      fc.property(odd, methods, signals, (shape, { session, push, socket }, said) => {
        const source = shape.make();
        const heard: ((value: unknown) => void)[] = [];
        const observe = (observer: object): void => {
          for (const hear of Object.values(observer) as ((value: unknown) => void)[]) heard.push(hear);
        };
        const subscribe = (observer: { next(value: unknown): void }): object => {
          heard.push((value) => observer.next(value));
          return observable.subscribe();
        };
        if (isOpen(source)) {
          if (session) put(source, { addObserver: observe, removeObserver: () => undefined });
          if (push) put(source, { messages$: { subscribe }, link$: { subscribe } });
          if (session && socket > 0) put(source, { webSocket: sockets[socket - 1] });
        }
        try {
          const detach = tracker.attach(source as never);
          tally.count('attached');
          for (const one of said) for (const hear of heard) hear(one.make());
          detach();
        } catch (error) {
          tally.count('refused');
          expectEqual((error as { code?: unknown }).code, 'INVALID_ARGUMENT');
        }
        jest.advanceTimersByTime(0);
      }),
      parameters,
    );
    void tracker.close();
    expect(tally.rarerThan(5, 'attached', 'refused')).toEqual([]);
  });
});

/** Sockets of other versions of the session. */
const sockets = [
  { readyState: 1, addEventListener: 'none' },
  { readyState: () => 3, addEventListener: () => undefined },
  {
    readyState: () => {
      throw new Error('no socket yet');
    },
  },
];

function put(target: object, fields: object): void {
  for (const [key, value] of Object.entries(fields)) {
    Reflect.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  }
}

function isOpen(value: unknown): value is object {
  try {
    return typeof value === 'object' && value !== null && Object.isExtensible(value) && !ArrayBuffer.isView(value);
  } catch {
    return false;
  }
}
