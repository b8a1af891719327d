// Ten tabs of one user in a real Chromium, without push: one of them asks for all, and each one's UI is right.
import { describe, expect, it } from '@jest/globals';

import type { ChimeEmulator } from '../../../src/emulator/index.ts';
import { mostArriving } from '../../support/live-tracker.ts';
import { brokenPromises, PROMISED_MS } from '../support/endings.ts';
import { pollsOf, manyTabsSuite, pollersOf, type OneOfMany } from '../support/tabs-suite.ts';

const suite = manyTabsSuite();
const rateLimit = { requestsPerSecond: 10, burst: 10, maxConcurrent: 4 };
const tracker = { rateLimit };
const FATES = ['SENT 300', 'FAILED 400', 'DENIED 300'];
/** With the budget of one user for ten tabs, and misses to be confirmed in between. */
const withinMs = 4 * PROMISED_MS;

/** Each tab sends; what was not kept of the promise, once everything has ended. */
async function sendFromAll(tabs: readonly OneOfMany[], emulator: ChimeEmulator): Promise<string[]> {
  const sent = await Promise.all(tabs.map((tab) => tab.send(...FATES)));
  const broken = await Promise.all(
    tabs.map(async (tab, index) => {
      const ids = sent[index] ?? [];
      const endings = (await tab.untilSettled(ids)).filter(({ id }) => ids.includes(id));
      return brokenPromises(endings, { emulator, ids, withinMs });
    }),
  );
  return broken.flat();
}

function pollsSeen({ log }: ChimeEmulator): number {
  return log.filter(({ operation }) => operation.startsWith('Get') || operation.startsWith('List')).length;
}

describe('ten tabs', () => {
  it('have one poller and one budget, and every outcome is announced in its own tab', async () => {
    const { emulator, openTabs } = await suite.start();
    const tabs = await openTabs(10, { tracker });
    expect(await sendFromAll(tabs, emulator)).toEqual([]);
    const pollers = await pollersOf(tabs);
    expect(pollers).toHaveLength(1);
    const { requests } = (await pollers[0]?.call('stats')) ?? {};
    // Everything that the emulator was asked came from this one tab.
    expect(pollsSeen(emulator)).toBe((requests?.status ?? 0) + (requests?.message ?? 0) + (requests?.list ?? 0));
    expect(emulator.maxInSlidingSecond()).toBeLessThanOrEqual(mostArriving(rateLimit));
    expect((await Promise.all(tabs.map((tab) => tab.call('endings')))).flat()).toHaveLength(10 * FATES.length);
  });

  it('have another poller when that one is killed, within the budget', async () => {
    const { emulator, openTabs } = await suite.start();
    const [leader, ...others] = await openTabs(10, { tracker });
    expect(await sendFromAll(others, emulator)).toEqual([]);
    expect(await leader?.polls()).toBeGreaterThan(0);
    expect(await pollersOf(others)).toHaveLength(0);

    const pending = await Promise.all(others.map((tab) => tab.send('SENT 6000')));
    const before = pollsSeen(emulator);
    await leader?.crash();
    while (pollsSeen(emulator) === before) await new Promise((resolve) => setTimeout(resolve, 10));
    await Promise.all(others.map((tab, index) => tab.untilSettled(pending[index] ?? [])));
    expect(await sendFromAll(others, emulator)).toEqual([]);
    expect(await pollersOf(others)).toHaveLength(1);
    expect(emulator.maxInSlidingSecond()).toBeLessThanOrEqual(mostArriving(rateLimit));
  });

  it('have the visible one as their poller', async () => {
    const { emulator, openTabs } = await suite.start();
    const tabs = await openTabs(4, { tracker });
    expect(await sendFromAll(tabs, emulator)).toEqual([]);
    await tabs[2]?.show();
    const before = await pollsOf(tabs);
    expect(await sendFromAll(tabs, emulator)).toEqual([]);
    expect(await pollersOf(tabs, before)).toEqual([tabs[2]]);
  });
});
