// close(): the session and the page go on, and nothing of the tracker is left in them.
import { describe, expect, it } from '@jest/globals';

import { browserSuite } from '../support/browser-kit.ts';
import { countListeners } from '../support/listener-count.ts';

const suite = browserSuite();
const SHARED = [
  'Window online',
  'Window pageshow',
  'Document visibilitychange',
  'Document resume',
  'WebSocket close',
  // Of what tabs do for each other.
  'Window pagehide',
  'Document freeze',
] as const;

describe('a tracker that is closed', () => {
  it('leaves no listener on the page, nor on the socket of the session', async () => {
    const { openTab } = await suite.start();
    const tab = await openTab({ before: countListeners });
    const count = (): Promise<number[]> =>
      tab.page.evaluate((names) => names.map((name) => window.listenerCount(name)), SHARED);
    await tab.noticed('link up');
    const own = [1, 1, 1, 1, 1, 0, 1];
    const during = await count();
    expect(during.every((listeners, index) => listeners > (own[index] ?? 0))).toBe(true);
    await tab.call('closeTracker');
    // What is left is the page program's own, or the session's.
    expect(await count()).toEqual(own);
  });

  it('holds no lock, and waits for none', async () => {
    const { openTab } = await suite.start();
    const tab = await openTab();
    await tab.send('SENT 60000');
    const locks = (): Promise<number> =>
      tab.page.evaluate(async () => {
        const { held = [], pending = [] } = await navigator.locks.query();
        return held.length + pending.length;
      });
    // That it leads, and that it has something pending.
    while ((await locks()) !== 2);
    await tab.call('closeTracker');
    while ((await locks()) !== 0);
    expect(await locks()).toBe(0);
  });

  it('polls no more, and its session goes on', async () => {
    const { emulator, openTab } = await suite.start();
    const tab = await openTab();
    await tab.send('SENT 300', 'SENT 300');
    emulator.dropSockets();
    await tab.call('closeTracker');
    await tab.heard('started', 2);
    const asked = emulator.log.filter(({ operation }) => operation === 'GetChannelMessageStatus');
    expect(asked).toEqual([]);
    expect(await tab.call('endings')).toEqual([]);
  });
});
