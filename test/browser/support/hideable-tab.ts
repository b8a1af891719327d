/** A tab that can really be hidden and frozen, and can go to another page and back. */
import { afterAll, afterEach, beforeAll, expect } from '@jest/globals';

import { flowByContent } from '../../support/live-tracker.ts';
import { startKit, type Kit } from '../../support/emulator-kit.ts';
import type { ChimeEmulatorOptions } from '../../../src/emulator/index.ts';
import { begin, type TabOptions } from './browser-kit.ts';
import { servePage, type PageServer } from './page-server.ts';
import { launchRawChromium, type RawChromium, type RawPage } from './raw-chromium.ts';
import { rawTab, until, type RawTab } from './raw-tab.ts';
import type { Tab } from './tab.ts';

export interface HideableTab extends RawTab {
  /** Behind another tab: Chromium lets its timers fire once a second. */
  hide(): Promise<void>;
  /** Goes to another page. */
  leave(): Promise<void>;
  /** Goes back to this page, which was kept in the back/forward cache. */
  comeBack(): Promise<void>;
}

export interface HideableKit extends Kit {
  readonly openTab: (options?: Omit<TabOptions, 'before'>) => Promise<HideableTab>;
}

/** To be called once at the top of a test file. */
export function hideableSuite(): { start(options?: ChimeEmulatorOptions): Promise<HideableKit> } {
  let chromium: RawChromium;
  let server: PageServer;
  const tabs: Tab[] = [];
  beforeAll(async () => {
    [chromium, server] = await Promise.all([launchRawChromium(), servePage()]);
  });
  afterAll(async () => {
    await Promise.all([chromium?.close(), server?.close()]);
  });
  afterEach(async () => {
    const met: string[] = [];
    for (const tab of tabs.splice(0)) {
      met.push(...(await tab.call('surprises')));
      await tab.call('close');
    }
    expect(met).toEqual([]);
  });

  return {
    start: async (options) => {
      const kit = await startKit({ flow: flowByContent, ...options });
      const openTab = async (tabOptions: Omit<TabOptions, 'before'> = {}): Promise<HideableTab> => {
        const [page, other] = [await chromium.open(server.url), await chromium.open('about:blank')];
        const tab = hideable(page, other);
        await tab.show();
        await until(page, `'driver' in window`);
        tabs.push(tab);
        await begin(tab, kit, tabOptions);
        return tab;
      };
      return { ...kit, openTab };
    },
  };
}

function hideable(page: RawPage, other: RawPage): HideableTab {
  return {
    ...rawTab(page),
    hide: async () => {
      await other.bringToFront();
      await until(page, `document.visibilityState === 'hidden'`);
    },
    leave: async () => {
      await page.send('Page.navigate', { url: 'about:blank' });
      await until(page, `location.href === 'about:blank'`);
    },
    comeBack: async () => {
      await page.evaluate('history.back()');
      await until(page, `'driver' in window`);
    },
  };
}
