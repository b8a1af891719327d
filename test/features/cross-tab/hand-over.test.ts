// What a tab hands over to the others as it ends, with and without a store. Nothing is left of the tab itself.
import { describe, expect, it } from '@jest/globals';
import { createStorage } from 'unstorage';
import memory from 'unstorage/drivers/memory';

import { replies } from '../../support/scripted-service.ts';
import { startBrowser, type ScriptedBrowser, type ScriptedTab } from '../../support/tabs-kit.ts';
import { draft, flush, pass, SECOND } from '../../support/tracker-kit.ts';

/** A send of `tab` that has left and has no response; a later send gets one. */
async function unanswered({ service }: ScriptedBrowser, tab: ScriptedTab): Promise<string> {
  service.answer('send', replies.hangs());
  const { id } = tab.kit.send();
  await pass(100);
  service.heal('send');
  return id;
}

describe('a tab that is closed', () => {
  it.each([
    ['the leader', 0],
    ['a follower', 1],
  ])('as %s hands its pending deliveries over to one of the others', async (_role, index) => {
    const browser = startBrowser();
    const tabs = [browser.open(), browser.open(), browser.open()];
    const [closing] = tabs.splice(index, 1);
    await flush();
    const { id } = closing?.kit.send() ?? {};
    await pass(100);
    if (closing !== undefined) browser.close(closing);
    await pass(SECOND);
    browser.service.settle('m1', 'SENT');
    await pass(10 * SECOND);
    const told = tabs.map(({ tracker }) => tracker.get(id ?? '')?.status).filter(Boolean);
    expect(told).toEqual(['SENT']);
    expect(browser.service.count('send')).toBe(1);
  });

  it('hands over what the app gave with them: input, context and what they send again', async () => {
    const browser = startBrowser();
    const [closing, other] = [browser.open(), browser.open()];
    await flush();
    const accepted = closing.kit.tracker.send(draft, { context: { bubble: 1 } });
    await pass(SECOND);
    browser.service.answer('send', replies.hangs());
    const open = closing.kit.tracker.send({ ...draft, Content: 'second' }, { context: 'c2' });
    await pass(100);
    browser.close(closing);
    await pass(SECOND);
    expect(other.tracker.get(accepted.id)).toMatchObject({ status: 'PENDING', input: draft, context: { bubble: 1 } });
    expect(other.tracker.get(open.id)).toMatchObject({ input: { ...draft, Content: 'second' }, context: 'c2' });
  });

  it('hands its unanswered sends over, and they are sent again with their tokens and in their order', async () => {
    const browser = startBrowser();
    const [remaining, closing] = [browser.open(), browser.open()];
    await pass(2 * SECOND);
    browser.service.answer('send', replies.hangs());
    const ids = ['one', 'two'].map((Content) => closing.kit.send({ Content }).id);
    await pass(100);
    browser.service.heal('send');
    browser.close(closing);
    await pass(SECOND);
    const again = browser.service.requests('send').slice(2);
    expect(again.map(({ token, input }) => [token, input['Content']])).toEqual([
      [ids[0], 'one'],
      [ids[1], 'two'],
    ]);
    for (const messageId of ['m1', 'm2']) browser.service.settle(messageId, 'SENT');
    await pass(10 * SECOND);
    expect(ids.map((id) => remaining.tracker.get(id)?.status)).toEqual(['SENT', 'SENT']);
  });

  it('by the app hands its deliveries over, too', async () => {
    const browser = startBrowser();
    const [remaining, closing] = [browser.open(), browser.open()];
    await flush();
    closing.kit.track('m1');
    await flush();
    await closing.tracker.close();
    browser.service.settle('m1', 'FAILED');
    await pass(5 * SECOND);
    expect(remaining.kit.story.at(-1)).toBe('settled FAILED m1');
  });

  it('by a reload hands its pending deliveries over, once', async () => {
    const browser = startBrowser();
    const [before, other] = [browser.open(), browser.open({ visibility: 'hidden' })];
    await pass(SECOND);
    before.kit.track('m1');
    await pass(SECOND);
    browser.close(before);
    await pass(50);
    // The other tab is about to take over, and loses the lock to a tab that has never heard of the first.
    const after = browser.open();
    await pass(SECOND);
    browser.service.settle('m1', 'SENT');
    await pass(10 * SECOND);
    expect([other, after].flatMap(({ kit }) => kit.story.filter((line) => line.startsWith('settled')))).toEqual([
      'settled SENT m1',
    ]);
  });

  it.each([
    ['nothing else', []],
    ['something else', ['m0']],
  ])('hands over what it has just begun to track, beside %s', async (_what, before) => {
    const browser = startBrowser();
    const [remaining, closing] = [browser.open(), browser.open()];
    await pass(SECOND);
    for (const messageId of before) closing.kit.track(messageId);
    await pass(SECOND);
    closing.kit.track('m1');
    await closing.tracker.close();
    browser.service.settle('m1', 'SENT');
    await pass(5 * SECOND);
    expect(remaining.tracker.get('m1')?.status).toBe('SENT');
  });

  it('leaves no lock, channel or timer behind', async () => {
    const browser = startBrowser();
    const tabs = [browser.open(), browser.open(), browser.open()];
    await flush();
    for (const { kit } of tabs) kit.track('m1');
    tabs[1]?.kit.send();
    await pass(SECOND);
    for (const { tracker } of tabs) await tracker.close();
    await flush();
    // Every test proves that no timer is left.
    expect([browser.locks.held.size, browser.locks.queue.length, browser.channels.size]).toEqual([0, 0, 0]);
  });
});

describe('a tab with nothing pending', () => {
  it('is not mistaken for dead when it tracks something again at once', async () => {
    const browser = startBrowser();
    const [leader, tab] = [browser.open(), browser.open()];
    await flush();
    // The messages arrive later than a lock that is free.
    for (const channel of browser.channels) {
      const hear = channel.hear.bind(channel);
      channel.hear = (data) => void setTimeout(() => hear(data), 10);
    }
    tab.kit.track('m1');
    await pass(SECOND);
    tab.tracker.forget('m1');
    await pass(30);
    tab.kit.track('m2');
    await pass(SECOND);
    browser.service.settle('m2', 'SENT');
    await pass(10 * SECOND);
    expect(tab.kit.story.at(-1)).toBe('settled SENT m2');
    expect(leader.kit.story).toEqual([]);
  });

  it('holds no lock, even if its delivery ended before the lock was granted', async () => {
    const browser = startBrowser();
    const [, tab] = [browser.open(), browser.open()];
    await flush();
    tab.kit.track('m1');
    tab.tracker.forget('m1');
    await flush();
    expect([...browser.locks.held.values()].filter((lock) => lock.tab === tab)).toEqual([]);
  });
});

describe('a tab in the back/forward cache', () => {
  it('joins the others again when it is shown', async () => {
    const browser = startBrowser();
    const [other, kept] = [browser.open(), browser.open()];
    await flush();
    kept.kit.track('m1');
    await pass(100);
    kept.page.dispatchEvent(new Event('pagehide'));
    await flush();
    expect([...browser.channels].map(({ tab }) => tab === other)).toEqual([true]);
    kept.page.dispatchEvent(new Event('pageshow'));
    await flush();
    browser.service.settle('m1', 'SENT');
    await pass(5 * SECOND);
    // The tab that took it over meanwhile gets the outcome, and so does the tab itself: each once.
    for (const { kit } of [other, kept]) expect(kit.story.filter((line) => line.startsWith('settled'))).toHaveLength(1);
    expect(browser.pollers).toEqual([0]);
  });
});

/** Three tabs, with `m1` pending in one of them, which is then killed. The first one leads. */
async function killOneOfThree(killed: 'first' | 'second') {
  const browser = startBrowser();
  const tabs = { first: browser.open(), second: browser.open(), third: browser.open() };
  await flush();
  tabs[killed].kit.track('m1');
  await pass(100);
  browser.kill(tabs[killed]);
  return { browser, ...tabs };
}

describe('a tab that is killed', () => {
  it('loses its pending deliveries to the leader, which takes them over', async () => {
    const { browser, first: leader, third: other } = await killOneOfThree('second');
    browser.service.settle('m1', 'DENIED');
    await pass(20 * SECOND);
    expect(leader.kit.story.at(-1)).toBe('settled DENIED m1');
    expect(other.kit.story).toEqual([]);
  });

  it('has them taken over even if a hung tab was waiting for its earlier lock', async () => {
    const browser = startBrowser();
    const [hung, killed, other] = [browser.open(), browser.open(), browser.open()];
    await pass(SECOND);
    killed.kit.track('m1');
    other.kit.track('m3');
    await pass(SECOND);
    browser.hang(hung);
    killed.tracker.forget('m1');
    await pass(5 * SECOND);
    killed.kit.track('m2');
    await pass(100);
    browser.kill(killed);
    browser.service.settle('m2', 'SENT');
    await pass(10 * SECOND);
    expect(other.kit.story.at(-1)).toBe('settled SENT m2');
  });

  it('as the leader has them taken over by the next leader, once', async () => {
    const { browser, second, third } = await killOneOfThree('first');
    await pass(SECOND);
    browser.kill(second);
    browser.service.settle('m1', 'SENT');
    await pass(10 * SECOND);
    expect(third.kit.story.filter((line) => line.startsWith('settled'))).toEqual(['settled SENT m1']);
  });
});

describe('a delivery that was taken over and has ended', () => {
  it('is not announced again by the next leader', async () => {
    const { browser, second, third } = await killOneOfThree('first');
    browser.service.settle('m1', 'SENT');
    await pass(10 * SECOND);
    expect(second.kit.story.at(-1)).toBe('settled SENT m1');
    browser.kill(second);
    await pass(10 * SECOND);
    expect(third.kit.story).toEqual([]);
  });
});

describe('tabs with a store', () => {
  const store = () => createStorage({ driver: memory() });

  it('one of ten tabs restores a pending send, and sends it again once', async () => {
    const shared = store();
    const past = startBrowser();
    const before = past.open({ store: shared });
    await flush();
    past.service.answer('send', replies.hangs());
    const { id } = before.kit.send();
    before.kit.track('m9');
    await pass(100);
    past.kill(before);
    await flush();

    const browser = startBrowser();
    const tabs = Array.from({ length: 10 }, () => browser.open({ store: shared }));
    await pass(SECOND);
    expect(await Promise.all(tabs.map(({ tracker }) => tracker.restored))).toEqual([2, ...tabs.slice(1).map(() => 0)]);
    expect(browser.service.requests('send').map(({ token }) => token)).toEqual([id]);
    for (const messageId of ['m1', 'm9']) browser.service.settle(messageId, 'SENT');
    await pass(10 * SECOND);
    expect(tabs[0]?.kit.story.filter((line) => line.startsWith('settled'))).toHaveLength(2);
    expect(await shared.getKeys()).toEqual([]);
  });

  it('a new tab leaves the deliveries of other tabs alone, and the store is empty in the end', async () => {
    const shared = store();
    const browser = startBrowser();
    const first = browser.open({ store: shared });
    await flush();
    first.kit.send();
    await pass(SECOND);
    const second = browser.open({ store: shared });
    await pass(SECOND);
    expect(await second.tracker.restored).toBe(0);
    expect([...(await keysOf(second))]).toEqual([]);
    browser.service.settle('m1', 'SENT');
    await pass(10 * SECOND);
    expect(second.kit.story).toEqual([]);
    expect(await shared.getKeys()).toEqual([]);
  });

  it('a leader takes over a delivery that ended there before the store was read, if another tab has begun it again', async () => {
    const shared = store();
    const browser = startBrowser();
    const leader = browser.open({ store: shared });
    leader.tracker.forget('m1');
    const closing = browser.open({ store: shared });
    await pass(SECOND);
    closing.kit.track('m1');
    await pass(SECOND);
    browser.close(closing);
    await pass(SECOND);
    expect(leader.tracker.get('m1')?.status).toBe('PENDING');
  });

  it('a closed tab hands over its unanswered send even if the store keeps no content', async () => {
    const options = { store: store(), send: { persistContent: false } };
    const browser = startBrowser();
    const [remaining, closing] = [browser.open(options), browser.open(options)];
    await pass(2 * SECOND);
    const id = await unanswered(browser, closing);
    browser.close(closing);
    await pass(SECOND);
    browser.service.settle('m1', 'SENT');
    await pass(10 * SECOND);
    expect(remaining.tracker.get(id)?.status).toBe('SENT');
    expect(await options.store.getKeys()).toEqual([]);
  });

  it('a tab that is shown again and leads takes over what other tabs left meanwhile', async () => {
    const shared = store();
    const browser = startBrowser();
    const kept = browser.open({ store: shared });
    await pass(SECOND);
    kept.page.dispatchEvent(new Event('pagehide'));
    const killed = browser.open({ store: shared });
    await pass(SECOND);
    const id = await unanswered(browser, killed);
    browser.kill(killed);
    kept.page.dispatchEvent(new Event('pageshow'));
    await pass(SECOND);
    browser.service.settle('m1', 'SENT');
    await pass(10 * SECOND);
    expect(kept.tracker.get(id)?.status).toBe('SENT');
  });

  it('a killed tab hands its unanswered send to the leader by the store', async () => {
    const shared = store();
    const browser = startBrowser();
    const [leader, killed] = [browser.open({ store: shared }), browser.open({ store: shared })];
    await pass(SECOND);
    const id = await unanswered(browser, killed);
    browser.kill(killed);
    await pass(SECOND);
    browser.service.settle('m1', 'SENT');
    await pass(10 * SECOND);
    expect(leader.tracker.get(id)?.status).toBe('SENT');
    expect(browser.service.requests('send').map(({ token }) => token)).toEqual([id, id]);
    expect(await shared.getKeys()).toEqual([]);
  });
});

async function keysOf({ tracker }: ScriptedTab): Promise<Iterable<string>> {
  let keys: Iterable<string> = [];
  tracker.deliveries$.subscribe((deliveries) => (keys = deliveries.keys())).unsubscribe();
  return keys;
}
