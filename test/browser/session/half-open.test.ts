// A half-open socket: it claims to be up, and delivers nothing. Only the safety poll can tell.
import { describe, expect, it } from '@jest/globals';

import { browserSuite } from '../support/browser-kit.ts';
import { brokenPromises, PROMISED_MS } from '../support/endings.ts';

const suite = browserSuite();
const FATES = ['SENT 200', 'FAILED 300', 'DENIED 200', 'SENT 500'];
const QUIET_MS = 3_000;
const tracker = { polling: { quietMs: QUIET_MS } };

describe('a half-open socket', () => {
  it('is detected soon after quietMs, the link counts as down, and everything ends true', async () => {
    const { emulator, openTab } = await suite.start();
    const tab = await openTab({ tracker });
    emulator.halfOpenSockets();
    const ids = await tab.send(...FATES);
    expect(brokenPromises(await tab.untilSettled(ids), { emulator, ids, withinMs: QUIET_MS + PROMISED_MS })).toEqual(
      [],
    );
    expect(await tab.call('stats')).toMatchObject({ link: 'down', evidence: { websocket: 0 } });
  });

  it('leaves new messages to polls at once, until an event arrives', async () => {
    const { emulator, openTab } = await suite.start();
    const tab = await openTab({ tracker });
    emulator.halfOpenSockets();
    await tab.untilSettled(await tab.send('SENT 0'));
    const ids = await tab.send(...FATES);
    expect(brokenPromises(await tab.untilSettled(ids), { emulator, ids })).toEqual([]);
    expect((await tab.call('stats')).link).toBe('down');

    emulator.halfOpenSockets(false);
    const [heard = ''] = await tab.send('SENT 0');
    await tab.untilSettled([heard]);
    await tab.heard('CREATE_CHANNEL_MESSAGE');
    expect((await tab.call('stats')).link).toBe('up');
    const { polls } = await tab.call('stats');
    const last = await tab.send('SENT 1000', 'DENIED 1000');
    expect(brokenPromises(await tab.untilSettled(last), { emulator, ids: last })).toEqual([]);
    expect((await tab.call('stats')).polls).toBe(polls);
  });

  it('makes the link event report down, and up again later', async () => {
    const { emulator, openTab } = await suite.start();
    const tab = await openTab({ tracker });
    emulator.halfOpenSockets();
    await tab.untilSettled(await tab.send('SENT 0'));
    emulator.halfOpenSockets(false);
    await tab.send('SENT 0');
    await tab.heard('CREATE_CHANNEL_MESSAGE');
    const links = (await tab.call('notices')).filter(({ what }) => what.startsWith('link'));
    expect(links.map(({ what }) => what)).toEqual(['link up', 'link down', 'link up']);
  });
});
