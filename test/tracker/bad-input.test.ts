import { describe, expect, it } from '@jest/globals';
import {
  createDeliveryTracker,
  InvalidArgumentError,
  isChimeDeliveryError,
  type DeliveryTracker,
} from 'chime-delivery';

import { ALICE, CHANNEL, replies, ScriptedPush } from '../support/scripted-service.ts';
import { draft, MINUTE, pass, startTracker, type TrackerKit } from '../support/tracker-kit.ts';

/** The message of a call that must be rejected. */
function refusalOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    const typed =
      error instanceof InvalidArgumentError && isChimeDeliveryError(error) && error.code === 'INVALID_ARGUMENT';
    return typed ? error.message : `not an InvalidArgumentError: ${String(error)}`;
  }
  return 'nothing was refused';
}

const client = { send: () => Promise.resolve({}) };
const make = (options: unknown): DeliveryTracker => createDeliveryTracker(options as never);

describe('createDeliveryTracker', () => {
  const bad: [string, unknown, string][] = [
    ['nothing', undefined, 'Expected `options` to be an object with client and chimeBearer, got undefined.'],
    ['null', null, 'got null'],
    ['a string', 'options', "got 'options'"],
    ['no client', { chimeBearer: ALICE }, 'Expected `client` to be a ChimeSDKMessagingClient'],
    ['a client without send', { client: {}, chimeBearer: ALICE }, 'got an empty object'],
    ['a client whose send is not a function', { client: { send: 1 }, chimeBearer: ALICE }, 'got an object with send'],
    ['no bearer', { client }, 'Expected `chimeBearer` to be an ARN'],
    ['a bearer that is not an ARN', { client, chimeBearer: 'alice' }, "got 'alice'"],
    ['an empty bearer', { client, chimeBearer: '' }, "got ''"],
    ['wake$ that is not an Observable', { wake$: 7 }, 'Expected `wake$` to be an Observable, got 7'],
    ['a null wake$', { wake$: null }, 'Expected `wake$`'],
    [
      'a logger without warn',
      { logger: { debug() {}, info() {}, error() {} } },
      'Expected `logger.warn` to be a function',
    ],
    ['a null logger', { logger: null }, 'Expected `logger`'],
    ['a null rateLimit', { rateLimit: null }, 'Expected `rateLimit` to be an object'],
    ['polling that is a number', { polling: 400 }, 'Expected `polling` to be an object, got 400'],
    [
      'a timeout of 0',
      { requestTimeoutMs: 0 },
      '`requestTimeoutMs` to be a finite number of milliseconds, above 0, got 0',
    ],
    ['a timeout of Infinity', { requestTimeoutMs: Infinity }, 'got Infinity'],
    ['half a settled delivery', { keepSettled: 0.5 }, '`keepSettled` to be a whole number, at least 0, got 0.5'],
    ['a negative window', { send: { resendWindowMs: -1 } }, '`send.resendWindowMs`'],
  ];
  it.each(bad)('rejects %s with what was expected and what it got', (_name, options, says) => {
    const whole =
      options !== null && typeof options === 'object' && !('client' in options) && !('chimeBearer' in options);
    expect(refusalOf(() => make(whole ? { client, chimeBearer: ALICE, ...options } : options))).toContain(says);
  });

  const numbers = {
    rateLimit: ['requestsPerSecond', 'burst', 'maxConcurrent'],
    polling: ['firstDelayMs', 'factor', 'maxDelayMs', 'quietMs', 'giveUpAfterMs'],
    missing: ['confirmations', 'confirmDelayMs', 'minAgeMs'],
    retry: ['retries', 'minTimeoutMs', 'maxTimeoutMs'],
  };
  const fields = Object.entries(numbers).flatMap(([part, names]) => names.map((name) => [part, name] as const));
  it.each(fields)('rejects a %s.%s that is negative, NaN, infinite, or not a number', (part, name) => {
    for (const value of [-1, Number.NaN, Infinity, -Infinity, '5', true, {}, 5n]) {
      const says = refusalOf(() => make({ client, chimeBearer: ALICE, [part]: { [name]: value } }));
      expect(says).toMatch(new RegExp(`^Expected \`${part}\\.${name}\` to be .*, (at least|above) \\d, got `));
    }
  });

  it('uses the default for `undefined` everywhere', async () => {
    const undefinedParts = Object.fromEntries(
      Object.entries(numbers).map(([part, names]) => [
        part,
        Object.fromEntries(names.map((name) => [name, undefined])),
      ]),
    );
    const rest = {
      send: { resendWindowMs: undefined },
      requestTimeoutMs: undefined,
      keepSettled: undefined,
      wake$: undefined,
    };
    const tracker = make({ client, chimeBearer: ALICE, logger: undefined, ...rest, ...undefinedParts });
    expect(tracker.stats).toMatchObject({ pending: 0, link: 'down' });
    await tracker.close();
  });
});

const at = { channelArn: CHANNEL, messageId: 'm1' };
const calls: [string, (kit: TrackerKit) => unknown, string][] = [
  ['send without an input', ({ tracker }) => tracker.send(undefined as never), 'Expected `input`'],
  [
    'send to no channel',
    ({ tracker }) => tracker.send({ ...draft, ChannelArn: undefined }),
    'Expected `input.ChannelArn` to be an ARN',
  ],
  ['send to a bad ARN', ({ send }) => send({ ChannelArn: 'general' }), "got 'general'"],
  ['send without content', ({ send }) => send({ Content: '' }), 'Expected `input.Content`'],
  ['send of a bad type', ({ send }) => send({ Type: 'LOUD' as never }), '`input.Type` to be one of STANDARD, CONTROL'],
  ['send of a bad persistence', ({ send }) => send({ Persistence: 'FOREVER' as never }), '`input.Persistence`'],
  ['send to an empty sub-channel', ({ send }) => send({ SubChannelId: '' }), '`input.SubChannelId`'],
  ['send with a token of one character', ({ send }) => send({ ClientRequestToken: 'x' }), '`input.ClientRequestToken`'],
  ['send as a bad bearer', ({ send }) => send({ ChimeBearer: 'alice' }), '`input.ChimeBearer`'],
  [
    'send with an invalid signal',
    ({ tracker }) => tracker.send(draft, { signal: {} as never }),
    'Expected `signal` to be an AbortSignal',
  ],
  ['send with null for options', ({ tracker }) => tracker.send(draft, null as never), 'Expected `options`'],
  [
    'track nothing',
    ({ tracker }) => tracker.track(undefined as never),
    'Expected `message` to be a SendChannelMessage output',
  ],
  ['track a list', ({ tracker }) => tracker.track([] as never), 'got an array'],
  [
    'track an empty MessageId',
    ({ track }) => track(''),
    "Expected `messageId` to be 1 to 128 characters of A-Z, a-z, 0-9, - and _, got ''",
  ],
  ['track a MessageId with a slash', ({ track }) => track('a/b'), "got 'a/b'"],
  ['track a MessageId that is too long', ({ track }) => track('a'.repeat(129)), '1 to 128 characters'],
  ['track a bad channel', ({ track }) => track('m9', { channelArn: 'general' }), '`channelArn`'],
  ['track an output without MessageId', ({ tracker }) => tracker.track({ ChannelArn: CHANNEL }), '`messageId`'],
  ['track a bad bearer', ({ track }) => track('m9', { chimeBearer: 7 }), 'got 7'],
  ['track a bad status', ({ track }) => track('m9', { status: 'LOST' }), 'one of PENDING, SENT, FAILED, DENIED'],
  ['track a bad persistence', ({ track }) => track('m9', { persistence: 'FOREVER' }), '`persistence`'],
  ['track a bad operation', ({ track }) => track('m9', { operation: 'delete' }), '`operation`'],
  ['track a bad sub-channel', ({ track }) => track('m9', { subChannelId: '' }), '`subChannelId`'],
  ['attach nothing', ({ tracker }) => tracker.attach(undefined as never), 'Expected `source` to be a MessagingSession'],
  [
    'attach half a source',
    ({ tracker }) => tracker.attach({ messages$: new ScriptedPush().messages$ } as never),
    'Expected `source`',
  ],
  [
    'attach for a bad bearer',
    ({ tracker }) => tracker.attach(new ScriptedPush(), { chimeBearer: 'x' }),
    '`chimeBearer`',
  ],
  [
    'attach with null for options',
    ({ tracker }) => tracker.attach(new ScriptedPush(), null as never),
    'Expected `options`',
  ],
  [
    'wrap something other than a function',
    ({ tracker }) => tracker.wrap({} as never),
    'Expected `fn` to be a function',
  ],
  [
    'listen with something other than a function',
    ({ tracker }) => tracker.on('sent', undefined as never),
    'Expected `listener` to be a function',
  ],
  [
    'listen to an event that does not exist',
    ({ tracker }) => tracker.on('setled' as never, () => 1),
    "did you mean 'settled'?",
  ],
  [
    'listen once to such an event',
    ({ tracker }) => tracker.once('updates' as never, () => 1),
    "did you mean 'update'?",
  ],
  ['stop listening to such an event', ({ tracker }) => tracker.off('Sent' as never, () => 1), "did you mean 'sent'?"],
  [
    'listen to something other than an event name',
    ({ tracker }) => tracker.on(undefined as never, () => 1),
    'Expected `event` to be one of update, sent, failed, unknown, settled, ',
  ],
  [
    'listen to a property of every object',
    ({ tracker }) => tracker.on('toString' as never, () => 1),
    'Expected `event`',
  ],
  [
    'send with an option that does not exist',
    ({ tracker }) => tracker.send(draft, { singal: undefined } as never),
    'Expected `options.singal` to be an option (did you mean `options.signal`?)',
  ],
  [
    'attach with an option that does not exist',
    ({ tracker }) => tracker.attach(new ScriptedPush(), { bearer: ALICE } as never),
    'Expected `options.bearer` to be an option (did you mean `options.chimeBearer`?)',
  ],
  [
    'listen once with something other than a function',
    ({ tracker }) => tracker.once('sent', 7 as never),
    'Expected `listener`',
  ],
];

describe('invalid input', () => {
  it.each(calls)('of %s is rejected, and no tracked delivery is lost', async (_name, call, says) => {
    const kit = startTracker({ socket: 'up' });
    kit.tracker.track(at);
    expect(refusalOf(() => call(kit))).toContain(says);
    expect(kit.story).toEqual(['update PENDING m1']);
    kit.push.tells('m1', 'SENT');
    await pass(MINUTE);
    expect(kit.tracker.stats).toMatchObject({ pending: 0, settled: { SENT: 1 } });
    expect(kit.service.count()).toBe(0);
  });

  it('to track for a tracked message is ignored: the result is the same delivery', () => {
    const { tracker, story } = startTracker();
    const first = tracker.track(at);
    expect(tracker.track({ ...at, persistence: 'NON_PERSISTENT' })).toBe(first);
    expect(story).toEqual(['update PENDING m1']);
  });

  it('of an id that is not a string finds nothing', () => {
    const { tracker } = startTracker();
    expect([tracker.get(undefined as never), tracker.forget(7 as never)]).toEqual([undefined, false]);
  });

  it('from the service loses no delivery', async () => {
    const { send, service } = startTracker();
    const answers = [{}, { MessageId: '' }, { MessageId: 7 }, { MessageId: 'm1', Status: 'SENT' }];
    service.answer('send', replies.body(answers[0] ?? {}), ...answers.slice(1).map((body) => replies.body(body)));
    const delivery = send();
    await pass(MINUTE);
    expect(delivery.state).toMatchObject({ status: 'PENDING', messageId: 'm1' });
  });
});
