// Random stories of tabs that open, close, hide, freeze, hang and are killed while they send and track. Once all works
// again after any story, every tab's outcomes equal the service's, no message is lost, and there was one budget. In a
// faulty browser, locks and channels fail, too, and never recover in some stories. The invariants are the same there,
// with two exceptions: what only a channel could have saved, and the budget, which is then one for each tab.
import { describe, expect, it } from '@jest/globals';
import { createStorage } from 'unstorage';
import memory from 'unstorage/drivers/memory';

import { freshSeed } from '../../support/fresh-seed.ts';
import { searchSize } from '../../support/search-size.ts';
import { randomOf, seeds } from '../../support/seeds.ts';
import { startBrowser, type ScriptedTab, type TabOptions } from '../../support/tabs-kit.ts';
import { MINUTE, mostInASecond, pass, SECOND } from '../../support/tracker-kit.ts';

const STEPS = 60;
const MOST_TABS = 12;
const REQUESTS_PER_SECOND = 10;
/** A tab that hangs has as many requests in flight, and the next leader cannot know them. */
const UNDER_WAY = 4;
interface Message {
  readonly tab: ScriptedTab;
  readonly id: string;
}

class Story {
  readonly log: string[] = [];
  readonly #browser = startBrowser();
  readonly #random: () => number;
  readonly #options: TabOptions;
  readonly #messages: Message[] = [];
  /** Tabs in which nothing runs, with what wakes each. */
  readonly #aside = new Map<ScriptedTab, () => void>();
  /** The largest number that stood still at one time: they may wake at the same moment. */
  #mostAside = 1;
  #isNextLife = false;
  /** Whether locks and channels fail. */
  readonly #strange: boolean;
  /** How other code of the origin releases the locks that it has stolen. */
  readonly #stolen: (() => void)[] = [];

  constructor(seed: number, strange: boolean, options: TabOptions) {
    this.#random = randomOf(seed);
    this.#strange = strange;
    this.#options = options;
    for (let i = 0; i < 3; i += 1) this.#open();
  }

  async tell(): Promise<void> {
    for (let step = 0; step < STEPS; step += 1) {
      this.#act();
      this.#serve();
      const longest = this.#chance(0.4) ? 20 : this.#chance(0.6) ? 300 : 5 * SECOND;
      await pass(longest * this.#random());
    }
  }

  /** The credentials work again, and the flow responds to everything. Frozen tabs stay frozen longer. */
  async calm(): Promise<void> {
    this.log.push('calm');
    for (const tab of this.#browser.tabs) tab.expired = false;
    for (const letGo of this.#stolen.splice(0)) letGo();
    for (const tab of this.#browser.tabs) if (this.#chance(0.5)) this.#healPlatform(tab);
    await this.#answerAll();
  }

  async wakeAll(): Promise<void> {
    this.log.push('all wake');
    for (const wake of this.#aside.values()) wake();
    await this.#answerAll();
  }

  /** All tabs are closed, and the app is opened again: it restores what is left in the store. */
  async nextLife(): Promise<void> {
    this.log.push('next life');
    for (const tab of this.#browser.tabs.filter(({ life }) => life === 'live')) this.#browser.close(tab);
    this.#isNextLife = true;
    this.#open();
    await this.#answerAll();
  }

  /** The invariants that are broken now. */
  broken(): string[] {
    const awake = this.#browser.tabs.filter((tab) => this.#isAwake(tab));
    const { service, tabs } = this.#browser;
    const budget = Math.max(...(this.#strange ? tabs.map(({ times }) => times) : [service.times()]).map(mostInASecond));
    const ids = new Set(this.#messages.map(({ id }) => id));
    return [
      ...awake.flatMap((tab) => (tab.tracker.stats.pending > 0 ? `${this.#name(tab)} still waits` : [])),
      ...awake.flatMap((tab) => this.#untrueIn(tab)),
      ...awake.flatMap((tab) => this.#toldTwiceIn(tab)),
      ...[...service.created.keys()].flatMap((token) => (ids.has(token) ? [] : [`sent with another token: ${token}`])),
      ...this.#messages.flatMap((message) => (this.#isLost(message) ? `lost: ${message.id}` : [])),
      ...(budget > REQUESTS_PER_SECOND + UNDER_WAY * this.#mostAside ? [`${budget} requests in a second`] : []),
    ];
  }

  #act(): void {
    const [tab, other] = this.#shuffled(this.#browser.tabs.filter((each) => this.#isAwake(each)));
    const [sleeper] = this.#shuffled([...this.#aside.keys()]);
    const { store } = this.#options;
    const strange = this.#strange ? tab : undefined;
    const acts: [weight: number, name: string, tab: ScriptedTab | undefined, act: (tab: ScriptedTab) => void][] = [
      [30, 'send', tab, (each) => this.#remember(each, each.kit.send().id)],
      [7, 'send many', tab, (each) => this.#sendMany(each)],
      [10, 'track', tab, (each) => this.#track(each)],
      [7, 'show', tab, (each) => each.show(this.#chance(0.5) ? 'visible' : 'hidden')],
      [3, 'credentials', tab, (each) => (each.expired = !each.expired)],
      [8, 'open beside', this.#browser.tabs.length < MOST_TABS ? tab : undefined, () => this.#open()],
      [13, 'wake', sleeper, (each) => this.#aside.get(each)?.()],
      // One tab is always left.
      [5, 'close', other && tab, (each) => this.#browser.close(each)],
      [5, 'hang', other && tab, (each) => this.#putAside(each)],
      [4, 'hide page', other && tab, (each) => this.#putAside(each, [each.page, 'pagehide', 'pageshow'])],
      [2, 'freeze', other && tab, (each) => this.#putAside(each, [each.document, 'freeze', 'resume'])],
      // Without a store, the deliveries of a killed tab are lost if no other tab that knew of them lives on.
      [5, 'kill', store && other && tab, (each) => this.#kill(each)],
      [2, 'discard', store && sleeper, (each) => this.#kill(each)],
      [3, 'locks die', strange, (each) => (each.lockFault = 'dead')],
      [2, 'channel closed', strange, (each) => (each.channelFault = 'closed')],
      [2, 'channel deaf', strange, (each) => (each.channelFault = 'deaf')],
      [2, 'channel late', strange, (each) => (each.channelFault = { lateMs: 15 * SECOND * this.#random() })],
      [6, 'platform healed', strange, (each) => this.#healPlatform(each)],
      [4, 'lock stolen', strange, () => this.#stealLock()],
      [4, 'lock let go of', this.#stolen.length > 0 ? strange : undefined, () => this.#stolen.shift()?.()],
    ];
    const possible = acts.filter(([, , who]) => who !== undefined);
    let left = this.#random() * possible.reduce((sum, [weight]) => sum + weight, 0);
    const [, name, who, act] = possible.find(([weight]) => (left -= weight) < 0) ?? [];
    if (who === undefined) throw new Error('One tab is always left.');
    this.log.push(`${Date.now()} ${name} ${this.#name(who)}`);
    act?.(who);
  }

  /** The flow responds to some. */
  #serve(): void {
    const { service } = this.#browser;
    for (const [id, word] of service.truth) {
      if (word === 'PENDING' && this.#chance(0.2)) service.settle(id, this.#chance(0.7) ? 'SENT' : 'FAILED');
    }
  }

  async #answerAll(): Promise<void> {
    const { service } = this.#browser;
    // Sends that waited for credentials leave one after the other, for more than a minute if a tab has a hundred.
    for (let i = 0; i < 12; i += 1) {
      await pass(10 * SECOND);
      for (const [id, word] of service.truth) if (word === 'PENDING') service.settle(id, 'SENT');
    }
    await pass(2 * MINUTE);
  }

  #open(): void {
    this.#browser.open({ visibility: this.#chance(0.3) ? 'visible' : 'hidden', ...this.#options });
  }

  #sendMany(tab: ScriptedTab): void {
    for (let i = 0; i < 12; i += 1) this.#remember(tab, tab.kit.send().id);
  }

  #track(tab: ScriptedTab): void {
    const id = `x${this.#messages.length}`;
    this.#browser.service.settle(id, 'PENDING');
    tab.kit.track(id);
    this.#remember(tab, id);
  }

  #remember(tab: ScriptedTab, id: string): void {
    this.#messages.push({ tab, id });
  }

  #kill(tab: ScriptedTab): void {
    this.#aside.delete(tab);
    this.#browser.kill(tab);
  }

  #putAside(tab: ScriptedTab, [target, gone, back]: [EventTarget?, string?, string?] = []): void {
    if (gone !== undefined) target?.dispatchEvent(new Event(gone));
    this.#browser.hang(tab);
    this.#mostAside = Math.max(this.#mostAside, this.#aside.size + 1);
    this.#aside.set(tab, () => {
      this.#aside.delete(tab);
      this.#browser.unhang(tab);
      if (back !== undefined) target?.dispatchEvent(new Event(back));
    });
  }

  #healPlatform(tab: ScriptedTab): void {
    tab.channelFault = undefined;
    tab.healLocks();
  }

  #stealLock(): void {
    const { locks } = this.#browser;
    const [name] = this.#shuffled([...locks.held.keys()]);
    if (name !== undefined) this.#stolen.push(locks.stealAsStranger(name));
  }

  #toldTwiceIn({ kit }: ScriptedTab): string[] {
    // Those that were never sent have no id to recognize them by.
    const ends = kit.story.filter((line) => line.startsWith('settled') && !line.endsWith('no id'));
    return ends.filter((line, index) => ends.indexOf(line) < index).map((line) => `twice: ${line}`);
  }

  #untrueIn(tab: ScriptedTab): string[] {
    const { truth } = this.#browser.service;
    const ends = tab.kit.story.filter((line) => line.startsWith('settled'));
    return ends.filter((line) => {
      const [, status, id = ''] = line.split(' ');
      return status !== 'UNKNOWN' && truth.get(id) !== status;
    });
  }

  /** The tab that took it over gets the outcome or, if that tab is gone, some other tab does. */
  #isLost({ tab, id }: Message): boolean {
    const { service, tabs } = this.#browser;
    const told = (each: ScriptedTab): string | undefined => each.tracker.get(id)?.status;
    if (this.#aside.has(tab)) return false;
    if (tab.life === 'live') return told(tab) !== service.truth.get(service.created.get(id) ?? id);
    // The tab that it was handed to may be frozen.
    if (this.#aside.size > 0) return false;
    // Without a channel there was no tab to hand it to, only the next session that finds it in the store.
    if (this.#strange && !this.#isNextLife) return false;
    return !tabs.some((each) => ['SENT', 'FAILED', 'UNKNOWN'].includes(told(each) ?? ''));
  }

  #isAwake(tab: ScriptedTab): boolean {
    return tab.life === 'live' && !this.#aside.has(tab);
  }

  #name(tab: ScriptedTab): string {
    return `tab ${this.#browser.tabs.indexOf(tab)}`;
  }

  #chance(part: number): boolean {
    return this.#random() < part;
  }

  #shuffled<T>(list: readonly T[]): T[] {
    return list
      .map((each) => ({ each, at: this.#random() }))
      .sort((a, b) => a.at - b.at)
      .map(({ each }) => each);
  }
}

/** Beyond the known ones. */
const FIRST_FRESH = 1_000;
const known = seeds(searchSize({ part: 3, whole: 60 }));
// The name of the test contains these seeds.
const fresh = Array.from({ length: searchSize({ part: 1, whole: 20 }) }, (_, index) => FIRST_FRESH + freshSeed + index);

const noStore = () => ({});
const oneStore = () => ({ store: createStorage({ driver: memory() }) });

describe.each([
  ['without a store', false, noStore],
  ['with one store', false, oneStore],
  ['in a faulty browser, without a store', true, noStore],
  ['in a faulty browser, with one store', true, oneStore],
])('tabs %s', (_name, strange, options) => {
  it.each([...known, ...fresh])('lose nothing in story %i, and announce nothing untrue', async (seed) => {
    const given = options();
    const story = new Story(seed, strange, given);
    await story.tell();
    await story.calm();
    const broken = story.broken();
    await story.wakeAll();
    broken.push(...story.broken());
    if (strange && 'store' in given) {
      await story.nextLife();
      broken.push(...story.broken());
    }
    expect(broken.length > 0 ? [...broken, ...story.log] : []).toEqual([]);
  });
});
