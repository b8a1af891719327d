/**
 * What the browser tests share: one Chromium and one page server for a test file, and for each test an emulator and tabs
 * of its users. After each test everything is closed, and no tab may have met an error that nobody caught.
 */
import { afterAll, afterEach, beforeAll, expect } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';

import type { ChimeEmulatorOptions } from '../../../src/emulator/index.ts';
import { startKit, type Kit } from '../../support/emulator-kit.ts';
import { flowByContent } from '../../support/live-tracker.ts';
import type { StartOptions } from '../page/driver.ts';
import { launchChromium } from './chromium.ts';
import { servePage, type PageServer } from './page-server.ts';
import { tabOver, type Tab } from './tab.ts';

export type TabOptions = Pick<StartOptions, 'tracker' | 'session'> & {
  /** Start the session. Default true. */
  readonly connect?: boolean;
  /** Runs in the page before anything else. */
  readonly before?: () => void;
};

export interface PageTab extends Tab {
  readonly page: Page;
}

export interface BrowserKit extends Kit {
  /** A tab of alice: tracker and session, connected unless the options say otherwise. */
  readonly openTab: (options?: TabOptions) => Promise<PageTab>;
}

export interface BrowserSuite {
  /** An emulator whose messages say what becomes of them: 'DENIED 200'. */
  start(options?: ChimeEmulatorOptions): Promise<BrowserKit>;
  /** Just these errors go uncaught in this test: they are not the library's. */
  tolerate(surprises: readonly string[]): void;
}

/** To be called once at the top of a test file. */
export function browserSuite(): BrowserSuite {
  let browser: Browser;
  let server: PageServer;
  let tolerated: readonly string[] = [];
  const tabs: PageTab[] = [];

  beforeAll(async () => {
    [browser, server] = await Promise.all([launchChromium(), servePage()]);
  });
  afterAll(async () => {
    await Promise.all([browser?.close(), server?.close()]);
  });
  afterEach(async () => {
    const met: string[] = [];
    for (const tab of tabs.splice(0)) {
      met.push(...(await tab.call('surprises')));
      await tab.call('close');
      await tab.page.context().close();
    }
    const expected = tolerated;
    tolerated = [];
    expect(met).toEqual(expected);
  });

  async function openTab(kit: Kit, { before, ...options }: TabOptions = {}): Promise<PageTab> {
    const page = await (await browser.newContext()).newPage();
    if (before !== undefined) await page.addInitScript(before);
    await page.goto(server.url);
    await page.waitForFunction(() => 'driver' in window);
    const tab = tabOver((name, given) =>
      page.evaluate(([name, given]) => (window.driver[name] as (...given: unknown[]) => unknown)(...given), [
        name,
        given,
      ] as const),
    );
    tabs.push({ ...tab, page });
    await begin(tab, kit, options);
    return { ...tab, page };
  }

  return {
    start: async (options) => {
      const kit = await startKit({ flow: flowByContent, ...options });
      return { ...kit, openTab: (tabOptions) => openTab(kit, tabOptions) };
    },
    tolerate: (surprises) => void (tolerated = surprises),
  };
}

/** Makes the tracker and the session of a tab, for alice. */
export async function begin(tab: Tab, kit: Kit, { connect = true, ...options }: TabOptions): Promise<void> {
  const { emulator, alice, channel } = kit;
  const address = { endpoint: emulator.url, region: emulator.region, userArn: alice, channelArn: channel };
  await tab.call('open', { ...address, ...options });
  if (connect) await tab.call('connect');
}
