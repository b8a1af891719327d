// Tabs of one origin and bearer: one of them polls for all, and each gets the outcomes.
import { describe, expect, it, jest } from '@jest/globals';

import { replies } from '../../support/scripted-service.ts';
import { startBrowser, type ScriptedBrowser, type ScriptedTab } from '../../support/tabs-kit.ts';
import { flush, pass, SECOND } from '../../support/tracker-kit.ts';

async function openTabs(browser: ScriptedBrowser, count: number): Promise<ScriptedTab[]> {
  const tabs: ScriptedTab[] = [];
  for (let i = 0; i < count; i += 1) {
    tabs.push(browser.open({ visibility: i === 0 ? 'visible' : 'hidden', rateLimit: { requestsPerSecond: 50 } }));
    await flush();
  }
  return tabs;
}

const settledIn = (tabs: readonly ScriptedTab[]): string[][] =>
  tabs.map(({ kit }) => kit.story.filter((line) => line.startsWith('settled')));

describe('ten tabs', () => {
  it('have one poller, and each has one outcome', async () => {
    const browser = startBrowser();
    const tabs = await openTabs(browser, 10);
    for (const [i, { kit }] of tabs.entries()) kit.track(`m${i}`);
    await pass(2 * SECOND);
    for (let i = 0; i < 10; i += 1) browser.service.settle(`m${i}`, i % 2 === 0 ? 'SENT' : 'DENIED');
    await pass(30 * SECOND);
    expect(settledIn(tabs)).toEqual(tabs.map((_, i) => [`settled ${i % 2 === 0 ? 'SENT' : 'DENIED'} m${i}`]));
    expect(browser.pollers).toEqual([0]);
  });

  it('poll once for a message that all of them track', async () => {
    const browser = startBrowser();
    const tabs = await openTabs(browser, 10);
    for (const { kit } of tabs) kit.track('m1');
    browser.service.settle('m1', 'SENT');
    await pass(2 * SECOND);
    expect(settledIn(tabs)).toEqual(tabs.map(() => ['settled SENT m1']));
    expect(browser.service.count('status')).toBe(1);
  });

  it('learn from one tab’s poll what the others still wait for', async () => {
    const browser = startBrowser();
    const [first, second] = await openTabs(browser, 2);
    browser.service.answer('status', replies.hangs(), (call) => browser.service.tellStatus(call));
    for (const tab of [first, second]) tab?.kit.track('m1');
    await pass(SECOND);
    first?.show('hidden');
    second?.show('visible');
    await pass(2 * SECOND);
    const polls = (): (number | undefined)[] => [first, second].map((tab) => tab?.tracker.get('m1')?.polls);
    // Its own poll will also find it pending.
    expect(polls()).toEqual([0, expect.any(Number)]);
    expect(polls()[1]).toBeGreaterThan(0);
    browser.service.settle('m1', 'SENT');
    await pass(4 * SECOND);
    expect(settledIn([first, second].filter((tab) => tab !== undefined))).toEqual([
      ['settled SENT m1'],
      ['settled SENT m1'],
    ]);
    // No tab waits for it any more.
    expect(browser.service.requests('status')[0]?.endError).toBe('aborted');
    expect(browser.service.underWay).toBe(0);
  });

  it('poll a message and an edit of it separately', async () => {
    const browser = startBrowser();
    const [leader, one, other] = await openTabs(browser, 3);
    one?.kit.track('m1');
    other?.kit.track('m1', { operation: 'update', content: 'new words' });
    browser.service.answer('message', replies.found('m1', 'SENT', { Content: 'new words' }));
    browser.service.settle('m1', 'FAILED');
    await pass(2 * SECOND);
    expect(one?.kit.story.at(-1)).toBe('settled FAILED m1');
    // The tab that made an edit reads it.
    expect(other?.kit.story.at(-1)).toBe('settled SENT m1');
    expect([browser.pollers, other?.looks]).toEqual([[0, 2], 1]);
    expect(leader?.kit.story).toEqual([]);
  });

  it('settle deliveries of several tabs by one page', async () => {
    const browser = startBrowser();
    const tabs = await openTabs(browser, 10);
    for (const [i, { kit }] of tabs.entries()) kit.track(`m${i}`);
    for (let i = 0; i < 10; i += 1) browser.service.settle(`m${i}`, 'SENT');
    await pass(2 * SECOND);
    expect(settledIn(tabs)).toEqual(tabs.map((_, i) => [`settled SENT m${i}`]));
    expect(browser.service.count('list')).toBeGreaterThan(0);
    expect(browser.service.count()).toBeLessThan(10);
  });

  it('accept an inferred denial only for a message that allows the inference', async () => {
    const browser = startBrowser();
    const [leader, follower] = await openTabs(browser, 2);
    browser.service.settle('m1', 'DENIED');
    leader?.kit.track('m1');
    await pass(20 * SECOND);
    follower?.kit.track('m1', { persistence: 'NON_PERSISTENT' });
    await pass(20 * SECOND);
    expect(settledIn([leader, follower].flatMap((tab) => tab ?? []))).toEqual([
      ['settled DENIED m1'],
      ['settled UNKNOWN m1'],
    ]);
  });

  it('learn nothing about a message from a poll in another sub-channel', async () => {
    const browser = startBrowser();
    const [leader, follower] = await openTabs(browser, 2);
    browser.service.answer('status', ({ input }) =>
      input['SubChannelId'] === undefined ? replies.body({}) : replies.says('PENDING'),
    );
    browser.service.answer('message', ({ input }) =>
      input['SubChannelId'] === undefined ? replies.notFound() : replies.found('m1', 'PENDING'),
    );
    follower?.kit.track('m1', { subChannelId: 's1' });
    leader?.kit.track('m1');
    await pass(20 * SECOND);
    expect(leader?.kit.story.at(-1)).toBe('settled DENIED m1');
    expect(follower?.tracker.get('m1')?.status).toBe('PENDING');
    browser.service.answer('status', replies.says('SENT'));
    await pass(60 * SECOND);
    expect(follower?.kit.story.at(-1)).toBe('settled SENT m1');
    expect(browser.pollers).toEqual([0]);
  });

  it('share the push of one tab', async () => {
    const browser = startBrowser();
    const [first, second] = await openTabs(browser, 2);
    first?.kit.track('m1', { status: 'PENDING' });
    second?.tracker.attach(second.kit.push);
    second?.kit.push.up();
    second?.kit.push.tells('m1', 'SENT');
    await flush();
    expect(first?.kit.story).toEqual(['update PENDING m1', 'update SENT m1', 'sent SENT m1', 'settled SENT m1']);
    expect(browser.service.count()).toBe(0);
  });
});

describe('the leader', () => {
  it('is followed by another tab when it is killed', async () => {
    const browser = startBrowser();
    const [leader, ...others] = await openTabs(browser, 3);
    for (const [i, { kit }] of others.entries()) kit.track(`m${i}`);
    await pass(2 * SECOND);
    expect(browser.pollers).toEqual([0]);
    if (leader !== undefined) browser.kill(leader);
    for (const i of [0, 1]) browser.service.settle(`m${i}`, 'FAILED');
    await pass(5 * SECOND);
    expect(settledIn(others)).toEqual([['settled FAILED m0'], ['settled FAILED m1']]);
    expect(browser.pollers).toHaveLength(2);
  });

  it('loses the lead within 5 s when it hangs, and is a follower when it resumes', async () => {
    const browser = startBrowser();
    const [leader, follower] = await openTabs(browser, 2);
    follower?.kit.track('m1');
    await pass(2 * SECOND);
    leader?.show('hidden');
    if (leader !== undefined) browser.hang(leader);
    const before = browser.service.count('status');
    await pass(5 * SECOND);
    expect(follower?.looks).toBeGreaterThan(0);
    expect(browser.service.count('status')).toBeGreaterThan(before);
    if (leader !== undefined) browser.unhang(leader);
    const looks = leader?.looks;
    leader?.kit.track('m2');
    await pass(5 * SECOND);
    browser.service.settle('m1', 'SENT');
    browser.service.settle('m2', 'SENT');
    await pass(60 * SECOND);
    expect(settledIn([leader, follower].flatMap((tab) => tab ?? []))).toEqual([
      ['settled SENT m2'],
      ['settled SENT m1'],
    ]);
    expect(leader?.looks).toBe(looks);
  });

  it('changes once, however often a visible tab hears of a hidden one', async () => {
    const browser = startBrowser();
    const tabs = await openTabs(browser, 3);
    for (const tab of tabs) tab.show('hidden');
    await flush();
    const before = browser.posted.length;
    for (let i = 0; i < 3; i += 1) tabs[2]?.show();
    await flush();
    const leads = browser.posted.slice(before).filter((said) => (said as { kind: string }).kind === 'leader');
    expect(leads.filter((lead) => !(lead as { isVisible: boolean }).isVisible)).toHaveLength(3);
    expect(leads.at(-1)).toMatchObject({ isVisible: true });
  });

  it('is replaced within 5 s even if the clock is set back', async () => {
    const browser = startBrowser();
    const [leader, follower] = await openTabs(browser, 2);
    follower?.kit.track('m1');
    await pass(2 * SECOND);
    if (leader !== undefined) browser.hang(leader);
    follower?.kit.track('m2');
    await pass(500);
    jest.setSystemTime(Date.now() - 3_600 * SECOND);
    await pass(4_500);
    expect(follower?.looks).toBeGreaterThan(0);
  });

  it('is a visible tab, if there is one', async () => {
    const browser = startBrowser();
    const [first, second] = await openTabs(browser, 2);
    second?.kit.track('m1');
    await pass(SECOND);
    expect(browser.pollers).toEqual([0]);
    first?.show('hidden');
    second?.show();
    const looks = first?.looks;
    browser.service.settle('m1', 'SENT');
    await pass(10 * SECOND);
    expect(first?.looks).toBe(looks);
    expect(second?.looks).toBeGreaterThan(0);
  });
});
