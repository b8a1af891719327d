// One budget for all tabs, also while the leader changes. No tab waits for a leader that gives no permit.
import { describe, expect, it } from '@jest/globals';

import { replies } from '../../support/scripted-service.ts';
import { startBrowser, type ScriptedBrowser, type ScriptedTab } from '../../support/tabs-kit.ts';
import { flush, mostInASecond, pass, SECOND } from '../../support/tracker-kit.ts';

const RATE = 5;
const BURST = 5;

async function openTabs(browser: ScriptedBrowser, count: number): Promise<ScriptedTab[]> {
  const tabs = Array.from({ length: count }, (_, i) => browser.open({ visibility: i === 0 ? 'visible' : 'hidden' }));
  await pass(SECOND);
  return tabs;
}

describe('the budget', () => {
  it('is shared by the sends and polls of ten tabs', async () => {
    const browser = startBrowser();
    const tabs = await openTabs(browser, 10);
    for (const { kit } of tabs) for (let i = 0; i < 5; i += 1) kit.send();
    await pass(30 * SECOND);
    expect(browser.service.count('send')).toBe(50);
    expect(mostInASecond(browser.service.times())).toBeLessThanOrEqual(BURST + RATE);
    for (const { id } of [...browser.service.created.values()].map((id) => ({ id })))
      browser.service.settle(id, 'SENT');
    await pass(60 * SECOND);
    expect(tabs.map(({ kit }) => kit.tracker.stats.settled.SENT)).toEqual(tabs.map(() => 5));
    expect(browser.pollers).toEqual([0]);
    expect(mostInASecond(browser.service.times())).toBeLessThanOrEqual(BURST + RATE);
  });

  it.each(['kill', 'hang', 'close'] as const)('is shared while leaders come and go: %s', async (how) => {
    const browser = startBrowser();
    const tabs = await openTabs(browser, 6);
    for (const { kit } of tabs) for (let i = 0; i < 10; i += 1) kit.send();
    for (const tab of tabs.slice(0, 4)) {
      await pass(1_700);
      browser[how](tab);
    }
    await pass(40 * SECOND);
    expect(mostInASecond(browser.service.times())).toBeLessThanOrEqual(BURST + RATE);
    expect(tabs.slice(4).map(({ tracker }) => tracker.stats.pending > 0)).toEqual([true, true]);
    expect(tabs.slice(4).every(({ requests }) => requests.send >= 10)).toBe(true);
  });

  it.each([300, 600, 900])('is shared when the leader is killed %i ms after a rest', async (ms) => {
    const browser = startBrowser();
    const [leader, ...others] = await openTabs(browser, 3);
    await pass(10 * SECOND);
    for (const { kit } of others) for (let i = 0; i < 20; i += 1) kit.send();
    await pass(ms);
    if (leader !== undefined) browser.kill(leader);
    await pass(10 * SECOND);
    expect(mostInASecond(browser.service.times())).toBeLessThanOrEqual(BURST + RATE);
    expect(browser.service.count('send')).toBe(40);
  });

  it('shrinks for all tabs after a 429 of one', async () => {
    const browser = startBrowser();
    const [, follower] = await openTabs(browser, 2);
    browser.service.answer('send', replies.throttled('5'));
    follower?.kit.send();
    await pass(100);
    const throttledAt = browser.service.calls.length;
    browser.service.heal('send');
    for (const { kit } of browser.tabs) kit.send();
    await pass(4 * SECOND);
    expect(browser.service.calls.length).toBe(throttledAt);
    await pass(10 * SECOND);
    expect(browser.service.created.size).toBe(3);
  });
});

describe('a send', () => {
  it('leaves a follower even if the leader gives no permit', async () => {
    const browser = startBrowser();
    const [leader, follower] = await openTabs(browser, 2);
    if (leader !== undefined) browser.hang(leader);
    follower?.kit.send();
    await pass(5 * SECOND);
    expect(browser.service.count('send')).toBe(1);
  });

  it('of a killed tab that had a permit blocks the other tabs no longer than a request may last', async () => {
    const browser = startBrowser();
    const [leader, follower] = await openTabs(browser, 2);
    browser.service.answer('send', replies.hangs());
    for (let i = 0; i < 4; i += 1) follower?.kit.send();
    await pass(100);
    expect(browser.service.count('send')).toBe(4);
    if (follower !== undefined) browser.kill(follower);
    browser.service.heal('send');
    leader?.kit.track('m9');
    browser.service.settle('m9', 'SENT');
    await pass(12 * SECOND);
    expect(leader?.kit.story.at(-1)).toBe('settled SENT m9');
  });

  it('that waits for a permit is kept by a leader that loses the lead for a moment', async () => {
    const browser = startBrowser();
    const [leader, follower, thief] = await openTabs(browser, 3);
    for (const tab of [leader, follower]) for (let i = 0; i < 20; i += 1) tab?.kit.send();
    await pass(500);
    // It hangs before it can announce that it leads.
    if (thief === undefined) throw new Error('There is no third tab.');
    browser.hang(thief);
    const [name = ''] = [...browser.locks.held].find(([, { tab }]) => tab === leader) ?? [];
    browser.locks.request(thief, name, { steal: true }, () => undefined).catch(() => undefined);
    await pass(20 * SECOND);
    expect(browser.service.count('send')).toBe(40);
  });

  it('leaves within 5 s even if all requests of the leader hang', async () => {
    const browser = startBrowser();
    const [leader, follower] = await openTabs(browser, 2);
    browser.service.answer('send', replies.hangs());
    for (let i = 0; i < 4; i += 1) leader?.kit.send();
    await pass(100);
    follower?.kit.send();
    await pass(5 * SECOND);
    expect(follower?.requests.send).toBe(1);
  });

  it('leaves even if the grant is lost', async () => {
    const browser = startBrowser();
    const [, follower] = await openTabs(browser, 2);
    let lost = 0;
    for (const channel of browser.channels) {
      const hear = channel.hear.bind(channel);
      channel.hear = (data) => {
        if ((data as { kind: string }).kind === 'permit-grant' && lost === 0) lost += 1;
        else hear(data);
      };
    }
    follower?.kit.send();
    await pass(2 * SECOND);
    expect([lost, browser.service.count('send')]).toEqual([1, 1]);
  });

  it('stays within a slow budget, and waits as long as that takes', async () => {
    const browser = startBrowser();
    const options = {
      rateLimit: { requestsPerSecond: 0.1, burst: 1 },
      polling: { quietMs: 600_000 },
      socket: 'up',
    } as const;
    const tabs = [browser.open(options), browser.open(options), browser.open(options)];
    await pass(SECOND);
    for (const { kit } of tabs) for (let i = 0; i < 5; i += 1) kit.send();
    await pass(100 * SECOND);
    expect(browser.service.count()).toBeGreaterThan(8);
    expect(browser.service.count()).toBeLessThanOrEqual(1 + 11);
  });

  it('that is cancelled while it waits for a permit takes none', async () => {
    const browser = startBrowser();
    const [leader, follower] = await openTabs(browser, 2);
    if (leader !== undefined) browser.hang(leader);
    const abort = new AbortController();
    const delivery = follower?.tracker.send(
      {
        ChannelArn: 'arn:aws:chime:us-east-1:111122223333:app-instance/lab/channel/general',
        Content: 'x',
        Type: 'STANDARD',
        Persistence: 'PERSISTENT',
      },
      { signal: abort.signal },
    );
    await flush();
    abort.abort();
    await pass(5 * SECOND);
    expect(delivery?.state.status).toBe('FAILED');
    expect(browser.service.count('send')).toBe(0);
  });
});

describe('a leader with bad credentials', () => {
  it('gives the lead to a tab with good ones', async () => {
    const browser = startBrowser();
    const [leader, follower] = await openTabs(browser, 2);
    if (leader !== undefined) leader.expired = true;
    leader?.kit.track('m1');
    follower?.kit.track('m2');
    browser.service.settle('m1', 'SENT');
    browser.service.settle('m2', 'SENT');
    await pass(10 * SECOND);
    expect([leader, follower].map((tab) => tab?.kit.story.at(-1))).toEqual(['settled SENT m1', 'settled SENT m2']);
  });

  it('that knows no other tab loses the lead to the first tab with good ones', async () => {
    const browser = startBrowser();
    const [leader] = await openTabs(browser, 1);
    if (leader !== undefined) leader.expired = true;
    leader?.kit.track('m0');
    await pass(5 * SECOND);
    const tabs = Array.from({ length: 3 }, () => browser.open({ visibility: 'hidden' }));
    await pass(5 * SECOND);
    for (const { kit } of tabs) for (let i = 0; i < 10; i += 1) kit.send();
    await pass(20 * SECOND);
    expect(browser.service.count('send')).toBe(30);
    expect(mostInASecond(browser.service.times())).toBeLessThanOrEqual(BURST + RATE);
    expect(browser.pollers).toHaveLength(1);
  });

  it('does not make the tabs with good ones use a rate limit each, while the next leader is not known', async () => {
    const browser = startBrowser();
    const [leader, hung, ...others] = await openTabs(browser, 7);
    if (hung !== undefined) browser.hang(hung);
    await pass(10 * SECOND);
    for (const { kit } of others) for (let i = 0; i < 10; i += 1) kit.send();
    // Its credentials fail while it leads: the lock goes to the tab that hangs, and then to any of the others.
    if (leader !== undefined) leader.expired = true;
    leader?.kit.send();
    await pass(30 * SECOND);
    expect(browser.service.count('send')).toBe(50);
    expect(mostInASecond(browser.service.times())).toBeLessThanOrEqual(BURST + RATE);
  });

  it('loses the lead to a tab whose credentials work again', async () => {
    const browser = startBrowser();
    const tabs = await openTabs(browser, 3);
    for (const tab of tabs) tab.expired = true;
    for (const [i, { kit }] of tabs.entries()) kit.track(`m${i}`);
    await pass(10 * SECOND);
    for (const tab of tabs.slice(1)) tab.expired = false;
    await pass(60 * SECOND);
    const looks = tabs.map((tab) => tab.looks);
    await pass(600 * SECOND);
    expect(tabs.filter((tab, i) => tab.looks > (looks[i] ?? 0))).toHaveLength(1);
  });

  it('suspends with all tabs that share the credentials, and they resume together when the credentials work', async () => {
    const browser = startBrowser();
    const tabs = await openTabs(browser, 3);
    for (const tab of tabs) tab.expired = true;
    for (const [i, { kit }] of tabs.entries()) kit.track(`m${i}`);
    await pass(10 * SECOND);
    expect(tabs.map(({ tracker }) => tracker.stats.suspended)).toEqual([true, true, true]);
    for (const tab of tabs) tab.expired = false;
    for (const i of [0, 1, 2]) browser.service.settle(`m${i}`, 'SENT');
    await pass(120 * SECOND);
    expect(tabs.map(({ kit }) => kit.story.at(-1))).toEqual([0, 1, 2].map((i) => `settled SENT m${i}`));
  });
});

describe('saved permits', () => {
  it.each([1, 10, 40])('are lost once, however often the lead changes: %i times', async (times) => {
    const browser = startBrowser();
    const [a, b] = [browser.open(), browser.open({ visibility: 'hidden' })];
    await pass(SECOND);
    a.kit.send();
    await pass(SECOND);
    b.kit.send();
    await pass(20 * SECOND);
    browser.service.settle('m1', 'SENT');
    browser.service.settle('m2', 'SENT');
    await pass(60 * SECOND);
    for (let i = 0; i < times; i += 1) {
      a.show('hidden');
      b.show('visible');
      await pass(3 * SECOND);
      b.show('hidden');
      a.show('visible');
      await pass(3 * SECOND);
    }
    const before = browser.service.count('send');
    a.kit.send();
    await pass(2 * SECOND);
    expect(browser.service.count('send')).toBe(before + 1);
  });
});
