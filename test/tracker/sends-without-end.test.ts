// More sends than the budget has room for, and no push: accepted messages must still be polled.

import { describe, expect, it } from '@jest/globals';

import { startBrowser } from '../support/tabs-kit.ts';
import { mostInASecond, pass, SECOND, startTracker } from '../support/tracker-kit.ts';

describe('a queue of sends without end', () => {
  it('does not keep accepted messages from settling', async () => {
    const { send, service, tracker } = startTracker();
    for (let i = 0; i < 120; i += 1) {
      send();
      for (const id of service.truth.keys()) service.settle(id, 'SENT');
      await pass(1_000 / 5.5);
    }
    const { status, message, list, send: sends } = tracker.stats.requests;
    expect((status + message + list) / (status + message + list + sends)).toBeGreaterThan(0.15);
    expect(tracker.stats.settled.SENT).toBeGreaterThan(service.created.size / 2);
    expect(mostInASecond(service.times())).toBeLessThanOrEqual(10);
  });

  it('does not keep the messages of a follower from settling, within the budget of all tabs', async () => {
    const browser = startBrowser();
    const tabs = [browser.open({ visibility: 'visible' }), browser.open({ visibility: 'hidden' })];
    await pass(SECOND);
    for (let i = 0; i < 120; i += 1) {
      tabs[i % 2]?.kit.send();
      for (const id of browser.service.truth.keys()) browser.service.settle(id, 'SENT');
      await pass(1_000 / 5.5);
    }
    const settled = tabs.map(({ tracker }) => tracker.stats.settled.SENT);
    expect(Math.min(...settled)).toBeGreaterThan(10);
    expect(mostInASecond(browser.service.times())).toBeLessThanOrEqual(10);
  });
});
