// While push works: what the observer hears tells everything, and nothing is asked for.
import { describe, expect, it } from '@jest/globals';

import { browserSuite } from '../support/browser-kit.ts';
import { brokenPromises } from '../support/endings.ts';

const suite = browserSuite();

describe('a connected session', () => {
  it('ends every message by push, without a request beyond its send', async () => {
    const { emulator, openTab } = await suite.start();
    const tab = await openTab();
    const ids = await tab.send('SENT 0', 'FAILED 100', 'DENIED 300', 'SENT 1500', 'DENIED 1500');
    const endings = await tab.untilSettled(ids);
    expect(brokenPromises(endings, { emulator, ids })).toEqual([]);
    expect(endings.map(({ evidence }) => evidence)).toEqual(ids.map(() => 'websocket'));
    expect(await tab.call('stats')).toMatchObject({ polls: 0, link: 'up', requests: { status: 0, message: 0 } });
  });

  it('costs no request for messages that are sent as soon as it is established either', async () => {
    const { emulator, openTab } = await suite.start();
    const tab = await openTab({ connect: false });
    const ids = await tab.call('connectAndSend', ['SENT 1500', 'DENIED 1500', 'FAILED 1500', 'SENT 1500']);
    const endings = await tab.untilSettled(ids);
    expect(brokenPromises(endings, { emulator, ids })).toEqual([]);
    expect((await tab.call('stats')).polls).toBe(0);
  });

  it('ends messages that were sent before its start with the true outcome, too', async () => {
    const { emulator, openTab } = await suite.start();
    const tab = await openTab({ connect: false });
    const ids = await tab.send('SENT 300', 'DENIED 300', 'FAILED 300');
    await tab.call('connect');
    expect(brokenPromises(await tab.untilSettled(ids), { emulator, ids })).toEqual([]);
  });
});
