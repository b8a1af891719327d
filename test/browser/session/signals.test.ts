// What the platform says to a page, each as the only sign that there is: the socket is half-open, a safety poll far
// away.
import { describe, expect, it } from '@jest/globals';

import { eventually } from '../../support/emulator-kit.ts';
import { brokenPromises } from '../support/endings.ts';
import { hideableSuite, type HideableKit, type HideableTab } from '../support/hideable-tab.ts';

const suite = hideableSuite();
const FATES = ['SENT 100', 'FAILED 100', 'DENIED 100', 'SENT 200'];

/** Messages whose outcome nobody hears, although the link claims to be up. */
async function unheard(kit: HideableKit, tab: HideableTab): Promise<string[]> {
  kit.emulator.halfOpenSockets();
  const ids = await tab.send(...FATES);
  await eventually(() => kit.emulator.messages.every(({ decidedAt }) => decidedAt !== undefined));
  expect((await tab.call('stats')).polls).toBe(0);
  return ids;
}

describe('a tab that was hidden', () => {
  it('polls pending deliveries when it is visible again', async () => {
    const kit = await suite.start();
    const tab = await kit.openTab();
    await tab.hide();
    const ids = await unheard(kit, tab);
    await tab.show();
    const openedAt = await tab.noticed('visible');
    expect(brokenPromises(await tab.untilSettled(ids), { emulator: kit.emulator, ids, openedAt })).toEqual([]);
  });

  it('and frozen ends everything with the true outcome over a new socket, although it is hidden', async () => {
    const kit = await suite.start();
    const tab = await kit.openTab();
    await tab.hide();
    const ids = await unheard(kit, tab);
    // Chromium closes the websocket of a page that it freezes.
    await tab.freeze();
    await tab.noticed('freeze');
    await tab.unfreeze();
    const openedAt = await tab.noticed('resume');
    expect(brokenPromises(await tab.untilSettled(ids), { emulator: kit.emulator, ids, openedAt })).toEqual([]);
  });

  it('and frozen polls pending deliveries when it resumes, without another signal', async () => {
    const kit = await suite.start();
    const never = 3_600_000;
    const tab = await kit.openTab({ connect: false, tracker: { polling: { firstDelayMs: never, maxDelayMs: never } } });
    await tab.hide();
    const ids = await tab.send(...FATES);
    await tab.freeze();
    await tab.noticed('freeze');
    await eventually(() => kit.emulator.messages.every(({ decidedAt }) => decidedAt !== undefined));
    await tab.unfreeze();
    const openedAt = await tab.noticed('resume');
    expect(brokenPromises(await tab.untilSettled(ids), { emulator: kit.emulator, ids, openedAt })).toEqual([]);
  });
});

describe('a page in the back/forward cache', () => {
  it('polls pending deliveries when it is shown again', async () => {
    const kit = await suite.start();
    // A page with an open websocket is not kept.
    const tab = await kit.openTab({ connect: false });
    const ids = await tab.send('SENT 1500', 'DENIED 1500', 'FAILED 1500');
    await tab.leave();
    await eventually(() => kit.emulator.messages.every(({ decidedAt }) => decidedAt !== undefined));
    await tab.comeBack();
    const openedAt = await tab.noticed('pageshow', 2);
    expect(brokenPromises(await tab.untilSettled(ids), { emulator: kit.emulator, ids, openedAt })).toEqual([]);
  });

  it('polls pending deliveries at pageshow, without another signal', async () => {
    const kit = await suite.start();
    const tab = await kit.openTab();
    const ids = await unheard(kit, tab);
    await tab.call('dispatchPageShow');
    const openedAt = await tab.noticed('pageshow', 2);
    expect(brokenPromises(await tab.untilSettled(ids), { emulator: kit.emulator, ids, openedAt })).toEqual([]);
  });
});

describe('a page whose network is back', () => {
  it('polls pending deliveries at once', async () => {
    const kit = await suite.start();
    const tab = await kit.openTab();
    const ids = await unheard(kit, tab);
    await tab.call('dispatchOnline');
    const openedAt = await tab.noticed('online');
    expect(brokenPromises(await tab.untilSettled(ids), { emulator: kit.emulator, ids, openedAt })).toEqual([]);
  });
});
