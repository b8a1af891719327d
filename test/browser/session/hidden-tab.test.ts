// A hidden tab, as Chromium makes it: its timers fire once a second. Requests and their answers are not slowed.
import { describe, expect, it } from '@jest/globals';

import { mostArriving } from '../../support/live-tracker.ts';
import { brokenPromises, PROMISED_MS } from '../support/endings.ts';
import { hideableSuite } from '../support/hideable-tab.ts';

const suite = hideableSuite();
const rateLimit = { requestsPerSecond: 5, burst: 5, maxConcurrent: 4 };

describe('a hidden tab without push', () => {
  it('settles 50 pending deliveries as fast as the budget allows', async () => {
    const { emulator, openTab, sent } = await suite.start({ channelRequestsPerSecond: { sends: Infinity } });
    const tab = await openTab({ connect: false, tracker: { rateLimit } });
    await tab.hide();
    const messageIds = await Promise.all(Array.from({ length: 50 }, () => sent({ Content: 'SENT 0' })));
    const ids = await tab.call('track', messageIds);
    const endings = await tab.untilSettled(ids);
    // One at each wake-up would take 50 s.
    const budgetMs = ((50 - rateLimit.burst) / rateLimit.requestsPerSecond) * 1_000;
    const asked = emulator.log.filter(({ operation }) => operation === 'GetChannelMessageStatus').map(({ at }) => at);
    expect(mostInOneSecond(asked)).toBeLessThanOrEqual(mostArriving(rateLimit));
    expect(brokenPromises(endings, { emulator, ids, withinMs: budgetMs + PROMISED_MS })).toEqual([]);
  });

  it('receives push again as before, without a request', async () => {
    const { emulator, openTab } = await suite.start();
    const tab = await openTab();
    await tab.hide();
    const ids = await tab.send('SENT 300', 'DENIED 300', 'FAILED 300');
    expect(brokenPromises(await tab.untilSettled(ids), { emulator, ids })).toEqual([]);
    expect((await tab.call('stats')).polls).toBe(0);
  });
});

function mostInOneSecond(times: readonly number[]): number {
  return Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + 1_000).length));
}
