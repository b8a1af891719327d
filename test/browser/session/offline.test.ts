// A socket that drops while the whole network is away: silence until the session gives up, or until it is back.
import { describe, expect, it } from '@jest/globals';

import { eventually } from '../../support/emulator-kit.ts';
import { browserSuite } from '../support/browser-kit.ts';
import { brokenPromises } from '../support/endings.ts';

const suite = browserSuite();
/** Decided when the page is offline. */
const FATES = ['SENT 3000', 'FAILED 3200', 'DENIED 3000', 'SENT 3500'];

describe('a dropped socket while the page is offline', () => {
  it('leaves outcomes to polls soon after the return, before the session has given up', async () => {
    const { emulator, openTab } = await suite.start();
    const tab = await openTab();
    const ids = await tab.send(...FATES);
    await tab.page.context().setOffline(true);
    emulator.dropSockets();
    await eventually(() => emulator.messages.every(({ decidedAt }) => decidedAt !== undefined));
    expect(await tab.call('endings')).toEqual([]);

    await tab.page.context().setOffline(false);
    const openedAt = await tab.noticed('online');
    expect(brokenPromises(await tab.untilSettled(ids), { emulator, ids, openedAt })).toEqual([]);
  });

  it('leaves outcomes to polls soon after the return, after the session has given up for good', async () => {
    const { emulator, openTab } = await suite.start();
    const tab = await openTab({ session: { reconnectTimeoutMs: 1_000 } });
    const ids = await tab.send(...FATES);
    await tab.page.context().setOffline(true);
    emulator.dropSockets();
    await tab.heard('stopped 4999');
    expect(await tab.call('endings')).toEqual([]);
    expect((await tab.call('stats')).link).toBe('down');

    await tab.page.context().setOffline(false);
    const openedAt = await tab.noticed('online');
    expect(brokenPromises(await tab.untilSettled(ids), { emulator, ids, openedAt })).toEqual([]);
  });

  it('delays sends until the return, and each is sent once and ends true', async () => {
    const { emulator, openTab } = await suite.start();
    const tab = await openTab();
    await tab.page.context().setOffline(true);
    emulator.dropSockets();
    const ids = await tab.call('send', FATES);
    await eventually(async () => (await tab.call('stats')).requests.send > FATES.length);
    expect(emulator.messages).toEqual([]);

    await tab.page.context().setOffline(false);
    const openedAt = await tab.noticed('online');
    expect(brokenPromises(await tab.untilSettled(ids), { emulator, ids, openedAt })).toEqual([]);
    expect(emulator.messages).toHaveLength(FATES.length);
  });
});
