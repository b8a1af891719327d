/** A tab over bare CDP, which can be shown, frozen and resumed. */
import type { RawPage } from './raw-chromium.ts';
import { tabOver, type Tab } from './tab.ts';

export interface RawTab extends Tab {
  show(): Promise<void>;
  /** Frozen: no timer fires. Only a hidden tab can be frozen. */
  freeze(): Promise<void>;
  unfreeze(): Promise<void>;
}

export function rawTab(page: RawPage): RawTab {
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
    freeze: () => lifecycle('frozen'),
    unfreeze: () => lifecycle('active'),
  };
}

/** Resolves when the expression is true in the page. */
export async function until(page: RawPage, condition: string): Promise<void> {
  while ((await page.evaluate(condition).catch(() => false)) !== true)
    await new Promise((resolve) => setTimeout(resolve, 10));
}
