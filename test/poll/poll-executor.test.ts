import { describe, expect, it } from '@jest/globals';
import { digestOf } from '../../src/shared/digest.ts';
import type { TrackedDelivery } from '../../src/core/delivery.ts';
import type { DeliveryRecord } from '../../src/core/delivery-record.ts';
import type { ServiceResult, ServiceRequest, Permit, PollPriority } from '../../src/core/ports/http.ts';
import { isSameAddress, type MessageAddress } from '../../src/core/identity.ts';
import { PollExecutor, type PollExecutorPorts } from '../../src/poll/poll-executor.ts';
import { BatchPoller } from '../../src/features/batch-polling/batch-poller.ts';
import { alice, bob, channel, trackedDelivery, otherChannel } from '../support/delivery-record.ts';

const permit = {} as Permit;
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

interface Kit {
  readonly executor: PollExecutor;
  /** The requests to the service: `list`, `status` or `message`. */
  readonly asked: string[];
  /** The results: `m0 poll SENT`. */
  readonly found: string[];
  readonly unknownWords: unknown[];
  readonly noPages: string[];
  readonly ask: (delivery: TrackedDelivery | undefined, priority?: PollPriority) => Promise<void>;
}

interface Scene {
  /** All tracked deliveries; those of a page are queued with the first. */
  readonly tracked: readonly TrackedDelivery[];
  readonly sameChannel?: readonly TrackedDelivery[];
  readonly priorities?: ReadonlyMap<TrackedDelivery, PollPriority>;
  readonly answer: (request: ServiceRequest) => ServiceResult | Promise<ServiceResult>;
  readonly batch?: boolean;
}

function start({ tracked, sameChannel = [], priorities, answer, batch = true }: Scene): Kit {
  const asked: string[] = [];
  const found: string[] = [];
  const unknownWords: unknown[] = [];
  const noPages: string[] = [];
  const left = new Set<TrackedDelivery>();
  const named = (messageId: string | undefined, address: MessageAddress, isEdit: boolean): TrackedDelivery[] =>
    tracked.filter(({ record }) => {
      return record.messageId === messageId && record.isEdit === isEdit && isSameAddress(record, address);
    });
  const edits = (messageId: string | undefined, address: MessageAddress): TrackedDelivery[] =>
    named(messageId, address, true);
  const findMessage = (messageId: string, address: MessageAddress): TrackedDelivery | undefined =>
    named(messageId, address, false)[0];
  const ports: PollExecutorPorts = {
    registry: {
      editsOf: (message) => edits(message.messageId, message),
      wasApplied: () => false,
      findMessage,
    },
    findPending: (messageId, address) => {
      const delivery = findMessage(messageId, address);
      return delivery?.record.status === 'PENDING' ? delivery : undefined;
    },
    http: {
      acquire: () => Promise.reject(new Error('Nobody asks for a permit here.')),
      execute: async (request) => {
        asked.push(request.kind);
        return answer(request);
      },
    },
    createBatcher: batch ? (given) => new BatchPoller(given, { requestsPerSecond: 5, burst: 5 }) : undefined,
    confirmations: 2,
    random: () => 0.5,
    waiting: {
      sameChannel: () => sameChannel.filter((delivery) => !left.has(delivery)),
      priorityOf: (delivery) => priorities?.get(delivery),
      remove: (delivery) => void left.add(delivery),
    },
    onRequest: () => undefined,
    onResult: (delivery, priority, result) => {
      const what = result.kind === 'evidence' ? result.evidence : result;
      const word = 'status' in what ? what.status : what.kind;
      found.push(`${delivery.record.messageId} ${priority} ${'shows' in what ? `edit: ${what.shows}, ` : ''}${word}`);
    },
    onUnknownStatus: (word) => unknownWords.push(word),
    onListForbidden: (...place) => noPages.push(place.join(' ')),
  };
  const executor = new PollExecutor(ports);
  return {
    executor,
    asked,
    found,
    unknownWords,
    noPages,
    ask: (delivery, priority = 'poll') => {
      if (delivery === undefined) throw new Error('Expected somebody to ask for.');
      executor.poll(delivery, priority, permit);
      return settle();
    },
  };
}

const now = performance.now();
const messages = (count: number, fields: Partial<DeliveryRecord> = {}): TrackedDelivery[] =>
  Array.from({ length: count }, (_, i) =>
    trackedDelivery({ id: `t${i}`, messageId: `m${i}`, sentAt: now - 1_000, trackedAt: now - 1_000, ...fields }),
  );
const row = (messageId: string, Value?: unknown): object => ({
  MessageId: messageId,
  Status: Value === undefined ? undefined : { Value },
});
const page = (...rows: object[]): ServiceResult => ({ ok: true, output: { ChannelMessages: rows } });
const failure = (kind: 'forbidden' | 'credentials' | 'unreachable'): ServiceResult => ({
  ok: false,
  failure: { kind, error: new Error(kind) },
});
const says = (Value: string): ServiceResult => ({
  ok: true,
  output: { Status: { Value }, $metadata: { httpStatusCode: 200, requestId: 'r-1' } },
});

describe('a page', () => {
  it('settles every delivery it shows, and the missing ones are polled again', async () => {
    const all = messages(5);
    const [first, second, third, hidden, bystander] = all;
    const kit = start({
      tracked: all,
      sameChannel: [second, third, hidden].filter((delivery) => delivery !== undefined),
      priorities: new Map([second, hidden].map((delivery) => [delivery as TrackedDelivery, 'reconcile'])),
      answer: () => page(row('m0', 'SENT'), row('m1', 'FAILED'), row('m2', 'PENDING'), row('m4', 'SENT')),
    });
    await kit.ask(first);
    expect(kit.asked).toEqual(['list']);
    expect(kit.found).toEqual([
      'm0 poll SENT',
      'm1 reconcile FAILED',
      'm2 poll PENDING',
      // It was not requested: the page may be slightly ahead of push.
      'm4 reconcile SENT',
      'm3 reconcile not-in-page',
    ]);
    expect(kit.executor.has(bystander as TrackedDelivery)).toBe(false);
  });

  it.each([
    ['settled', { status: 'UNKNOWN' as const }],
    ['of another channel', { channelArn: otherChannel }],
    ['of another sub-channel', { subChannelId: 'sub' }],
    ['of another bearer', { chimeBearer: bob }],
    ['known by another MessageId', { id: 'm9', messageId: 'other' }],
  ])('does not apply to a delivery that is %s', async (_what, fields) => {
    const all = messages(3);
    const odd = trackedDelivery({ id: 't9', messageId: 'm9', ...fields });
    const kit = start({
      tracked: [...all, odd],
      sameChannel: all.slice(1),
      answer: () => page(row('m0', 'SENT'), row('m1', 'SENT'), row('m2', 'SENT'), row('m9', 'SENT')),
    });
    await kit.ask(all[0]);
    expect(kit.found).toEqual(['m0 poll SENT', 'm1 poll SENT', 'm2 poll SENT']);
  });

  it('proves nothing by a row without a status, and shows a delivery with an unknown status as pending', async () => {
    const all = messages(4);
    const kit = start({
      tracked: all,
      sameChannel: all.slice(1),
      answer: () => page(row('m0', 'SENT'), row('m1', 'HELD'), row('m2'), row('m3', 'SENT')),
    });
    await kit.ask(all[0]);
    expect(kit.found).toEqual(['m0 poll SENT', 'm1 poll PENDING', 'm3 poll SENT', 'm2 poll not-in-page']);
    expect(kit.unknownWords).toEqual(['HELD']);
  });

  it.each([
    ['ignores PENDING for a message that is being polled singly', 'PENDING', []],
    ['settles a message that is being polled singly', 'SENT', ['m0 reconcile SENT']],
  ] as const)('%s', async (_name, status, told) => {
    const all = messages(4);
    const [alone, ...others] = all;
    const kit = start({
      tracked: all,
      sameChannel: others.slice(1),
      answer: ({ kind }) =>
        kind === 'list'
          ? page(...all.map((delivery) => row(delivery.record.messageId ?? '', delivery === alone ? status : 'SENT')))
          : new Promise(() => undefined),
    });
    // A page does not confirm.
    if (alone !== undefined) alone.record = { ...alone.record, missingCount: 1 };
    await kit.ask(alone);
    await kit.ask(others[0]);
    expect(kit.found).toEqual([...told, 'm1 poll SENT', 'm2 poll SENT', 'm3 poll SENT']);
  });

  it('also applies to the edits of its messages', async () => {
    const all = messages(3);
    const digest = (id: string): number => digestOf(`new words of ${id}`);
    const edit = (id: string, fields: Partial<DeliveryRecord> = {}): TrackedDelivery =>
      trackedDelivery({
        id: `edit of ${id}`,
        messageId: id,
        isEdit: true,
        missingMeansDenied: false,
        contentDigest: digest(id),
        ...fields,
      });
    const kit = start({
      tracked: [...all, edit('m0'), edit('m1', { chimeBearer: bob }), edit('m2'), edit('m2', { status: 'SENT' })],
      sameChannel: all.slice(1),
      answer: () =>
        page(
          { ...row('m0', 'SENT'), Content: 'new words of m0' },
          { ...row('m1', 'SENT'), Content: 'new words of m1' },
          { ...row('m2', 'PENDING'), Content: 'old words' },
        ),
    });
    await kit.ask(all[0]);
    expect(kit.found).toEqual([
      'm0 poll SENT',
      'm0 reconcile edit: applied, SENT',
      'm1 poll SENT',
      'm2 poll PENDING',
      'm2 reconcile edit: old, PENDING',
    ]);
  });

  it('is not requested again in a channel that refuses it, which is reported once', async () => {
    const all = messages(4);
    const kit = start({
      tracked: all,
      sameChannel: all.slice(1),
      answer: ({ kind }) => (kind === 'list' ? failure('forbidden') : says('SENT')),
    });
    expect(kit.executor.batchDelay(all, 1_000, now)).toEqual(expect.any(Number));
    await kit.ask(all[0]);
    expect(kit.found).toEqual(all.map(({ record }) => `${record.messageId} poll not-in-page`));
    expect(kit.executor.batchDelay(all, 1_000, now)).toBeUndefined();
    await kit.ask(all[0]);
    expect(kit.asked).toEqual(['list', 'status']);
    expect(kit.noPages).toEqual([`${alice} ${channel}`]);
    const others = messages(4, { channelArn: otherChannel });
    expect(kit.executor.batchDelay(others, 1_000, now)).toEqual(expect.any(Number));
  });

  it.each([
    ['credentials', 'suspended'],
    ['unreachable', 'not-in-page'],
  ] as const)('that failed with its %s leaves all its deliveries %s', async (kind, left) => {
    const all = messages(3);
    const kit = start({ tracked: all, sameChannel: all.slice(1), answer: () => failure(kind) });
    await kit.ask(all[0]);
    expect(kit.found).toEqual(all.map(({ record }) => `${record.messageId} poll ${left}`));
    expect(kit.noPages).toEqual([]);
  });

  it.each([
    ['a tracker without batches', false, 4],
    ['no delivery', true, 0],
  ])('is not gathered for %s', (_when, batch, count) => {
    const kit = start({ tracked: [], answer: () => page(), batch });
    expect(kit.executor.batchDelay(messages(count), 1_000, now)).toBeUndefined();
  });
});

describe('a delivery that a page should have shown and did not', () => {
  it.each([
    ['is in the next one if it is known to be pending', says('PENDING'), true],
    ['is polled singly until something is known', failure('unreachable'), false],
  ])('%s', async (_what, alone, joins) => {
    const all = messages(5);
    const [hidden, ...others] = all;
    const kit = start({
      tracked: all,
      sameChannel: others,
      answer: ({ kind }) =>
        kind === 'list' ? page(...others.map(({ record }) => row(record.messageId ?? '', 'PENDING'))) : alone,
    });
    await kit.ask(hidden);
    await kit.ask(hidden);
    expect(kit.asked).toEqual(['list', 'status']);
    // With this delivery a page pays, and without it does not.
    const gathered = kit.executor.batchDelay([hidden as TrackedDelivery, ...others.slice(0, 2)], 0, now);
    expect(gathered !== undefined).toBe(joins);
  });
});
