// Tabs of two versions of the protocol, as while an app is updated: they work side by side.
import { describe, expect, it } from '@jest/globals';

import { startBrowser, type ScriptedTab } from '../../support/tabs-kit.ts';
import { pass, SECOND } from '../../support/tracker-kit.ts';

describe('tabs of two versions', () => {
  it.each([3, 5])('have one leader each, and neither takes the lead from the other: version %i', async (protocol) => {
    const browser = startBrowser();
    const tabs: ScriptedTab[] = [];
    for (let i = 0; i < 6; i += 1) tabs.push(browser.open(i % 2 === 0 ? {} : { protocol }));
    await pass(SECOND);
    for (const [i, { kit }] of tabs.entries()) kit.track(`m${i}`);
    const before = browser.posted.length;
    await pass(30 * SECOND);
    expect(browser.pollers).toEqual([0, 1]);
    // Each leader responds to two followers. It posts nothing on its own, as it would after a change.
    const leaders = browser.posted.slice(before).flatMap((said) => {
      const { kind, from } = said as { kind: string; from: string };
      return kind === 'leader' ? from : [];
    });
    expect(new Set(leaders).size).toBe(2);
    for (let i = 0; i < 6; i += 1) browser.service.settle(`m${i}`, 'SENT');
    await pass(60 * SECOND);
    expect(tabs.map(({ kit }) => kit.story.filter((line) => line.startsWith('settled')))).toEqual(
      tabs.map((_, i) => [`settled SENT m${i}`]),
    );
    const names = [...browser.channels].map(({ name }) => name);
    expect(new Set(names).size).toBe(2);
  });
});
