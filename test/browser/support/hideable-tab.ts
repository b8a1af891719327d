/** A tab that can really be hidden, frozen, and left for another page and come back to. */
import { afterAll, afterEach, beforeAll, expect } from '@jest/globals';

import { flowByContent } from '../../support/live-tracker.ts';
import { startKit, type Kit } from '../../support/emulator-kit.ts';
import type { ChimeEmulatorOptions } from '../../../src/emulator/index.ts';
import { begin, type TabOptions } from './browser-kit.ts';
import { servePage, type PageServer } from './page-server.ts';
import { launchRawChromium, type RawChromium, type RawPage } from './raw-chromium.ts';
import { tabOver, type Tab } from './tab.ts';

export interface HideableTab extends Tab {
  /** Behind another tab: Chromium lets its timers fire once a second. */
  hide(): Promise<void>;
  show(): Promise<void>;
  /** Frozen: no timer fires. Only what is hidden can be. */
  freeze(): Promise<void>;
  unfreeze(): Promise<void>;
  /** Goes to another page. */
  leave(): Promise<void>;
  /** Goes back to this one, which was kept as it was. */
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
  const tab = tabOver((name, given) => {
    const list = given.map((one) => JSON.stringify(one)).join(', ');
    return page.evaluate(`window.driver.${name}(${list})`);
  });
  const lifecycle = async (state: 'frozen' | 'active'): Promise<void> =>
    void (await page.send('Page.setWebLifecycleState', { state }));
  return {
    ...tab,
    hide: async () => {
      await other.bringToFront();
      await until(page, `document.visibilityState === 'hidden'`);
    },
    show: async () => {
      await page.bringToFront();
      await until(page, `document.visibilityState === 'visible'`);
    },
    freeze: () => lifecycle('frozen'),
    unfreeze: () => lifecycle('active'),
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

async function until(page: RawPage, condition: string): Promise<void> {
  while ((await page.evaluate(condition).catch(() => false)) !== true)
    await new Promise((resolve) => setTimeout(resolve, 10));
}
