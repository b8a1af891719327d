// Any record that a store can contain: each is accepted as a whole, or dropped. A tracker that starts with any of them
// tracks the valid ones, sends what was sent before, and invents nothing.

import { describe, expect, it, jest } from '@jest/globals';
import { ContentNotKeptError, createDeliveryTracker, type DeliveryState } from 'chime-delivery';
import * as fc from 'fast-check';
import { keyPrefix, recordKey as keyOfName, nameById, type RecordKind } from '../../src/features/persistence/keys.ts';
import { readRecord } from '../../src/features/persistence/record.ts';
import { alice, bob, channel } from '../support/delivery-record.ts';
import { expectEqual } from '../support/expect-equal.ts';
import { cases, Tally } from './fuzz.ts';
import { isReadable, isText, parsed, peek } from './peek.ts';
import { settle, useSteppedTime } from './stepped-time.ts';
import { mutated, mutatedJson, rawJson, strange, type Shape } from './strange.ts';

useSteppedTime();

const RECORDS = 25;
const MINUTE = 60_000;
const now = Date.UTC(2026, 0, 1);
const base = keyPrefix(alice);
const keyFor = (under: string, kind: RecordKind, id: string): string => keyOfName(under, kind, nameById(id));

type Kind = 'outbox' | 'accepted';
const age = fc.constantFrom(0, 1, MINUTE, 9 * MINUTE, 11 * MINUTE, 1_500 * MINUTE, -MINUTE);

/** A valid record. */
function record(index: number, kind: Kind): fc.Arbitrary<unknown> {
  const id = kind === 'accepted' ? `m${index}` : `token-${index}`;
  const channelArn = `${channel}-${index}`;
  return fc
    .record({
      v: fc.constant(1),
      owner: fc.constantFrom(alice, alice, alice, bob),
      chimeBearer: fc.constantFrom(alice, alice, bob),
      provable: fc.boolean(),
      update: fc.constant(false),
      age,
      place: fc.nat(50),
      content: fc.boolean(),
    })
    .map(({ age, content, ...fields }) => {
      const { chimeBearer } = fields;
      const input = { ChannelArn: channelArn, ChimeBearer: chimeBearer, Content: 'hello', ClientRequestToken: id };
      const times = { trackedAt: now - age, sentAt: now - age };
      const more = kind === 'accepted' ? { messageId: id } : content ? { input } : {};
      return { ...fields, id, channelArn, ...times, ...more };
    });
}

/** Anything instead of a record: as an object (drivers parse JSON), as text, or neither. */
function stored(index: number, kind: Kind): fc.Arbitrary<Shape> {
  const valid = record(index, kind);
  return fc.oneof(
    { weight: 7, arbitrary: mutatedJson(valid) },
    { weight: 2, arbitrary: rawJson(valid).map((text) => ({ make: () => text })) },
    { weight: 1, arbitrary: strange },
  );
}

const ARN = /^arn:[a-z0-9-.]{1,63}:[a-z0-9-.]{0,63}:[a-z0-9-.]{0,63}:[a-z0-9-.]{0,63}:[^/].{0,1023}$/;
const ID = /^[-_a-zA-Z0-9]{1,128}$/;
const is = (pattern: RegExp, value: unknown): boolean => typeof value === 'string' && pattern.test(value);
const isCount = (value: unknown): boolean => typeof value === 'number' && value >= 0 && value < Infinity;

/** The content of a record, if it is one: parsed a second time. */
function truthOf(kind: Kind, value: unknown): Record<string, unknown> | undefined {
  const fields = (typeof value === 'string' ? parsed(value) : value) as Record<string, unknown> | undefined;
  const field = (name: string): unknown => peek(fields, name);
  const fits =
    field('v') === 1 &&
    field('owner') === alice &&
    is(ID, field('id')) &&
    is(ARN, field('channelArn')) &&
    is(ARN, field('chimeBearer')) &&
    (field('subChannelId') === undefined || is(ID, field('subChannelId'))) &&
    typeof field('provable') === 'boolean' &&
    typeof field('update') === 'boolean' &&
    (field('token') === undefined || is(ID, field('token'))) &&
    (field('contentDigest') === undefined || Number.isInteger(field('contentDigest'))) &&
    !(Number(field('contentDigest')) < 0) &&
    isCount(field('trackedAt')) &&
    isCount(field('sentAt')) &&
    isCount(field('place')) &&
    (kind === 'outbox' || is(ID, field('messageId')));
  return fits ? fields : undefined;
}

function isSendOfOld(kind: Kind, { id, messageId, update: isEdit }: Record<string, unknown>): boolean {
  return isEdit !== true && (kind === 'outbox' || id !== messageId);
}

describe('a record of any shape', () => {
  it.each(cases())('is parsed for its content, or rejected, %s', (_name, parameters) => {
    const tally = new Tally(parameters);
    const any = fc.constantFrom<Kind[]>('outbox', 'accepted').chain((kind) => {
      const inMemory = mutated(record(0, kind));
      return fc.tuple(
        fc.constant(kind),
        fc.oneof({ weight: 3, arbitrary: stored(0, kind) }, { weight: 1, arbitrary: inMemory }),
      );
    });
    fc.assert(
      fc.property(any, ([kind, shape]) => {
        const value = shape.make();
        // What the app gave decides nothing.
        const { details: _details, ...read } = readRecord(kind, value, alice, now) ?? {};
        const kept = 'id' in read ? read : undefined;
        tally.count(kept === undefined ? 'none' : kind);
        // A record that throws when it is read is invalid, whatever else it contains.
        const truth = kept === undefined && !isReadable(value) ? undefined : truthOf(kind, value);
        const said = truth && {
          id: truth['id'],
          channelArn: truth['channelArn'],
          chimeBearer: truth['chimeBearer'],
          subChannelId: truth['subChannelId'],
          missingMeansDenied: truth['provable'],
          isEdit: truth['update'],
          // 0.1.0 has written none: the token of a send is its id, and the token of a tracked message is its MessageId.
          token: truth['token'] ?? (isSendOfOld(kind, truth) ? truth['id'] : undefined),
          contentDigest: truth['contentDigest'],
          trackedAt: Math.min(now, truth['trackedAt'] as number),
          messageId: kind === 'accepted' ? truth['messageId'] : undefined,
          sentAt: Math.min(now, Math.max(truth['trackedAt'] as number, truth['sentAt'] as number)),
          sequence: truth['place'],
          input: truth['input'],
        };
        expectEqual(kept, said);
      }),
      parameters,
    );
    expect(tally.rarerThan(10, 'none', 'outbox', 'accepted')).toEqual([]);
  });
});

interface Item {
  readonly kind: Kind;
  readonly value: Shape;
  /** The unsent marker: its own, or one that says nothing about it. */
  readonly held: 'own' | Shape | undefined;
  /** Its key does not match. */
  readonly astray: boolean;
}
const mark = fc.oneof(
  { weight: 3, arbitrary: fc.constant('own' as const) },
  { weight: 1, arbitrary: mutatedJson(fc.constant({ v: 1, id: 'token', trackedAt: now })) },
);
const ownMark = (made: unknown): string => {
  const fields = typeof made === 'string' ? parsed(made) : made;
  return JSON.stringify({ v: 1, id: peek(fields, 'id'), trackedAt: peek(fields, 'trackedAt') });
};
const item = (index: number): fc.Arbitrary<Item> =>
  fc.constantFrom<Kind[]>('outbox', 'accepted').chain((kind) =>
    fc.record({
      kind: fc.constant(kind),
      value: stored(index, kind),
      held: fc.option(mark, { nil: undefined, freq: 2 }),
      astray: fc.constantFrom(false, false, false, false, true),
    }),
  );
const items = fc.tuple(...Array.from({ length: RECORDS }, (_, index) => item(index)));
/** Other keys that `getKeys` may list. */
const strays = fc.array(
  fc.oneof(
    strange,
    fc
      .constantFrom(base, `${base}:`, `${base}:sent-`, `${base}:gone-m1`, `${base}/sent-m1:x`, 'sent-m1')
      .map((key) => ({
        make: () => key,
      })),
  ),
  { maxLength: 5 },
);

describe('a tracker on a store with any content', () => {
  it.each(cases(RECORDS))('restores what is valid, and invents nothing, %s', async (_name, parameters) => {
    const tally = new Tally(parameters);
    const world = fc
      .tuple(items, strays)
      .map((one) => Object.assign(one, { [fc.toStringMethod]: () => `${RECORDS} records` }));
    await fc.assert(
      fc.asyncProperty(world, async ([items, strays]) => {
        const disk = new Map<string, unknown>();
        const expected = new Map<string, Record<string, unknown>>();
        const held = new Set<string>();
        items.forEach(({ kind, value, held: marked, astray }, index) => {
          const id = kind === 'accepted' ? `m${index}` : `token-${index}`;
          const key = keyFor(base, kind, astray ? `astray-${index}` : id);
          const made = value.make();
          const truth = isReadable(made) ? truthOf(kind, made) : undefined;
          disk.set(key, made);
          if (marked === 'own') disk.set(keyFor(base, 'unsent', id), isReadable(made) ? ownMark(made) : 'unreadable');
          else if (marked !== undefined) disk.set(keyFor(base, 'unsent', id), marked.make());
          if (truth === undefined || key !== keyFor(base, kind, truth['id'] as string)) return;
          expected.set(truth['id'] as string, truth);
          if (marked === 'own') held.add(truth['id'] as string);
        });
        const requests: Record<string, unknown>[] = [];
        const store = {
          getKeys: () => [...disk.keys(), ...strays.map((stray) => stray.make())] as string[],
          getItem: (key: string) => disk.get(key),
          setItem: (key: string, text: string) => void disk.set(key, text),
          removeItem: (key: string) => void disk.delete(key),
        };
        const client = {
          send: (command: { input: Record<string, unknown> }) => {
            requests.push(command.input);
            return new Promise<never>(() => undefined);
          },
        };
        const rateLimit = { requestsPerSecond: 1e5, burst: 1e5, maxConcurrent: 1_000 };
        const tracker = createDeliveryTracker({
          client,
          chimeBearer: alice,
          store,
          rateLimit,
          polling: { batch: false },
        });
        const states = new Map<string, DeliveryState>();
        // An edit that 0.1.0 has kept under the id of its message gets its own id.
        const nameOf = ({ id, operation, messageId = id }: DeliveryState): string =>
          operation === 'update' && !expected.has(id) ? messageId : id;
        tracker.updates$.subscribe((state) => states.set(nameOf(state), state));
        for (let i = 0; i < 3; i += 1) {
          await settle();
          jest.advanceTimersByTime(1);
        }
        await settle();
        expectEqual([await tracker.restored, [...states.keys()].sort()], [expected.size, [...expected.keys()].sort()]);
        for (const [id, state] of states) {
          const truth = expected.get(id) ?? {};
          const { status, channelArn, chimeBearer, messageId } = state;
          expectEqual(
            [channelArn, chimeBearer, messageId],
            [truth['channelArn'], truth['chimeBearer'], messageIdOf(truth, id)],
          );
          tally.count(status);
          if (messageId !== undefined) expectEqual(status === 'PENDING', true);
          // A send is waited for, or its outcome cannot be known. It is refused only if it never left, and is too late
          // or has no content.
          else if (status === 'FAILED')
            expectEqual(
              [
                held.has(id),
                state.error instanceof ContentNotKeptError || now - Number(truth['trackedAt']) >= 1_440 * MINUTE,
              ],
              [true, true],
            );
          else expectEqual(['SENDING', 'UNKNOWN'].includes(status), true);
        }
        for (const { ChannelArn, ChimeBearer, MessageId, ClientRequestToken, Content } of requests) {
          // Each is about a record, and says what the record says.
          const about = [...expected.values()].filter((truth) => {
            if (truth['channelArn'] !== ChannelArn || truth['chimeBearer'] !== ChimeBearer) return false;
            if (ClientRequestToken === undefined) return truth['messageId'] === MessageId;
            return truth['id'] === ClientRequestToken && peek(truth['input'], 'Content') === Content && isText(Content);
          });
          expectEqual([ClientRequestToken ?? MessageId, about.length > 0], [ClientRequestToken ?? MessageId, true]);
          tally.count(ClientRequestToken === undefined ? 'asked for' : 'sent again');
        }
        const closed = tracker.close();
        await settle();
        jest.advanceTimersByTime(1);
        await closed;
      }),
      { ...parameters, endOnFailure: true },
    );
    expect(tally.rarerThan(1, 'PENDING', 'SENDING', 'UNKNOWN', 'asked for', 'sent again')).toEqual([]);
    expect(tally.rarerThan(40, 'FAILED')).toEqual([]);
  });
});

function messageIdOf(truth: Readonly<Record<string, unknown>>, id: string): unknown {
  return id.startsWith('token') ? undefined : truth['messageId'];
}
