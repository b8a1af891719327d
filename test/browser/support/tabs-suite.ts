/**
 * Many tabs of one origin and one user in one real Chromium, which can be hidden, frozen, hung, closed, and killed. Each counts
 * the requests that its own tracker makes; the emulator's log has what arrives.
 */
import { afterAll, afterEach, beforeAll, expect } from '@jest/globals';

import type { ChimeEmulatorOptions } from '../../../src/emulator/index.ts';
import { startKit, type Kit } from '../../support/emulator-kit.ts';
import { flowByContent } from '../../support/live-tracker.ts';
import type { Ending } from '../page/driver.ts';
import { begin, type TabOptions } from './browser-kit.ts';
import { servePage, type PageServer } from './page-server.ts';
import { launchRawChromium, type RawChromium, type RawPage } from './raw-chromium.ts';
import { tabOver, type Tab } from './tab.ts';

export interface OneOfMany extends Tab {
  show(): Promise<void>;
  /** Polls that its own tracker has taken. */
  looks(): Promise<number>;
  freeze(): Promise<void>;
  unfreeze(): Promise<void>;
  /** Nothing of it runs for so long. Does not wait for the end of that. */
  hang(ms: number): void;
  /** Kills its process. */
  crash(): Promise<void>;
  /** Closes it, as a person does. */
  shut(): Promise<void>;
  evaluate(expression: string): Promise<unknown>;
}

export interface ManyTabs extends Kit {
  /** Opens a tab behind the others, with no session. `before` runs in it before anything else. */
  readonly openTab: (options?: Omit<TabOptions, 'before'> & { before?: string }) => Promise<OneOfMany>;
  /** Shows something else. */
  readonly hideAll: () => Promise<void>;
  /** Opens several; the first one is shown. */
  readonly openTabs: (count: number, options?: Omit<TabOptions, 'before'>) => Promise<OneOfMany[]>;
}

/** To be called once at the top of a test file. */
export function manyTabsSuite(): { start(options?: ChimeEmulatorOptions): Promise<ManyTabs> } {
  let chromium: RawChromium;
  let server: PageServer;
  const open = new Map<Tab, RawPage>();
  beforeAll(async () => {
    [chromium, server] = await Promise.all([launchRawChromium(), servePage()]);
  });
  afterAll(async () => {
    await Promise.all([chromium?.close(), server?.close()]);
  });
  afterEach(async () => {
    const met: string[] = [];
    for (const [tab, page] of open) {
      met.push(...(await tab.call('surprises')));
      await tab.call('close');
      await page.close();
    }
    open.clear();
    expect(met).toEqual([]);
  });

  return {
    start: async (options) => {
      const kit = await startKit({ flow: flowByContent, channelRequestsPerSecond: { sends: Infinity }, ...options });
      const openTab: ManyTabs['openTab'] = async ({ before, ...tabOptions } = {}) => {
        const page = await chromium.open('about:blank');
        if (before !== undefined) {
          await page.send('Page.enable');
          await page.send('Page.addScriptToEvaluateOnNewDocument', { source: before });
        }
        await page.send('Page.navigate', { url: server.url });
        const tab = oneOfMany(page, () => open.delete(tab));
        open.set(tab, page);
        await until(page, `'driver' in window`);
        await begin(tab, kit, { connect: false, ...tabOptions });
        return tab;
      };
      const openTabs: ManyTabs['openTabs'] = async (count, tabOptions) => {
        const tabs: OneOfMany[] = [];
        while (tabs.length < count) tabs.push(await openTab(tabOptions));
        await tabs[0]?.show();
        return tabs;
      };
      const hideAll = async (): Promise<void> => {
        await (await chromium.open('about:blank')).bringToFront();
        for (const page of open.values()) await until(page, `document.visibilityState === 'hidden'`);
      };
      return { ...kit, openTab, openTabs, hideAll };
    },
  };
}

function oneOfMany(page: RawPage, onEnd: () => void): OneOfMany {
  const tab = tabOver((name, given) => {
    const list = given.map((one) => JSON.stringify(one)).join(', ');
    return page.evaluate(`window.driver.${name}(${list})`);
  });
  const lifecycle = async (state: 'frozen' | 'active'): Promise<void> =>
    void (await page.send('Page.setWebLifecycleState', { state }));
  return {
    ...tab,
    show: async () => {
      await page.bringToFront();
      await until(page, `document.visibilityState === 'visible'`);
    },
    looks: async () => (await tab.call('stats')).polls,
    freeze: () => lifecycle('frozen'),
    unfreeze: () => lifecycle('active'),
    hang: (ms) => void page.evaluate(`setTimeout(() => window.driver.hang(${ms}))`),
    crash: async () => {
      onEnd();
      await page.crash();
    },
    shut: async () => {
      onEnd();
      await page.close();
    },
    evaluate: (expression) => page.evaluate(expression),
  };
}

/** Which of these have taken polls beyond what they had taken `before`. */
export async function pollersOf(tabs: readonly OneOfMany[], before: readonly number[] = []): Promise<OneOfMany[]> {
  const looks = await looksOf(tabs);
  return tabs.filter((_tab, index) => (looks[index] ?? 0) > (before[index] ?? 0));
}

export function looksOf(tabs: readonly OneOfMany[]): Promise<number[]> {
  return Promise.all(tabs.map((tab) => tab.looks()));
}

/** Resolves with the endings in a tab, when there is one for each of these messages. */
export async function untilTold(tab: OneOfMany, messageIds: readonly (string | undefined)[]): Promise<Ending[]> {
  for (;;) {
    const endings = await tab.call('endings');
    if (messageIds.every((id) => endings.some(({ messageId }) => messageId === id))) return endings;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function until(page: RawPage, condition: string): Promise<void> {
  while ((await page.evaluate(condition).catch(() => false)) !== true)
    await new Promise((resolve) => setTimeout(resolve, 10));
}
