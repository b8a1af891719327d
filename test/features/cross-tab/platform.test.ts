// Locks and channels that do not respond, throw, are stolen, or reach no tab: no tab waits for them longer than 5 s.
import { describe, expect, it } from '@jest/globals';
import { createStorage } from 'unstorage';
import memory from 'unstorage/drivers/memory';

import { startBrowser, type ScriptedBrowser, type ScriptedTab, type TabOptions } from '../../support/tabs-kit.ts';
import { flush, MINUTE, pass, SECOND, standing } from '../../support/tracker-kit.ts';

/** The longest that a tab may wait for a lock, a channel or a leader. */
const WAIT_MS = 5 * SECOND;

const faults: [name: string, options: TabOptions][] = [
  ['locks that never answer', { locks: 'dead' }],
  ['locks that throw', { locks: 'throws' }],
  ['locks that reject', { locks: 'rejects' }],
  ['a channel that is closed', { channel: 'closed' }],
  ['a channel that hears no tab', { channel: 'deaf' }],
  ['a channel that is slow', { channel: { lateMs: 10_000 } }],
  ['neither locks nor a channel', { locks: 'dead', channel: 'closed' }],
];

const store = () => createStorage({ driver: memory() });

const settled = ({ kit }: ScriptedTab): string[] => kit.story.filter((line) => line.startsWith('settled'));

/** The lock of the leader. */
function leadOf({ locks }: ScriptedBrowser): string {
  const [name = ''] = [...locks.held.keys()].toSorted((a, b) => a.length - b.length);
  return name;
}

function answerAll({ service }: ScriptedBrowser): void {
  for (const messageId of service.created.values()) service.settle(messageId, 'SENT');
}

describe('a faulty browser platform', () => {
  it.each(faults)('a tab with %s sends, polls and restores within 5 s', async (_name, options) => {
    const browser = startBrowser();
    const tab = browser.open({ ...options, store: store() });
    tab.kit.send();
    tab.kit.track('m9');
    browser.service.settle('m9', 'SENT');
    await pass(WAIT_MS);
    expect(await standing(tab.tracker.restored)).toBe(0);
    expect([browser.service.count('send'), browser.service.count() > 1]).toEqual([1, true]);
    answerAll(browser);
    await pass(5 * SECOND);
    expect(settled(tab).toSorted()).toEqual(['settled SENT m1', 'settled SENT m9']);
    expect(await standing(tab.tracker.close())).toBeUndefined();
  });

  it.each(faults)(
    'a tab with %s, beside others, has each outcome once, and sends nothing twice',
    async (_name, options) => {
      const shared = store();
      const browser = startBrowser();
      const tabs = [browser.open({ store: shared }), browser.open({ ...options, store: shared }), browser.open()];
      await pass(SECOND);
      for (const { kit } of tabs) kit.send();
      await pass(WAIT_MS);
      expect(browser.service.created.size).toBe(3);
      await pass(10 * SECOND);
      answerAll(browser);
      await pass(MINUTE);
      for (const tab of tabs) expect(new Set(settled(tab)).size).toBe(settled(tab).length);
      expect(tabs.map(({ tracker }) => tracker.stats.pending)).toEqual([0, 0, 0]);
      expect(browser.service.created.size).toBe(3);
      expect(await shared.getKeys()).toEqual([]);
    },
  );

  it.each(faults.slice(0, 4))('a tab with %s reports once that it works alone', async (_name, options) => {
    const browser = startBrowser();
    const tab = browser.open(options);
    await pass(WAIT_MS);
    for (let i = 0; i < 3; i += 1) tab.kit.send();
    await pass(MINUTE);
    expect(tab.kit.logged.filter((line) => line.startsWith('warn'))).toHaveLength(1);
    expect(browser.channels.size).toBe(0);
  });
});

describe('a platform that fails later', () => {
  it.each([0, 1])('no delivery waits in tab %i, whose channel the browser has closed', async (index) => {
    const browser = startBrowser();
    const tabs = [browser.open(), browser.open(), browser.open()];
    await pass(SECOND);
    for (const { kit } of tabs) kit.track(`before`);
    await pass(SECOND);
    const failing = tabs[index];
    if (failing === undefined) throw new Error('There is no such tab.');
    failing.channelFault = 'closed';
    for (const { kit } of tabs) kit.send();
    await pass(WAIT_MS);
    expect(browser.service.created.size).toBe(3);
    answerAll(browser);
    browser.service.settle('before', 'DENIED');
    await pass(MINUTE);
    expect(tabs.map(({ tracker }) => tracker.stats.pending)).toEqual([0, 0, 0]);
    for (const tab of tabs) expect(new Set(settled(tab)).size).toBe(settled(tab).length);
    for (const { tracker } of tabs) expect(await standing(tracker.close())).toBeUndefined();
  });

  it('no delivery waits in a tab whose locks stop answering while the leader hangs', async () => {
    const browser = startBrowser();
    const [leader, tab] = [browser.open(), browser.open()];
    await pass(SECOND);
    tab.lockFault = 'dead';
    browser.hang(leader);
    tab.kit.send();
    await pass(WAIT_MS);
    expect(browser.service.count('send')).toBe(1);
  });

  it('a tab hands nothing over that it still works on', async () => {
    const browser = startBrowser();
    const [leader, tab] = [browser.open(), browser.open()];
    await pass(SECOND);
    tab.kit.track('m1');
    await pass(SECOND);
    // Other code of this origin steals the lock that shows the end of this tab.
    const own = [...browser.locks.held].find(([, { tab: holder }]) => holder === tab)?.[0] ?? '';
    const letGo = browser.locks.stealAsStranger(own);
    await flush();
    letGo();
    await pass(SECOND);
    browser.service.settle('m1', 'SENT');
    await pass(10 * SECOND);
    expect([settled(leader), settled(tab)]).toEqual([[], ['settled SENT m1']]);
  });
});

describe('a lock that is granted too late', () => {
  it('is released by a tab that works alone, and the leader goes on', async () => {
    const browser = startBrowser();
    const [leader, tab] = [browser.open(), browser.open({ locks: 'dead', channel: 'deaf' })];
    tab.kit.track('m1');
    await pass(MINUTE);
    tab.healLocks();
    await pass(10 * SECOND);
    expect([...browser.locks.held.values()].filter((lock) => lock.tab === tab)).toHaveLength(0);
    leader.kit.track('m2');
    for (const messageId of ['m1', 'm2']) browser.service.settle(messageId, 'SENT');
    await pass(30 * SECOND);
    expect([settled(leader), settled(tab)]).toEqual([['settled SENT m2'], ['settled SENT m1']]);
  });
});

describe('the lead', () => {
  it.each([2, 5])('among %i tabs that do not hear each other changes a few times, and then no more', async (count) => {
    const browser = startBrowser();
    const tabs = Array.from({ length: count }, () => browser.open({ channel: 'deaf' }));
    for (const [i, { kit }] of tabs.entries()) kit.track(`m${i}`);
    await pass(MINUTE);
    const before = leads(browser);
    expect(before).toBeLessThanOrEqual(3 * count);
    await pass(10 * MINUTE);
    expect(leads(browser)).toBe(before);
    expect(browser.pollers).toHaveLength(count);
  });

  it('among tabs whose messages come a second late changes a few times, and then no more', async () => {
    const browser = startBrowser();
    const tabs = Array.from({ length: 3 }, () => browser.open({ channel: { lateMs: SECOND } }));
    for (const [i, { kit }] of tabs.entries()) kit.track(`m${i}`);
    await pass(2 * MINUTE);
    const before = leads(browser);
    await pass(5 * MINUTE);
    expect(leads(browser)).toBe(before);
  });

  it('keeps no send waiting if other code steals it again and again', async () => {
    const browser = startBrowser();
    const tab = browser.open();
    await pass(SECOND);
    const name = leadOf(browser);
    let letGo = (): void => undefined;
    for (let i = 1; i <= 20; i += 1) {
      letGo();
      letGo = browser.locks.stealAsStranger(name);
      tab.kit.send();
      await pass(WAIT_MS);
      expect(browser.service.count('send')).toBe(i);
    }
    letGo();
  });
});

describe('a tab that works alone', () => {
  it('joins the others again when its page comes back from the back/forward cache', async () => {
    const browser = startBrowser();
    const [, tab] = [browser.open(), browser.open({ channel: 'closed' })];
    await pass(WAIT_MS);
    tab.channelFault = undefined;
    tab.page.dispatchEvent(new Event('pagehide'));
    tab.page.dispatchEvent(new Event('pageshow'));
    await pass(SECOND);
    tab.kit.track('m1');
    browser.service.settle('m1', 'SENT');
    await pass(5 * SECOND);
    expect(settled(tab)).toEqual(['settled SENT m1']);
    expect(browser.pollers).toEqual([0]);
  });

  it('joins the others again when it is shown after some minutes', async () => {
    const browser = startBrowser();
    const [, tab] = [browser.open(), browser.open({ channel: 'closed' })];
    await pass(WAIT_MS);
    tab.channelFault = undefined;
    tab.show();
    await flush();
    expect(browser.channels.size).toBe(1);
    await pass(10 * MINUTE);
    tab.show();
    await flush();
    expect(browser.channels.size).toBe(2);
  });
});

describe('two tabs that both believe they lead', () => {
  it('do not make the others take the lead again and again', async () => {
    const browser = startBrowser();
    // The first tab leads with bad credentials, and never hears that the lock was stolen.
    const first = browser.open();
    first.expired = true;
    first.kit.track('m0');
    await pass(10 * SECOND);
    first.lockFault = 'dead';
    const tabs = [first, browser.open({ visibility: 'hidden' }), browser.open({ visibility: 'hidden' })];
    for (const { kit } of tabs) for (let i = 0; i < 10; i += 1) kit.send();
    const before = browser.posted.length;
    await pass(10 * SECOND);
    // Both claim the lead each time they are asked.
    expect(leads(browser, before)).toBeLessThan(300);
    first.expired = false;
    await pass(MINUTE);
    const later = browser.posted.length;
    await pass(MINUTE);
    expect(leads(browser, later)).toBeLessThanOrEqual(1);
    expect(browser.service.created.size).toBe(30);
  });
});

/** How often a tab has begun to lead, from a message on. */
function leads({ posted }: ScriptedBrowser, from = 0): number {
  let leader: unknown;
  return posted.slice(from).filter((said) => {
    const { kind, from: tab } = said as { kind: string; from: string };
    if (kind !== 'leader' || tab === leader) return false;
    leader = tab;
    return true;
  }).length;
}
