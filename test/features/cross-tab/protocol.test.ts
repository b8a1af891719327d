// A message between tabs may come from any code of the origin: an invalid one is ignored and affects no tab.
import { describe, expect, it, jest } from '@jest/globals';
import * as fc from 'fast-check';

import {
  readMessage,
  writeMessage,
  type PeerDelivery,
  type TabMessage,
} from '../../../src/features/cross-tab/protocol.ts';
import { ALICE, CHANNEL } from '../../support/scripted-service.ts';
import { startBrowser, type ScriptedBrowser } from '../../support/tabs-kit.ts';
import { flush, pass, SECOND } from '../../support/tracker-kit.ts';

const peerDelivery: PeerDelivery = {
  id: 't1',
  token: 't1',
  channelArn: CHANNEL,
  chimeBearer: ALICE,
  messageId: 'm1',
  subChannelId: undefined,
  missingMeansDenied: true,
  isEdit: false,
  contentDigest: undefined,
  seen: true,
  trackedAt: 5,
  sentAt: 6,
  missingCount: 0,
  input: undefined,
  knownUnsent: false,
  details: {},
};
const about = { messageId: 'm1', channelArn: CHANNEL, chimeBearer: ALICE, isEdit: false };
const found = (evidence: object): object => ({ kind: 'result', results: [{ ...about, evidence }] });

const whole: readonly TabMessage[] = [
  { kind: 'hello' },
  { kind: 'ping' },
  { kind: 'leader', isVisible: true, hasCredentials: false },
  {
    kind: 'deliveries',
    n: 1,
    all: true,
    remaining: 0,
    deliveries: [peerDelivery, { ...peerDelivery, id: 't2', subChannelId: 's1' }, peerDelivery],
    ended: ['t3'],
  },
  { kind: 'peer-gone', tab: 'another' },
  { kind: 'poll', polls: [{ ...peerDelivery, priority: 'poll' }] },
  { kind: 'list-request', known: ['another'] },
  { kind: 'permit-request', n: 1, chimeBearer: ALICE, priority: 'send' },
  { kind: 'permit-grant', to: 'another', n: 1 },
  { kind: 'permit-return', n: 1, used: true },
  { kind: 'throttled', chimeBearer: ALICE, retryAfterMs: undefined },
  found({ kind: 'status', source: 'status', at: 5, status: 'SENT', detail: 'why' }) as TabMessage,
  found({ kind: 'missing', at: 5, source: 'message' }) as TabMessage,
  found({ kind: 'present', at: 5 }) as TabMessage,
  found({ kind: 'no-response', at: 5 }) as TabMessage,
];

describe('a message between tabs', () => {
  it.each(whole.map((message) => ({ kind: message.kind, message })))(
    'is read as it was written: $kind',
    ({ message }) => {
      const written = structuredClone(writeMessage('me', message));
      expect(readMessage(written)).toEqual({ from: 'me', message: { v: 4, from: 'me', ...message } });
    },
  );

  it.each([
    ['another version', { ...writeMessage('me', { kind: 'hello' }), v: 3 }],
    ['no sender', { v: 4, kind: 'hello' }],
    ['no kind', { v: 4, from: 'me' }],
    ['a kind of a later version', { v: 4, from: 'me', kind: 'dance' }],
    ['null', null],
    ['text', 'leader'],
    ['a leader without its state', { v: 4, from: 'me', kind: 'leader', isVisible: 'yes', hasCredentials: true }],
    [
      'facts that are no list',
      { v: 4, from: 'me', kind: 'deliveries', n: 1, all: true, remaining: 0, deliveries: {}, ended: [] },
    ],
    [
      'an ask without a MessageId',
      { v: 4, from: 'me', kind: 'poll', polls: [{ ...peerDelivery, messageId: undefined, priority: 'poll' }] },
    ],
    [
      'an ask for an empty id',
      { v: 4, from: 'me', kind: 'poll', polls: [{ ...peerDelivery, messageId: '', priority: 'poll' }] },
    ],
    ['an unknown outcome', { v: 4, from: 'me', ...found({ kind: 'status', source: 'status', at: 5, status: 'READ' }) }],
    ['an outcome without a time', { v: 4, from: 'me', ...found({ kind: 'status', source: 'status', status: 'SENT' }) }],
    [
      'an outcome from an unknown source',
      { v: 4, from: 'me', ...found({ kind: 'status', source: 'a friend', at: 5, status: 'SENT' }) },
    ],
    ['an end that only its own tab can know', { v: 4, from: 'me', ...found({ kind: 'deadline', at: 5 }) }],
    [
      'a message of an invalid channel',
      {
        v: 4,
        from: 'me',
        kind: 'result',
        results: [{ ...about, channelArn: 'x', evidence: { kind: 'present', at: 5 } }],
      },
    ],
  ])('is rejected: %s', (_what, data) => {
    expect(readMessage(data)).toBeUndefined();
  });

  it('of any shape is read without a throw', () => {
    const kinds = whole.map(({ kind }) => kind);
    const anything = fc.record(
      {
        v: fc.constant(2),
        from: fc.string(),
        kind: fc.constantFrom(...kinds),
        deliveries: fc.anything(),
        polls: fc.anything(),
        results: fc.anything(),
        ended: fc.anything(),
        evidence: fc.anything(),
      },
      { requiredKeys: ['v', 'kind'] },
    );
    fc.assert(
      fc.property(fc.oneof(fc.anything(), anything), (data) => {
        readMessage(data);
      }),
      { numRuns: 2_000 },
    );
  });
});

/** A tab of this origin that posts arbitrary messages. */
function say(browser: ScriptedBrowser, message: object): void {
  for (const channel of browser.channels) channel.hear({ v: 4, from: 'a stranger', ...message });
}

describe('a permit that was requested', () => {
  it('is returned under any name when the tab is closed', async () => {
    const browser = startBrowser();
    const tab = browser.open();
    await pass(SECOND);
    say(browser, { kind: 'permit-request', n: 1, chimeBearer: ALICE, priority: 'poll' });
    await flush();
    expect(browser.posted).toContainEqual(expect.objectContaining({ kind: 'permit-grant', to: 'a stranger', n: 1 }));
    await tab.tracker.close();
    await flush();
    expect(jest.getTimerCount()).toBe(0);
  });
});

describe('the result of another tab’s poll', () => {
  it.each([
    ['another channel', { channelArn: `${CHANNEL}-2` }],
    ['another sender', { chimeBearer: `${ALICE}-2` }],
    ['an edit', { isEdit: true }],
  ])('about %s does not apply to this delivery', async (_what, other) => {
    const browser = startBrowser();
    const tab = browser.open();
    await flush();
    tab.kit.track('m1');
    for (const source of ['status', 'websocket']) {
      const evidence = { kind: 'status', source, at: Date.now(), status: 'DENIED' };
      say(browser, { kind: 'result', results: [{ ...about, ...other, evidence }] });
    }
    await flush();
    expect(tab.tracker.get('m1')?.status).toBe('PENDING');
  });

  it('that the message is missing, delivered late to a tab that was frozen, denies no young message', async () => {
    const browser = startBrowser();
    const tab = browser.open({ missing: { confirmations: 1 }, socket: 'up' });
    await flush();
    tab.kit.track('m1');
    const at = Date.now() + 100;
    const missing = { kind: 'result', results: [{ ...about, evidence: { kind: 'missing', at, source: 'message' } }] };
    await pass(100);
    await pass(5 * SECOND);
    say(browser, missing);
    expect(tab.tracker.get('m1')?.status).toBe('PENDING');
    await pass(4_910);
    say(browser, missing);
    expect(tab.tracker.get('m1')?.status).toBe('PENDING');
    say(browser, {
      ...missing,
      results: [{ ...about, evidence: { kind: 'missing', at: Date.now(), source: 'message' } }],
    });
    await flush();
    expect(tab.tracker.get('m1')?.status).toBe('DENIED');
    expect(browser.service.count()).toBe(0);
  });

  it('from the future counts as found now', async () => {
    const browser = startBrowser();
    const tab = browser.open();
    await flush();
    tab.kit.track('m1');
    const now = Date.now();
    say(browser, found({ kind: 'status', source: 'status', at: now + SECOND, status: 'SENT' }));
    expect(tab.tracker.get('m1')).toMatchObject({ status: 'SENT', settledAt: now });
  });

  it('that the poll is forbidden ends the delivery here, too, and is announced once', async () => {
    const browser = startBrowser();
    const tab = browser.open();
    await flush();
    tab.kit.track('m1');
    const error = { name: 'ForbiddenException', message: 'no' };
    say(browser, found({ kind: 'forbidden', at: Date.now(), error }));
    await flush();
    expect(tab.tracker.get('m1')).toMatchObject({
      status: 'UNKNOWN',
      reason: 'forbidden',
      error: { name: 'ForbiddenException' },
    });
    expect(tab.kit.errors).toHaveLength(1);
  });

  it('contains no content of any message', async () => {
    const browser = startBrowser();
    const [, follower] = [browser.open(), browser.open()];
    await flush();
    follower.kit.send({ Content: 'secret' });
    await pass(5 * SECOND);
    browser.service.settle('m1', 'SENT');
    await pass(5 * SECOND);
    expect(follower.kit.story.at(-1)).toBe('settled SENT m1');
    expect(JSON.stringify(browser.posted)).not.toContain('secret');
  });
});

describe('a tab alone', () => {
  it.each(['locks', 'channel'] as const)('without %s works as before, and reports nothing', async (without) => {
    const browser = startBrowser();
    const tabs = [browser.open({ without }), browser.open({ without })];
    for (const { kit } of tabs) kit.track('m1');
    browser.service.settle('m1', 'SENT');
    await pass(5 * SECOND);
    expect(tabs.map(({ kit }) => kit.story.at(-1))).toEqual(['settled SENT m1', 'settled SENT m1']);
    expect([browser.pollers, browser.channels.size, browser.locks.held.size]).toEqual([[0, 1], 0, 0]);
  });

  it('can be chosen by option', async () => {
    const browser = startBrowser();
    browser.open({ tabs: false });
    await flush();
    expect([browser.channels.size, browser.locks.held.size]).toEqual([0, 0]);
  });

  it('reports refused locks once, and works', async () => {
    const browser = startBrowser();
    browser.locks.request = () => Promise.reject(Object.assign(new Error('no'), { name: 'SecurityError' }));
    const tab = browser.open();
    await flush();
    tab.kit.track('m1');
    browser.service.settle('m1', 'SENT');
    await pass(5 * SECOND);
    expect(tab.kit.story.at(-1)).toBe('settled SENT m1');
    expect(tab.kit.logged.filter((line) => line.includes('tabs'))).toHaveLength(1);
    expect(browser.channels.size).toBe(0);
  });
});
