// Prefetch: CHANNEL_DETAILS of a reconnect tells what became of the latest messages, and it costs nothing.
import { describe, expect, it } from '@jest/globals';

import { eventually } from '../../support/emulator-kit.ts';
import { browserSuite } from '../support/browser-kit.ts';
import { brokenPromises } from '../support/endings.ts';

const suite = browserSuite();
const STORED = ['SENT 0', 'FAILED 0', 'SENT 0', 'FAILED 0', 'SENT 0'];
const session = { prefetch: true };
/** Enough for all of them at once, so that it is not the budget that saves requests. */
const tracker = { rateLimit: { requestsPerSecond: 50, burst: 50 } };
const unlimited = { requestsPerSecond: Infinity };
/** The session waits for 0.9 of the longest time before it reconnects. */
const unlucky = (): void => {
  Math.random = () => 0.9;
};

describe('a reconnect with prefetch', () => {
  it.each([
    ['at once', 0],
    ['after an ordinary round trip or two', 150],
  ])('that is established %s settles the messages of CHANNEL_DETAILS before any request', async (_when, ms) => {
    // The events are lost with the socket.
    const { emulator, openTab } = await suite.start({ ...unlimited, eventCopies: 0, sessionEstablishedDelayMs: ms });
    const tab = await openTab({ session, tracker, before: unlucky });
    const ids = await tab.send(...STORED);
    await eventually(() => emulator.messages.every(({ decidedAt }) => decidedAt !== undefined));
    const openedAt = Date.now();
    emulator.dropSockets();
    const endings = await tab.untilSettled(ids);
    expect(brokenPromises(endings, { emulator, ids, openedAt })).toEqual([]);
    expect(endings.map(({ evidence, polls }) => `${evidence} ${polls}`)).toEqual(ids.map(() => 'prefetch 0'));
    expect((await tab.call('stats')).requests).toMatchObject({ status: 0, message: 0 });
  });

  it('leaves messages that CHANNEL_DETAILS lacks to polls', async () => {
    const { emulator, openTab } = await suite.start({ eventCopies: 0 });
    const tab = await openTab({ session });
    const ids = await tab.send('DENIED 0', 'SENT 0');
    const openedAt = Date.now();
    emulator.dropSockets();
    const endings = await tab.untilSettled(ids);
    expect(brokenPromises(endings, { emulator, ids, openedAt })).toEqual([]);
    expect(endings.find(({ status }) => status === 'DENIED')?.evidence).toBe('missing');
  });

  it('that never comes delays nothing', async () => {
    suite.tolerate(['CloseEvent 4401']);
    const { emulator, openTab } = await suite.start({ eventCopies: 0 });
    const tab = await openTab({ session });
    const ids = await tab.send('SENT 0', 'FAILED 0', 'DENIED 0');
    emulator.refuseSockets({ closeCode: 4401 });
    const openedAt = Date.now();
    emulator.dropSockets();
    expect(brokenPromises(await tab.untilSettled(ids), { emulator, ids, openedAt })).toEqual([]);
  });
});
