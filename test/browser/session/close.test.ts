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
] as const;

describe('a tracker that is closed', () => {
  it('leaves no listener on the page, nor on the socket of the session', async () => {
    const { openTab } = await suite.start();
    const tab = await openTab({ before: countListeners });
    const count = (): Promise<number[]> =>
      tab.page.evaluate((names) => names.map((name) => window.listenerCount(name)), SHARED);
    await tab.noticed('link up');
    // One is the page program's own, or the session's.
    expect(await count()).toEqual(SHARED.map(() => 2));
    await tab.call('closeTracker');
    expect(await count()).toEqual(SHARED.map(() => 1));
  });

  it('asks for nothing more, and the session it listened to goes on', async () => {
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
