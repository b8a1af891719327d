import { describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrowserContextOptions } from 'playwright-core';

import { chatSuite } from './chat-kit.ts';
import type { ChatPage } from './chat-page.ts';

const suite = chatSuite();

interface Violation {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly target: unknown; readonly failureSummary?: string }[];
}

/** The serious and critical violations that axe finds. */
async function violations({ page }: ChatPage): Promise<string[]> {
  await page.addScriptTag({ content: await readFile(join(process.cwd(), 'node_modules/axe-core/axe.min.js'), 'utf8') });
  const found = await page.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run(): Promise<{ violations: Violation[] }> } };
    return (await axe.run()).violations;
  });
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id} ${String(target)}: ${failureSummary}`),
    );
}

/** Shows every kind of bubble, mark and fault at once. */
async function showEveryKind(chat: ChatPage): Promise<void> {
  await chat.answerAfter(0.5);
  await chat.say('Alice', 'Shall we meet at noon?');
  await chat.message('Bob', 'at noon').waitFor();
  await chat.choose('Deny');
  await chat.say('Alice', 'Win a prize!');
  await chat.status('Alice', 'Win a prize!', 'Denied');
  await chat.choose('Fail');
  await chat.say('Bob', 'Noon is fine');
  await chat.status('Bob', 'Noon is fine', 'Failed');
  await chat.choose('Ignore');
  await chat.say('Bob', 'Where?');
  await chat.status('Bob', 'Where?', 'Pending');
  await chat.choose('Dropped');
  await chat.disconnected();
  await chat.press(/^Throttle/);
  await chat.say('Alice', 'At the bridge, under the big old clock that has been wrong since I was a child');
  await chat.status('Alice', 'At the bridge', 'Sending');
}

describe('the chat', () => {
  it.each<[string, BrowserContextOptions]>([
    ['light', { colorScheme: 'light' }],
    ['dark', { colorScheme: 'dark', reducedMotion: 'reduce' }],
    ['light-375', { colorScheme: 'light', viewport: { width: 375, height: 812 } }],
    ['light-320', { colorScheme: 'light', viewport: { width: 320, height: 700 } }],
    ['dark-375', { colorScheme: 'dark', viewport: { width: 375, height: 812 } }],
  ])('has no serious accessibility violation, and nothing overflows: %s', async (name, options) => {
    const chat = await suite.open(options);
    expect(await violations(chat)).toEqual([]);
    await showEveryKind(chat);
    await chat.screenshot(name);
    expect(await violations(chat)).toEqual([]);
    const overflows = (): boolean => document.documentElement.scrollWidth > window.innerWidth;
    expect(await chat.page.evaluate(overflows)).toBe(false);
  });

  it('can be used by keyboard alone, with a visible focus', async () => {
    const chat = await suite.open();
    const { keyboard } = chat.page;
    const focus = (): Promise<string> =>
      chat.page.evaluate(() => {
        const active = document.activeElement;
        return active?.getAttribute('aria-label') ?? active?.closest('label')?.textContent ?? active?.textContent ?? '';
      });
    /** Presses Tab until the focus is on the named element; every focus on the way is visible. */
    async function tabTo(name: RegExp): Promise<void> {
      for (let presses = 0; presses < 30; presses += 1) {
        await keyboard.press('Tab');
        const isVisible = await chat.page.evaluate(() => {
          const active = document.activeElement;
          return [active, active?.closest('label')].some(
            (element) => element != null && getComputedStyle(element).outlineStyle === 'solid',
          );
        });
        expect(isVisible).toBe(true);
        if (name.test(await focus())) return;
      }
      throw new Error(`Tab did not reach ${String(name)}.`);
    }

    await tabTo(/^Message from Alice$/);
    await keyboard.type('no mouse');
    await keyboard.press('Enter');
    await chat.status('Alice', 'no mouse', 'Sent');
    expect(await focus()).toBe('Message from Alice');

    await tabTo(/^Working$/);
    await keyboard.press('ArrowRight');
    await chat.disconnected();
    await tabTo(/^Throttle/);
    await tabTo(/^Deliver$/);
    await keyboard.press('ArrowRight');
    await keyboard.press('ArrowRight');
    expect(await focus()).toBe('Fail');
    await chat.page.getByRole('textbox', { name: 'Message from Bob' }).focus();
    await keyboard.type('again by keyboard');
    await keyboard.press('Enter');
    await chat.status('Bob', 'again by keyboard', 'Failed');
    await keyboard.press('Shift+Tab');
    await keyboard.press('Space');
    // The button is gone: the focus is on the input.
    expect(await focus()).toBe('Message from Bob');
    await chat.status('Bob', 'again by keyboard', /Sending|Pending/);
  });
});
