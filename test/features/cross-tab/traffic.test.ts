// What tabs cost each other: messages and bytes on their channel.
import { describe, expect, it } from '@jest/globals';

import { startBrowser, type ScriptedBrowser, type ScriptedTab } from '../../support/tabs-kit.ts';
import { pass, SECOND } from '../../support/tracker-kit.ts';

const PENDING = 5_000;
/** What one list of all deliveries may take, in bytes. */
const LIST_BYTES = 160 * PENDING;

class Meter {
  readonly #browser: ScriptedBrowser;
  #begin: number;

  constructor(browser: ScriptedBrowser) {
    this.#browser = browser;
    this.#begin = browser.posted.length;
  }

  reset(): void {
    this.#begin = this.#browser.posted.length;
  }

  get posted(): readonly unknown[] {
    return this.#browser.posted.slice(this.#begin);
  }

  get bytes(): number {
    return this.posted.reduce((sum: number, message) => sum + sizeOf(message), 0);
  }

  get longest(): number {
    return Math.max(0, ...this.posted.map(sizeOf));
  }
}

const sizeOf = (message: unknown): number => JSON.stringify(message).length;

/** Pushed, not polled: only messages about the tabs themselves are posted. */
const options = { socket: 'up', polling: { quietMs: 3_600_000 } } as const;

/** One tab with 5 000 messages of several channels. */
async function crowdedTab(browser: ScriptedBrowser): Promise<ScriptedTab> {
  const tab = browser.open(options);
  await pass(SECOND);
  for (let i = 0; i < PENDING; i += 1) tab.kit.track(idOf(i), { channelArn: channelOf(i % 7), status: 'PENDING' });
  await pass(SECOND);
  return tab;
}

const idOf = (i: number): string => `${String(i).padStart(8, '0')}-0000-4000-8000-000000000000`;
const channelOf = (i: number): string =>
  `arn:aws:chime:us-east-1:111122223333:app-instance/00000000-0000-4000-8000-000000000000/channel/${i}`;

describe('twenty tabs that open beside one with 5 000 pending', () => {
  it.each([
    ['at once', 0],
    ['one each 100 ms', 100],
    ['one each second', SECOND],
  ])('cost a few lists of the deliveries: %s', async (_how, gapMs) => {
    const browser = startBrowser();
    await crowdedTab(browser);
    const meter = new Meter(browser);
    for (let i = 0; i < 20; i += 1) {
      browser.open(options);
      await pass(gapMs);
    }
    await pass(60 * SECOND);
    expect(meter.bytes).toBeLessThan(3 * LIST_BYTES);
    expect(meter.longest).toBeLessThan(LIST_BYTES / 5);
  });

  it('cost no more if each is shown as it opens, and the others are hidden', async () => {
    const browser = startBrowser();
    const tabs = [await crowdedTab(browser)];
    const meter = new Meter(browser);
    for (let i = 0; i < 20; i += 1) {
      tabs.at(-1)?.show('hidden');
      tabs.push(browser.open(options));
      await pass(SECOND);
    }
    await pass(60 * SECOND);
    expect(meter.bytes).toBeLessThan(4 * LIST_BYTES);
    // In the end the visible tab leads.
    expect(leaderOf(browser)).toBe(tabs.at(-1));
  });
});

describe('the lead over 5 000 pending', () => {
  it('changes between tabs that know the deliveries at no cost', async () => {
    const browser = startBrowser();
    const first = await crowdedTab(browser);
    const second = browser.open({ ...options, visibility: 'hidden' });
    await pass(SECOND);
    const meter = new Meter(browser);
    for (let i = 0; i < 10; i += 1) {
      first.show('hidden');
      second.show();
      await pass(SECOND);
      second.show('hidden');
      first.show();
      await pass(SECOND);
    }
    expect(meter.posted.filter((said) => (said as { kind: string }).kind === 'deliveries')).toEqual([]);
    expect(meter.bytes).toBeLessThan(LIST_BYTES / 3);
  });

  it('moves with one list when the leader that has the deliveries is killed', async () => {
    const browser = startBrowser();
    const first = await crowdedTab(browser);
    const [second] = [browser.open(options), browser.open(options)];
    await pass(SECOND);
    const meter = new Meter(browser);
    browser.kill(first);
    await pass(20 * SECOND);
    expect(second.tracker.stats.pending).toBe(PENDING);
    expect(meter.bytes).toBeLessThan(2 * LIST_BYTES);
  });
});

describe('a send of a follower', () => {
  it('costs a dozen short messages', async () => {
    const browser = startBrowser();
    const [, follower] = [browser.open(), browser.open()];
    await pass(SECOND);
    const meter = new Meter(browser);
    for (let i = 1; i <= 10; i += 1) {
      follower.kit.send();
      await pass(100);
      browser.service.settle(`m${i}`, 'SENT');
      await pass(5 * SECOND);
    }
    expect(follower.kit.story.filter((line) => line.startsWith('settled'))).toHaveLength(10);
    expect(meter.posted.length).toBeLessThanOrEqual(12 * 10);
    expect(meter.bytes).toBeLessThan(2_700 * 10);
    expect(JSON.stringify(meter.posted.map((message) => Object.values(message as object)))).not.toContain('undefined');
  });
});

/** The tab that holds the lock with the shortest name. */
function leaderOf({ locks }: ScriptedBrowser): ScriptedTab | undefined {
  const [name = ''] = [...locks.held.keys()].toSorted((a, b) => a.length - b.length);
  return locks.held.get(name)?.tab;
}
