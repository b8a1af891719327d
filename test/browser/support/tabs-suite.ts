/**
 * Many tabs of one origin and one user in one real Chromium, which can be hidden, frozen, hung, closed, and killed. Each counts
 * the requests of its own tracker; the emulator logs the requests that arrive.
 */
import { afterAll, afterEach, beforeAll, expect } from '@jest/globals';

import type { ChimeEmulatorOptions } from '../../../src/emulator/index.ts';
import { startKit, type Kit } from '../../support/emulator-kit.ts';
import { flowByContent } from '../../support/live-tracker.ts';
import type { Ending } from '../page/driver.ts';
import { begin, type TabOptions } from './browser-kit.ts';
import { servePage, type PageServer } from './page-server.ts';
import { launchRawChromium, type RawChromium, type RawPage } from './raw-chromium.ts';
import { rawTab, until, type RawTab } from './raw-tab.ts';
import type { Tab } from './tab.ts';

export interface OneOfMany extends RawTab {
  /** Polls of its own tracker. */
  polls(): Promise<number>;
  /** Blocks its main thread for so long. Does not wait for the end of that. */
  hang(ms: number): void;
  /** Kills its process. */
  crash(): Promise<void>;
  /** Closes it, as a user does. */
  shut(): Promise<void>;
  evaluate(expression: string): Promise<unknown>;
}

export interface ManyTabs extends Kit {
  /** Opens a tab behind the others, with no session. `before` runs in it before anything else. */
  readonly openTab: (options?: Omit<TabOptions, 'before'> & { before?: string }) => Promise<OneOfMany>;
  /** Shows another page. */
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
  const tab = rawTab(page);
  return {
    ...tab,
    polls: async () => (await tab.call('stats')).polls,
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

/** The tabs that have polled more often than `before`. */
export async function pollersOf(tabs: readonly OneOfMany[], before: readonly number[] = []): Promise<OneOfMany[]> {
  const polls = await pollsOf(tabs);
  return tabs.filter((_tab, index) => (polls[index] ?? 0) > (before[index] ?? 0));
}

export function pollsOf(tabs: readonly OneOfMany[]): Promise<number[]> {
  return Promise.all(tabs.map((tab) => tab.polls()));
}

/** Resolves with the endings in a tab, when there is one for each of these messages. */
export async function untilTold(tab: OneOfMany, messageIds: readonly (string | undefined)[]): Promise<Ending[]> {
  for (;;) {
    const endings = await tab.call('endings');
    if (messageIds.every((id) => endings.some(({ messageId }) => messageId === id))) return endings;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
