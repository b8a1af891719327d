import { describe, expect, it } from '@jest/globals';
import { digestOf } from '../../src/core/digest.ts';
import type { Entry } from '../../src/core/entry.ts';
import type { Known } from '../../src/core/known.ts';
import type { Answer, Errand, Permit } from '../../src/core/ports.ts';
import { isSameAddress, type MessageAddress } from '../../src/core/identity.ts';
import { Asking, type AskingPorts } from '../../src/poll/asking.ts';
import type { PollPriority } from '../../src/poll/waiting-room.ts';
import { alice, bob, channel, entryOf, otherChannel } from '../support/known.ts';

const permit = {} as Permit;
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

interface Kit {
  readonly asking: Asking;
  /** What was asked of the service: `list`, `status` or `message`. */
  readonly asked: string[];
  /** What was found: `m0 poll SENT`. */
  readonly found: string[];
  readonly unknownWords: unknown[];
  readonly noPages: string[];
  readonly ask: (entry: Entry | undefined, priority?: PollPriority) => Promise<void>;
}

interface Scene {
  /** Whoever is tracked; those of a page wait for their turn with the first. */
  readonly tracked: readonly Entry[];
  readonly companions?: readonly Entry[];
  readonly priorities?: ReadonlyMap<Entry, PollPriority>;
  readonly answer: (errand: Errand) => Answer | Promise<Answer>;
  readonly batch?: boolean;
}

function start({ tracked, companions = [], priorities, answer, batch = true }: Scene): Kit {
  const asked: string[] = [];
  const found: string[] = [];
  const unknownWords: unknown[] = [];
  const noPages: string[] = [];
  const left = new Set<Entry>();
  const named = (messageId: string | undefined, address: MessageAddress, update: boolean): Entry[] =>
    tracked.filter(({ known }) => {
      return known.messageId === messageId && known.update === update && isSameAddress(known, address);
    });
  const edits = (messageId: string | undefined, address: MessageAddress): Entry[] => named(messageId, address, true);
  const findMessage = (messageId: string, address: MessageAddress): Entry | undefined =>
    named(messageId, address, false)[0];
  const ports: AskingPorts = {
    ledger: { editsOf: (message) => edits(message.messageId, message), findMessage },
    findPending: (messageId, address) => {
      const entry = findMessage(messageId, address);
      return entry?.known.status === 'PENDING' ? entry : undefined;
    },
    road: {
      acquire: () => Promise.reject(new Error('Nobody asks for leave here.')),
      run: async (errand) => {
        asked.push(errand.kind);
        return answer(errand);
      },
    },
    limit: { requestsPerSecond: 5, burst: 5 },
    confirmations: 2,
    batch,
    random: () => 0.5,
    turns: {
      companions: () => companions.filter((entry) => !left.has(entry)),
      priorityOf: (entry) => priorities?.get(entry),
      leave: (entry) => void left.add(entry),
    },
    onRequest: () => undefined,
    onFound: (entry, priority, finding) => {
      const what = finding.kind === 'evidence' ? finding.evidence : finding;
      const word = 'status' in what ? what.status : what.kind;
      found.push(`${entry.known.messageId} ${priority} ${'shows' in what ? `edit: ${what.shows}, ` : ''}${word}`);
    },
    onUnknownWord: (word) => unknownWords.push(word),
    onNoPages: (...place) => noPages.push(place.join(' ')),
  };
  const asking = new Asking(ports);
  return {
    asking,
    asked,
    found,
    unknownWords,
    noPages,
    ask: (entry, priority = 'poll') => {
      if (entry === undefined) throw new Error('Expected somebody to ask for.');
      asking.ask(entry, priority, permit);
      return settle();
    },
  };
}

const now = performance.now();
const messages = (count: number, fields: Partial<Known> = {}): Entry[] =>
  Array.from({ length: count }, (_, i) =>
    entryOf({ id: `t${i}`, messageId: `m${i}`, sentAt: now - 1_000, trackedAt: now - 1_000, ...fields }),
  );
const row = (messageId: string, Value?: unknown): object => ({
  MessageId: messageId,
  Status: Value === undefined ? undefined : { Value },
});
const page = (...rows: object[]): Answer => ({ ok: true, output: { ChannelMessages: rows } });
const trouble = (kind: 'forbidden' | 'credentials' | 'road'): Answer => ({
  ok: false,
  trouble: { kind, error: new Error(kind) },
});
const says = (Value: string): Answer => ({
  ok: true,
  output: { Status: { Value }, $metadata: { httpStatusCode: 200, requestId: 'r-1' } },
});

describe('a page', () => {
  it('tells of everybody it shows, and who was not shown is asked for anew', async () => {
    const all = messages(5);
    const [first, second, third, hidden, bystander] = all;
    const kit = start({
      tracked: all,
      companions: [second, third, hidden].filter((entry) => entry !== undefined),
      priorities: new Map([second, hidden].map((entry) => [entry as Entry, 'reconcile'])),
      answer: () => page(row('m0', 'SENT'), row('m1', 'FAILED'), row('m2', 'PENDING'), row('m4', 'SENT')),
    });
    await kit.ask(first);
    expect(kit.asked).toEqual(['list']);
    expect(kit.found).toEqual([
      'm0 poll SENT',
      'm1 reconcile FAILED',
      'm2 poll PENDING',
      // It was not asked for: what the page says may be a moment ahead of push.
      'm4 reconcile SENT',
      'm3 reconcile not-shown',
    ]);
    expect(kit.asking.has(bystander as Entry)).toBe(false);
  });

  it.each([
    ['settled', { status: 'UNKNOWN' as const }],
    ['of another channel', { channelArn: otherChannel }],
    ['of another sub-channel', { subChannelId: 'sub' }],
    ["another bearer's", { chimeBearer: bob }],
    ['known by another MessageId', { id: 'm9', messageId: 'other' }],
  ])('says nothing of a delivery that is %s', async (_what, fields) => {
    const all = messages(3);
    const odd = entryOf({ id: 't9', messageId: 'm9', ...fields });
    const kit = start({
      tracked: [...all, odd],
      companions: all.slice(1),
      answer: () => page(row('m0', 'SENT'), row('m1', 'SENT'), row('m2', 'SENT'), row('m9', 'SENT')),
    });
    await kit.ask(all[0]);
    expect(kit.found).toEqual(['m0 poll SENT', 'm1 poll SENT', 'm2 poll SENT']);
  });

  it('says nothing by a row without a status, and of a status that nobody knows that it is pending', async () => {
    const all = messages(4);
    const kit = start({
      tracked: all,
      companions: all.slice(1),
      answer: () => page(row('m0', 'SENT'), row('m1', 'HELD'), row('m2'), row('m3', 'SENT')),
    });
    await kit.ask(all[0]);
    expect(kit.found).toEqual(['m0 poll SENT', 'm1 poll PENDING', 'm3 poll SENT', 'm2 poll not-shown']);
    expect(kit.unknownWords).toEqual(['HELD']);
  });

  it.each([
    ['says nothing of a message that is being polled by itself while it shows it PENDING', 'PENDING', []],
    ['tells the outcome of a message that is being polled by itself', 'SENT', ['m0 reconcile SENT']],
  ] as const)('%s', async (_name, status, told) => {
    const all = messages(4);
    const [alone, ...others] = all;
    const kit = start({
      tracked: all,
      companions: others.slice(1),
      answer: ({ kind }) =>
        kind === 'list'
          ? page(...all.map((entry) => row(entry.known.messageId ?? '', entry === alone ? status : 'SENT')))
          : new Promise(() => undefined),
    });
    // A confirmation is not a page's.
    if (alone !== undefined) alone.known = { ...alone.known, misses: 1 };
    await kit.ask(alone);
    await kit.ask(others[0]);
    expect(kit.found).toEqual([...told, 'm1 poll SENT', 'm2 poll SENT', 'm3 poll SENT']);
  });

  it('tells of the edits of its messages, too', async () => {
    const all = messages(3);
    const digest = (id: string): number => digestOf(`new words of ${id}`);
    const edit = (id: string, fields: Partial<Known> = {}): Entry =>
      entryOf({
        id: `edit of ${id}`,
        messageId: id,
        update: true,
        provable: false,
        contentDigest: digest(id),
        ...fields,
      });
    const kit = start({
      tracked: [...all, edit('m0'), edit('m1', { chimeBearer: bob }), edit('m2'), edit('m2', { status: 'SENT' })],
      companions: all.slice(1),
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

  it('is asked for no more in a channel where it is refused, which is told once', async () => {
    const all = messages(4);
    const kit = start({
      tracked: all,
      companions: all.slice(1),
      answer: ({ kind }) => (kind === 'list' ? trouble('forbidden') : says('SENT')),
    });
    expect(kit.asking.gather(all, 1_000, now)).toEqual(expect.any(Number));
    await kit.ask(all[0]);
    expect(kit.found).toEqual(all.map(({ known }) => `${known.messageId} poll not-shown`));
    expect(kit.asking.gather(all, 1_000, now)).toBeUndefined();
    await kit.ask(all[0]);
    expect(kit.asked).toEqual(['list', 'status']);
    expect(kit.noPages).toEqual([`${alice} ${channel}`]);
    const others = messages(4, { channelArn: otherChannel });
    expect(kit.asking.gather(others, 1_000, now)).toEqual(expect.any(Number));
  });

  it.each([
    ['credentials', 'suspended'],
    ['road', 'not-shown'],
  ] as const)('that came to nothing for its %s leaves everybody %s', async (kind, left) => {
    const all = messages(3);
    const kit = start({ tracked: all, companions: all.slice(1), answer: () => trouble(kind) });
    await kit.ask(all[0]);
    expect(kit.found).toEqual(all.map(({ known }) => `${known.messageId} poll ${left}`));
    expect(kit.noPages).toEqual([]);
  });

  it.each([
    ['where pages are not wanted', false, 4],
    ['for nobody', true, 0],
  ])('is not gathered for %s', (_when, batch, count) => {
    const kit = start({ tracked: [], answer: () => page(), batch });
    expect(kit.asking.gather(messages(count), 1_000, now)).toBeUndefined();
  });
});

describe('a delivery that a page should have shown and did not', () => {
  it.each([
    ['is in the next one when it is known to be pending', says('PENDING'), true],
    ['is asked for alone until something is known', trouble('road'), false],
  ])('%s', async (_what, alone, joins) => {
    const all = messages(5);
    const [hidden, ...others] = all;
    const kit = start({
      tracked: all,
      companions: others,
      answer: ({ kind }) =>
        kind === 'list' ? page(...others.map(({ known }) => row(known.messageId ?? '', 'PENDING'))) : alone,
    });
    await kit.ask(hidden);
    await kit.ask(hidden);
    expect(kit.asked).toEqual(['list', 'status']);
    // With this one it is worth a page, and without it is not.
    const gathered = kit.asking.gather([hidden as Entry, ...others.slice(0, 2)], 0, now);
    expect(gathered !== undefined).toBe(joins);
  });
});
