// A tab that has been hidden for minutes: its timers fire once a minute. A wake-up has to be worth a whole burst.
import { describe, expect, it } from '@jest/globals';

import { browserSuite } from '../support/browser-kit.ts';
import { brokenPromises } from '../support/endings.ts';
import { installClock } from '../support/page-clock.ts';

const suite = browserSuite();
const MINUTE = 60_000;
const COUNT = 50;
const BURST = 5;
/** The poll is due at one wake-up; a wait of the limiter's, if it has any, may cost another. */
const LEAD_IN = 2;

describe('timers that fire once a minute', () => {
  it('allow a burst of requests at each wake-up, until 50 pending deliveries are settled', async () => {
    const { emulator, openTab, sent } = await suite.start({
      requestsPerSecond: Infinity,
      channelRequestsPerSecond: { sends: Infinity },
    });
    const tracker = { rateLimit: { requestsPerSecond: 5, burst: BURST } };
    const tab = await openTab({ connect: false, tracker, before: installClock });
    const messageIds = await Promise.all(Array.from({ length: COUNT }, () => sent({ Content: 'SENT 0' })));
    await tab.page.evaluate(() => window.clock.holdTimers());
    const ids = await tab.call('track', messageIds);

    const perWakeUp: number[] = [];
    for (let before = 0; (await tab.call('endings')).length < COUNT && perWakeUp.length < 2 * COUNT;) {
      await tab.page.evaluate((ms) => window.clock.wakeUp(ms), MINUTE);
      await tab.page.evaluate(() => window.clock.quiet());
      const { status } = (await tab.call('stats')).requests;
      perWakeUp.push(status - before);
      before = status;
    }
    expect(perWakeUp.length).toBeLessThanOrEqual(COUNT / BURST + LEAD_IN);
    expect(brokenPromises(await tab.untilSettled(ids), { emulator, ids, withinMs: Infinity })).toEqual([]);
  });
});
