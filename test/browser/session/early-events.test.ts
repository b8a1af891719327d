// Events that come before SESSION_ESTABLISHED: the session keeps them for later, and they count.
import { describe, expect, it } from '@jest/globals';

import { eventually } from '../../support/emulator-kit.ts';
import { browserSuite } from '../support/browser-kit.ts';
import { brokenPromises } from '../support/endings.ts';
import { startRelay } from '../support/relay.ts';

const suite = browserSuite();
const FATES = ['SENT 100', 'FAILED 100', 'DENIED 100'];

describe('events before SESSION_ESTABLISHED', () => {
  it('count at a first connect, and everything ends true', async () => {
    const { emulator, openTab } = await suite.start({ sessionEstablishedDelayMs: 2 ** 31 - 1 });
    const relay = await startRelay(emulator.websocketEndpoint);
    const tab = await openTab({ connect: false, session: { relay: relay.address } });
    const connected = tab.call('connect');
    await tab.heard('connecting');
    const ids = await tab.send(...FATES);
    // PENDING, and the outcome of each.
    await eventually(() => relay.passed() === 2 * FATES.length);
    relay.inject('{"Headers":{"x-amz-chime-event-type":"SESSION_ESTABLISHED","x-amz-chime-message-type":"SYSTEM"}}');
    await connected;
    expect(brokenPromises(await tab.untilSettled(ids), { emulator, ids })).toEqual([]);
    const story = (await tab.call('story')).map(({ what }) => what);
    expect(story.indexOf('DENIED_CREATE_CHANNEL_MESSAGE')).toBeLessThan(story.indexOf('SESSION_ESTABLISHED'));
  });

  it('count at a reconnect, and everything ends true', async () => {
    const { emulator, openTab } = await suite.start();
    const tab = await openTab();
    emulator.set({ sessionEstablishedDelayMs: 1_000 });
    emulator.dropSockets();
    await tab.heard('reconnecting');
    const ids = await tab.send(...FATES);
    expect(brokenPromises(await tab.untilSettled(ids), { emulator, ids })).toEqual([]);
    await tab.heard('started', 2);
    const last = await tab.send('SENT 300');
    expect(brokenPromises(await tab.untilSettled(last), { emulator, ids: last })).toEqual([]);
  });
});
