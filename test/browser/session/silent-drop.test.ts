// A drop that the session keeps to itself: it cannot get its endpoint again, so its observer hears nothing for 10 s and
// more, while requests are answered all the time.
import { describe, expect, it } from '@jest/globals';

import { faults } from '../../../src/emulator/index.ts';
import { browserSuite } from '../support/browser-kit.ts';
import { brokenPromises } from '../support/endings.ts';

const suite = browserSuite();
const FATES = ['SENT 200', 'FAILED 300', 'DENIED 200', 'SENT 500'];

describe('a drop that the session does not report, because its endpoint is unreachable', () => {
  it('leaves everything to polls, and it ends true soon', async () => {
    const { emulator, openTab } = await suite.start();
    const tab = await openTab();
    const ids = await tab.send(...FATES);
    emulator.fault(faults.unavailable({ operation: 'GetMessagingSessionEndpoint' }));
    emulator.dropSockets();
    expect(brokenPromises(await tab.untilSettled(ids), { emulator, ids })).toEqual([]);
  });
});
