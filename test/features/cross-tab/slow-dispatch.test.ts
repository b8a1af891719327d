// One budget for all tabs, counted as requests leave: each tab has its own client, whose credentials are slow.
import { describe, expect, it } from '@jest/globals';

import { healthy, keys, sdkKit } from '../../support/sdk-client.ts';
import { startBrowser } from '../../support/tabs-kit.ts';
import { MINUTE, mostInASecond, pass, SECOND } from '../../support/tracker-kit.ts';

describe('the budget of all tabs', () => {
  it.each([
    [4, 1_000],
    [20, 4_000],
    [20, 2_000],
  ])('holds with %i requests in flight and credentials that take %i ms', async (maxConcurrent, ms) => {
    const browser = startBrowser();
    const start = Date.now();
    const clients = [0, 1, 2].map(() =>
      sdkKit(healthy, { credentials: () => new Promise((resolve) => setTimeout(() => resolve(keys), ms)) }),
    );
    const tabs = clients.map(({ client }, i) =>
      browser.open({ client, visibility: i === 0 ? 'visible' : 'hidden', rateLimit: { maxConcurrent } }),
    );
    await pass(SECOND);
    const deliveries = tabs.flatMap(({ kit }) => Array.from({ length: 15 }, () => kit.send()));
    await pass(2 * MINUTE);
    const times = clients.flatMap(({ dispatches }) => dispatches).map((at) => at + start);
    expect(mostInASecond(times)).toBeLessThanOrEqual(10);
    expect(deliveries.every(({ state }) => state.status === 'SENT')).toBe(true);
  });
});
