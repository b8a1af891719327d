// A socket that drops: the observer hears nothing at that moment, and everything ends true all the same.
import { describe, expect, it } from '@jest/globals';

import { browserSuite } from '../support/browser-kit.ts';
import { brokenPromises } from '../support/endings.ts';

const suite = browserSuite();
const FATES = ['SENT 200', 'FAILED 300', 'DENIED 200', 'SENT 500', 'FAILED 600'];

describe('a dropped socket (1006)', () => {
  it('leaves pending messages to polls while the session reconnects, and later ones end by push', async () => {
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

  it('does not keep messages that are sent meanwhile from ending true', async () => {
    const { emulator, openTab } = await suite.start();
    const tab = await openTab();
    emulator.refuseSockets(true);
    emulator.dropSockets();
    const ids = await tab.send(...FATES);
    expect(brokenPromises(await tab.untilSettled(ids), { emulator, ids })).toEqual([]);
    emulator.refuseSockets(false);
    await tab.heard('started', 2);
  });

  it('again and again still ends each message once', async () => {
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
