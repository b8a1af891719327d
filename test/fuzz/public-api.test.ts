// Arguments of every shape from an app: each is accepted, or rejected by a typed error that says so, and nothing else.

import { types } from 'node:util';
import { describe, expect, it, jest } from '@jest/globals';
import { createDeliveryTracker, type Delivery, type DeliveryTracker } from 'chime-delivery';
import * as fc from 'fast-check';
import { NEVER } from 'rxjs';
import { alice, bob, channel } from '../support/delivery-record.ts';
import { expectEqual } from '../support/expect-equal.ts';
import { cases, Tally } from './fuzz.ts';
import { isReadable, isText, parsed, peek } from './peek.ts';
import { proofOfField } from './rest-oracle.ts';
import { settle, useSteppedTime } from './stepped-time.ts';
import { mutated, strange, type Shape } from './strange.ts';

const client = { send: () => new Promise<never>(() => undefined) };
const newTracker = (): DeliveryTracker => createDeliveryTracker({ client, chimeBearer: alice });

useSteppedTime();

/** The result of a call, or that it was rejected as it should be. Any other error is rethrown. */
function knock<T>(call: () => T): T | 'refused' {
  try {
    return call();
  } catch (error) {
    const { code, message, argument, expected } = error as Record<string, unknown>;
    if (code !== 'INVALID_ARGUMENT') throw error;
    expectEqual([isText(message), isText(argument), isText(expected)], [true, true, true]);
    return 'refused';
  }
}

function often(usual: fc.Arbitrary<unknown>): fc.Arbitrary<Shape> {
  return fc.oneof({ weight: 9, arbitrary: mutated(usual) }, { weight: 1, arbitrary: strange });
}

const ids = fc.constantFrom('m1', 'm2', 'm3', '__proto__', 'constructor');
const word = fc.constantFrom('PENDING', 'SENT', 'FAILED', 'DENIED');
const nature = {
  subChannelId: fc.constant('s1'),
  chimeBearer: fc.constantFrom(alice, bob),
  persistence: fc.constantFrom('PERSISTENT', 'NON_PERSISTENT'),
  type: fc.constantFrom('STANDARD', 'CONTROL'),
  operation: fc.constantFrom('create', 'update'),
};
const plainMessage = fc.record(
  { channelArn: fc.constant(channel), messageId: ids, status: word, ...nature },
  { requiredKeys: ['channelArn', 'messageId'] },
);
const Status = fc.record({ Value: word, Detail: fc.constant('no answer') }, { requiredKeys: ['Value'] });
const output = fc.record(
  { ChannelArn: fc.constant(channel), MessageId: ids, SubChannelId: fc.constant('s1'), Status, ...nature },
  { requiredKeys: ['ChannelArn', 'MessageId'] },
);

describe('track with any argument', () => {
  it.each(cases())('tracks exactly what it contains, or rejects it, %s', (_name, parameters) => {
    const tally = new Tally(parameters);
    fc.assert(
      fc.property(often(fc.oneof(plainMessage, output)), (shape) => {
        const tracker = newTracker();
        const message = shape.make();
        const delivery = knock(() => tracker.track(message as never));
        if (delivery !== 'refused') {
          const { id, status, operation, messageId, channelArn } = { messageId: undefined, ...delivery.state };
          const isOutput = peek(message, 'MessageId') !== undefined || peek(message, 'ChannelArn') !== undefined;
          expectEqual([peek(message, isOutput ? 'MessageId' : 'messageId'), channelArn], [messageId, channel]);
          // An edit is a delivery of its own.
          expectEqual(
            [operation, id === messageId],
            peek(message, 'operation') === 'update' ? ['update', false] : ['create', true],
          );
          const said = isOutput ? proofOfField(peek(message, 'Status')) : peek(message, 'status');
          // An unknown status means that the outcome is not known yet.
          const isKnown = said === 'SENT' || said === 'FAILED' || said === 'DENIED';
          expectEqual(status, isKnown ? said : 'PENDING');
          tally.count(status);
        } else tally.count('refused');
        void tracker.close();
      }),
      parameters,
    );
    expect(tally.rarerThan(20, 'refused', 'PENDING', 'SENT', 'FAILED', 'DENIED')).toEqual([]);
  });
});

const input = fc.record(
  {
    ChannelArn: fc.constant(channel),
    Content: fc.constant('hello'),
    Type: fc.constantFrom('STANDARD', 'CONTROL'),
    Persistence: fc.constantFrom('PERSISTENT', 'NON_PERSISTENT'),
    ChimeBearer: fc.constantFrom(alice, bob),
    ClientRequestToken: fc.constant('token-1'),
    SubChannelId: fc.constant('s1'),
    Metadata: fc.constant('{}'),
    MessageAttributes: fc.constant({ mentions: { StringValues: ['bob'] } }),
  },
  { requiredKeys: ['ChannelArn', 'Content'] },
);
const settings = fc.oneof(
  { weight: 4, arbitrary: fc.constant(undefined) },
  {
    weight: 1,
    arbitrary: often(fc.record({ signal: fc.constant({ aborted: false, reason: 'no', addEventListener: 1 }) })),
  },
);

describe('send with any argument', () => {
  it.each(cases())('sends what it checked, or rejects it, %s', async (_name, parameters) => {
    const tally = new Tally(parameters);
    await fc.assert(
      fc.asyncProperty(often(input), settings, async (shape, options) => {
        const sent: unknown[] = [];
        const spy = { send: (command: { input: unknown }) => (sent.push(command.input), client.send()) };
        const tracker = createDeliveryTracker({ client: spy, chimeBearer: alice });
        const given = shape.make();
        const delivery = knock(() => tracker.send(given as never, options?.make() as never));
        await settle();
        // The limiter sets a timer of 0 ms.
        jest.advanceTimersByTime(1);
        await settle();
        tally.count(delivery === 'refused' ? delivery : delivery.state.status);
        if (delivery === 'refused') expectEqual([tracker.stats.pending, sent], [0, []]);
        else if (delivery.state.status === 'SENDING') {
          // As JSON, as on the wire.
          const said = parsed(JSON.stringify(given)) as object;
          const { id, channelArn, chimeBearer } = delivery.state;
          expectEqual(sent, [{ ...said, ChannelArn: channelArn, ChimeBearer: chimeBearer, ClientRequestToken: id }]);
          expectEqual([isText(peek(said, 'Content')), peek(said, 'ChannelArn')], [true, channelArn]);
        }
        await tracker.close();
      }),
      parameters,
    );
    expect(tally.rarerThan(10, 'refused', 'SENDING')).toEqual([]);
  });
});

describe('a wrapped function with any arguments and result', () => {
  const fn = fc.record({
    argument: often(input),
    result: often(output),
    how: fc.constantFrom('returns', 'resolves', 'throws', 'rejects'),
  });
  it.each(cases())(
    'is called unchanged, returns its result unchanged, and tracks only valid messages, %s',
    async (_name, parameters) => {
      const tally = new Tally(parameters);
      await fc.assert(
        fc.asyncProperty(fn, async ({ argument, result, how }) => {
          const tracker = newTracker();
          const given = argument.make();
          const value = result.make();
          const calls: unknown[][] = [];
          const send = tracker.wrap((...args: unknown[]) => {
            calls.push(args);
            if (how === 'throws') throw value;
            // A promise that is fulfilled with a promise or thenable does not exist.
            if (how === 'resolves' && isReadable(value) && !isThenable(value)) return Promise.resolve(value);
            return how === 'rejects' ? Promise.reject(value) : value;
          });
          let came: unknown;
          try {
            came = send(given, 'two');
            if (types.isPromise(came)) came = await came;
          } catch (error) {
            came = error;
          }
          expectEqual([calls.length, calls[0]?.length, Object.is(calls[0]?.[0], given)], [1, 2, true]);
          if (!isThenable(value)) expectEqual(Object.is(came, value), true);
          const { pending, settled } = tracker.stats;
          const tracked = pending + settled.SENT + settled.FAILED + settled.DENIED + settled.UNKNOWN;
          tally.count(`${tracked} tracked`);
          if (how === 'throws' || how === 'rejects') expectEqual(tracked, 0);
          if (!isText(peek(value, 'MessageId')) && !isThenable(value)) expectEqual(tracked, 0);
          void tracker.close();
        }),
        parameters,
      );
      expect(tally.rarerThan(10, '0 tracked', '1 tracked')).toEqual([]);
    },
  );
});

function isThenable(value: unknown): boolean {
  return typeof peek(value, 'then') === 'function';
}

const number = fc.constantFrom(1, 2, 5, 100, 1_000);
const part = (...names: string[]): fc.Arbitrary<unknown> =>
  fc.record(Object.fromEntries(names.map((name) => [name, number])), { requiredKeys: [] });
const optional = fc.record(
  {
    rateLimit: part('requestsPerSecond', 'burst', 'maxConcurrent'),
    polling: part('firstDelayMs', 'factor', 'maxDelayMs', 'quietMs', 'giveUpAfterMs'),
    missing: part('confirmations', 'confirmDelayMs', 'minAgeMs', 'unseenMs', 'editMs'),
    retry: part('retries', 'minTimeoutMs', 'maxTimeoutMs'),
    send: part('resendWindowMs'),
    requestTimeoutMs: number,
    keepSettled: number,
  },
  { requiredKeys: [] },
);

describe('createDeliveryTracker with any argument', () => {
  const instead = fc.record({ client: strange, wake$: strange, logger: strange }, { requiredKeys: [] });
  it.each(cases())('returns a tracker that works, or rejects it, %s', (_name, parameters) => {
    const tally = new Tally(parameters);
    fc.assert(
      fc.property(often(optional), fc.oneof(fc.constant({}), instead), (shape, replaced) => {
        const made = Object.fromEntries(Object.entries(replaced).map(([name, one]) => [name, one.make()]));
        const options = shape.make();
        const rest =
          isReadable(options) && typeof options === 'object'
            ? { client, chimeBearer: alice, wake$: NEVER, ...options, ...made }
            : options;
        const tracker = knock(() => createDeliveryTracker(rest as never));
        tally.count(tracker === 'refused' ? tracker : 'made');
        if (tracker === 'refused') return;
        const delivery: Delivery = tracker.track({ channelArn: channel, messageId: 'm1' });
        expectEqual([delivery.state.status, tracker.stats.pending], ['PENDING', 1]);
        void tracker.close();
      }),
      parameters,
    );
    expect(tally.rarerThan(10, 'refused', 'made')).toEqual([]);
  });
});

describe('a look-up by any name', () => {
  it.each(cases())('finds a delivery, or nothing, %s', (_name, parameters) => {
    const tracker = newTracker();
    const delivery = tracker.track({ channelArn: channel, messageId: 'm1' });
    fc.assert(
      fc.property(strange, (shape) => {
        const id = shape.make() as never;
        if (Object.is(id, 'm1')) return;
        const seen: unknown[] = [];
        tracker.watch(id).subscribe((state) => seen.push(state));
        expectEqual([tracker.get(id), tracker.forget(id), seen], [undefined, false, []]);
        if (typeof id === 'function') return;
        const refused = [() => tracker.on('sent', id), () => tracker.once('sent', id), () => tracker.wrap(id)].map(
          knock,
        );
        expectEqual(refused, ['refused', 'refused', 'refused']);
      }),
      parameters,
    );
    expect(delivery.state.status).toBe('PENDING');
    void tracker.close();
  });
});
