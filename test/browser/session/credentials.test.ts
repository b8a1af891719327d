// A socket that drops while the credentials are expired: the session is silent, then stops; requests are refused with 403.
import { describe, expect, it } from '@jest/globals';

import { eventually } from '../../support/emulator-kit.ts';
import { browserSuite } from '../support/browser-kit.ts';
import { expireCredentials } from '../support/credentials.ts';
import { brokenPromises } from '../support/endings.ts';

const suite = browserSuite();
/** Decided when the credentials are expired. */
const FATES = ['SENT 3000', 'FAILED 3200', 'DENIED 3000', 'SENT 3500'];

/** A tab with pending messages, whose socket drops while its credentials are expired. */
async function dropWhileExpired(session: { reconnectTimeoutMs?: number } = {}) {
  const kit = await suite.start();
  const tab = await kit.openTab({ session });
  const ids = await tab.send(...FATES);
  const refresh = await expireCredentials(kit, tab);
  kit.emulator.dropSockets();
  return { emulator: kit.emulator, tab, ids, refresh };
}

describe('a dropped socket with expired credentials', () => {
  it('causes no invented outcome, and everything ends true soon after their refresh', async () => {
    const { emulator, tab, ids, refresh } = await dropWhileExpired({ reconnectTimeoutMs: 1_000 });
    await tab.heard('stopped 4999');
    await tab.noticed('suspended');
    expect(await tab.call('stats')).toMatchObject({ link: 'down', suspended: true, pending: ids.length });

    const openedAt = await refresh();
    expect(brokenPromises(await tab.untilSettled(ids), { emulator, ids, openedAt })).toEqual([]);
    const notices = (await tab.call('notices')).map(({ what }) => what);
    expect(notices.filter((what) => what === 'suspended' || what === 'resumed')).toEqual(['suspended', 'resumed']);
  });

  it('delays outcomes until soon after a refresh, even before the session has given up', async () => {
    const { emulator, tab, ids, refresh } = await dropWhileExpired();
    await tab.noticed('suspended');
    await eventually(() => emulator.messages.every(({ decidedAt }) => decidedAt !== undefined));
    expect(await tab.call('endings')).toEqual([]);
    expect((await tab.call('story')).map(({ what }) => what)).not.toContain('stopped 4999');
    const openedAt = await refresh();
    expect(brokenPromises(await tab.untilSettled(ids), { emulator, ids, openedAt })).toEqual([]);
  });

  it('delays outcomes until soon after a new start of the session, after a long time without good credentials', async () => {
    const { emulator, tab, ids, refresh } = await dropWhileExpired({ reconnectTimeoutMs: 1_000 });
    await tab.heard('stopped 4999');
    await tab.noticed('suspended');
    await refresh();
    const openedAt = Date.now();
    await tab.call('connect');
    expect(brokenPromises(await tab.untilSettled(ids), { emulator, ids, openedAt })).toEqual([]);
    expect(await tab.call('stats')).toMatchObject({ link: 'up' });
    // Push alone may have told every outcome; only a request shows that the credentials are good again.
    await tab.untilSettled(await tab.send('SENT 100'));
    expect(await tab.call('stats')).toMatchObject({ suspended: false });
  });

  it('delays sends until the refresh, and each is sent once and ends true', async () => {
    const kit = await suite.start();
    const { emulator } = kit;
    const tab = await kit.openTab();
    const refresh = await expireCredentials(kit, tab);
    emulator.dropSockets();
    const ids = await tab.call('send', FATES);
    await tab.noticed('suspended');
    expect(emulator.messages).toEqual([]);
    const openedAt = await refresh();
    expect(brokenPromises(await tab.untilSettled(ids), { emulator, ids, openedAt })).toEqual([]);
    expect(emulator.messages).toHaveLength(FATES.length);
  });
});
