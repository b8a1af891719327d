// A machine that sleeps for hours: the clock jumps, timers have not noticed, the socket is dead without a word.
import { describe, expect, it } from '@jest/globals';

import { eventually } from '../../support/emulator-kit.ts';
import { browserSuite } from '../support/browser-kit.ts';
import { brokenPromises } from '../support/endings.ts';
import { installClock } from '../support/page-clock.ts';

const suite = browserSuite();
const HOUR = 3_600_000;
const STORED = ['SENT 100', 'FAILED 100', 'SENT 200'];
const FATES = [...STORED, 'DENIED 100'];

describe('a sleep of hours', () => {
  it.each([
    ['hours', 7 * HOUR, FATES],
    // Past the deadline there is one poll, and a denial takes two.
    ['more than the 48 hours of the deadline', 60 * HOUR, STORED],
  ])('(%s) ends with a wake that reconciles, and everything ends true', async (_name, slept, fates) => {
    const { emulator, openTab } = await suite.start();
    const tab = await openTab({ before: installClock });
    emulator.halfOpenSockets();
    const ids = await tab.send(...fates);
    await eventually(() => emulator.messages.every(({ decidedAt }) => decidedAt !== undefined));
    await tab.page.evaluate((ms) => window.clock.jump(ms), slept);
    expect(await tab.call('endings')).toEqual([]);

    await tab.call('dispatchOnline');
    const openedAt = await tab.noticed('online');
    expect(brokenPromises(await tab.untilSettled(ids), { emulator, ids, openedAt })).toEqual([]);
  });

  it('ends with a dead socket that wakes the tracker without another signal', async () => {
    const { emulator, openTab } = await suite.start();
    const tab = await openTab({ before: installClock });
    emulator.halfOpenSockets();
    const ids = await tab.send(...FATES);
    await eventually(() => emulator.messages.every(({ decidedAt }) => decidedAt !== undefined));
    await tab.page.evaluate((ms) => window.clock.jump(ms), 7 * HOUR);
    const openedAt = Date.now();
    emulator.dropSockets();
    expect(brokenPromises(await tab.untilSettled(ids), { emulator, ids, openedAt })).toEqual([]);
  });

  it('does not affect later messages, which end by push and cost no request', async () => {
    const { emulator, openTab } = await suite.start();
    const tab = await openTab({ before: installClock });
    await tab.page.evaluate((ms) => window.clock.jump(ms), 7 * HOUR);
    const ids = await tab.send('SENT 300', 'DENIED 300');
    expect(brokenPromises(await tab.untilSettled(ids), { emulator, ids })).toEqual([]);
    expect((await tab.call('stats')).polls).toBe(0);
  });
});
