// A socket that drops: the observer hears nothing at that moment, and everything ends true all the same.
import { describe, expect, it } from '@jest/globals';

import { browserSuite } from '../support/browser-kit.ts';
import { brokenPromises } from '../support/endings.ts';

const suite = browserSuite();
const FATES = ['SENT 200', 'FAILED 300', 'DENIED 200', 'SENT 500', 'FAILED 600'];

describe('after the socket drops (1006)', () => {
  it('what was pending ends true while the session reconnects, and the next messages end by push', async () => {
    const { emulator, openTab } = await suite.start();
    const tab = await openTab();
    const ids = await tab.send(...FATES);
    emulator.dropSockets();
    expect(brokenPromises(await tab.untilSettled(ids), { emulator, ids })).toEqual([]);
    // The observer has heard nothing of the drop itself.
    expect(await tab.noticed('link down')).toBeLessThan(await tab.heard('reconnecting'));
    await tab.heard('started', 2);
    expect((await tab.call('story')).map(({ what }) => what)).not.toContain('stopped 1006');

    const { polls } = await tab.call('stats');
    const later = await tab.send('SENT 300', 'DENIED 300');
    expect(brokenPromises(await tab.untilSettled(later), { emulator, ids: later })).toEqual([]);
    expect((await tab.call('stats')).polls).toBe(polls);
  });

  it('what is sent while nothing can be heard ends true', async () => {
    const { emulator, openTab } = await suite.start();
    const tab = await openTab();
    emulator.refuseSockets(true);
    emulator.dropSockets();
    const ids = await tab.send(...FATES);
    expect(brokenPromises(await tab.untilSettled(ids), { emulator, ids })).toEqual([]);
    emulator.refuseSockets(false);
    await tab.heard('started', 2);
  });

  it('again and again, each message still ends once', async () => {
    const { emulator, openTab } = await suite.start();
    const tab = await openTab();
    const ids: string[] = [];
    for (const round of [1, 2, 3]) {
      ids.push(...(await tab.send(...FATES.slice(0, 3))));
      emulator.dropSockets();
      await tab.heard('started', round + 1);
    }
    expect(brokenPromises(await tab.untilSettled(ids), { emulator, ids })).toEqual([]);
  });
});
