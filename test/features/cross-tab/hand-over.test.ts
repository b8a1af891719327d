// What a tab leaves to the others as it ends, with and without a store; and what is left of the tab itself: nothing.
import { describe, expect, it } from '@jest/globals';
import { createStorage } from 'unstorage';
import memory from 'unstorage/drivers/memory';

import { replies } from '../../support/scripted-service.ts';
import { startBrowser, type ScriptedBrowser, type ScriptedTab } from '../../support/tabs-kit.ts';
import { flush, pass, SECOND } from '../../support/tracker-kit.ts';

/** A send of `tab` that has left and is not answered; a later one is. */
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
  ])('as %s leaves what is pending to one of the others', async (_role, index) => {
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

  it('leaves its unanswered sends, which go out again with their tokens and in their order', async () => {
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

  it('by the app leaves them, too', async () => {
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

  it('as it is loaded anew leaves what is pending to another, once', async () => {
    const browser = startBrowser();
    const [before, other] = [browser.open(), browser.open({ visibility: 'hidden' })];
    await pass(SECOND);
    before.kit.track('m1');
    await pass(SECOND);
    browser.close(before);
    await pass(50);
    // The other one is about to take over, and is robbed of the lead by one that has never heard of the first.
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
  ])('leaves also what it has just begun to track, beside %s', async (_what, before) => {
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

  it('leaves neither lock, nor channel, nor timer', async () => {
    const browser = startBrowser();
    const tabs = [browser.open(), browser.open(), browser.open()];
    await flush();
    for (const { kit } of tabs) kit.track('m1');
    tabs[1]?.kit.send();
    await pass(SECOND);
    for (const { tracker } of tabs) await tracker.close();
    await flush();
    // That no timer is left is proved after every test.
    expect([browser.locks.held.size, browser.locks.queue.length, browser.channels.size]).toEqual([0, 0, 0]);
  });
});

describe('a tab with nothing pending', () => {
  it('is not taken for dead when it has something again at once', async () => {
    const browser = startBrowser();
    const [leader, tab] = [browser.open(), browser.open()];
    await flush();
    // What is said comes later than a lock that is free.
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

  it('holds no lock of its own, also where that had ended before the lock was had', async () => {
    const browser = startBrowser();
    const [, tab] = [browser.open(), browser.open()];
    await flush();
    tab.kit.track('m1');
    tab.tracker.forget('m1');
    await flush();
    expect([...browser.locks.held.values()].filter((lock) => lock.tab === tab)).toEqual([]);
  });
});

describe('a tab that is kept for a while', () => {
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
    // Who took it over meanwhile is told, and so is the tab itself: each once.
    for (const { kit } of [other, kept]) expect(kit.story.filter((line) => line.startsWith('settled'))).toHaveLength(1);
    expect(browser.pollers).toEqual([0]);
  });
});

describe('a tab that is killed', () => {
  it('has what it had pending taken over by the leader', async () => {
    const browser = startBrowser();
    const [leader, killed, other] = [browser.open(), browser.open(), browser.open()];
    await flush();
    killed.kit.track('m1');
    await pass(100);
    browser.kill(killed);
    browser.service.settle('m1', 'DENIED');
    await pass(20 * SECOND);
    expect(leader.kit.story.at(-1)).toBe('settled DENIED m1');
    expect(other.kit.story).toEqual([]);
  });

  it('has it taken over also where a tab that hangs waited for the end of what it had before', async () => {
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

  it('as the leader has it taken over by the next, once', async () => {
    const browser = startBrowser();
    const [first, second, third] = [browser.open(), browser.open(), browser.open()];
    await flush();
    first.kit.track('m1');
    await pass(100);
    browser.kill(first);
    await pass(SECOND);
    browser.kill(second);
    browser.service.settle('m1', 'SENT');
    await pass(10 * SECOND);
    expect(third.kit.story.filter((line) => line.startsWith('settled'))).toEqual(['settled SENT m1']);
  });
});

describe('what was taken over and has ended', () => {
  it('is not told again by the next leader', async () => {
    const browser = startBrowser();
    const [first, second, third] = [browser.open(), browser.open(), browser.open()];
    await flush();
    first.kit.track('m1');
    await pass(100);
    browser.kill(first);
    browser.service.settle('m1', 'SENT');
    await pass(10 * SECOND);
    expect(second.kit.story.at(-1)).toBe('settled SENT m1');
    browser.kill(second);
    await pass(10 * SECOND);
    expect(third.kit.story).toEqual([]);
  });
});

describe('with a store', () => {
  const store = () => createStorage({ driver: memory() });

  it('one of ten tabs brings back what was left, and sends it again once', async () => {
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

  it('a tab that is opened leaves alone what others have, and the store is empty in the end', async () => {
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

  it('what the leader has ended with before it read the store is taken over when another tab has begun it anew', async () => {
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

  it('that keeps no content a closed tab leaves its unanswered send all the same', async () => {
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

  it('a tab that is shown again and leads takes up what others have left meanwhile', async () => {
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

  it('a killed tab leaves its unanswered send to the leader, by the store', async () => {
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
