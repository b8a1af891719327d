// A session that cannot come back: closed with 4401 it never speaks again, opened and dropped it loops for ever.
import { describe, expect, it } from '@jest/globals';

import { browserSuite } from '../support/browser-kit.ts';
import { brokenPromises } from '../support/endings.ts';

const suite = browserSuite();
const FATES = ['SENT 200', 'FAILED 300', 'DENIED 200', 'SENT 500'];

describe('a reconnect that is closed with 4401', () => {
  it('ends the session, and everything ends true, later sends included', async () => {
    // Nobody but the session could catch it.
    suite.tolerate(['CloseEvent 4401']);
    const { emulator, openTab } = await suite.start();
    const tab = await openTab();
    const ids = await tab.send(...FATES);
    emulator.refuseSockets({ closeCode: 4401 });
    emulator.dropSockets();
    expect(brokenPromises(await tab.untilSettled(ids), { emulator, ids })).toEqual([]);

    await tab.heard('reconnecting');
    const later = await tab.send(...FATES);
    expect(brokenPromises(await tab.untilSettled(later), { emulator, ids: later })).toEqual([]);
    const story = (await tab.call('story')).map(({ what }) => what);
    expect(story.slice(story.indexOf('reconnecting'))).toEqual(['reconnecting']);
    expect((await tab.call('stats')).link).toBe('down');
  });
});

describe('a socket that opens and drops before SESSION_ESTABLISHED', () => {
  it('leaves everything to polls, and push works again once the loop ends', async () => {
    const { emulator, openTab } = await suite.start();
    const tab = await openTab();
    const ids = await tab.send(...FATES);
    emulator.refuseSockets('drop');
    emulator.dropSockets();
    await tab.heard('reconnecting', 3);
    const later = await tab.send(...FATES);
    expect(brokenPromises(await tab.untilSettled([...ids, ...later]), { emulator, ids: [...ids, ...later] })).toEqual(
      [],
    );
    expect((await tab.call('stats')).link).toBe('down');

    emulator.refuseSockets(false);
    await tab.heard('started', 2);
    const { polls } = await tab.call('stats');
    const last = await tab.send('SENT 300', 'DENIED 300');
    expect(brokenPromises(await tab.untilSettled(last), { emulator, ids: last })).toEqual([]);
    expect((await tab.call('stats')).polls).toBe(polls);
  });
});

describe('stop() after a drop', () => {
  // During the backoff the session ignores it. It may also come before the page knows of the drop, or after the reconnect.
  it('whether the session ignores it or not, leaves everything to end true', async () => {
    const { emulator, openTab } = await suite.start();
    const tab = await openTab();
    const ids = await tab.send(...FATES);
    emulator.dropSockets();
    await tab.call('stopSession');
    expect(brokenPromises(await tab.untilSettled(ids), { emulator, ids })).toEqual([]);
  });

  it('and a successful stop() later leave everything to polls, and it ends true', async () => {
    const { emulator, openTab } = await suite.start();
    const tab = await openTab();
    const ids = await tab.send(...FATES);
    await tab.call('stopSession');
    await tab.heard('stopped 1005');
    const later = await tab.send('SENT 300', 'FAILED 300');
    expect(brokenPromises(await tab.untilSettled([...ids, ...later]), { emulator, ids: [...ids, ...later] })).toEqual(
      [],
    );
    expect((await tab.call('stats')).link).toBe('down');
  });
});
