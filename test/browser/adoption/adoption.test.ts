// The demo chat's pattern, adopted by `wrap` and by `send`: how many lines it takes, and what its user then sees in Chromium.
import { SendChannelMessageCommand } from '@aws-sdk/client-chime-sdk-messaging';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';

import { startKit, type Kit } from '../../support/emulator-kit.ts';
import { flowByContent } from '../../support/live-tracker.ts';
import { launchChromium } from '../support/chromium.ts';
import { servePage, type PageServer } from '../support/page-server.ts';

const root = join(process.cwd(), 'test/adoption');

/** The lines that an adoption has added or changed. */
function changedLines(app: string): Promise<number> {
  return new Promise((resolve) => {
    // It exits with 1 where there are differences.
    execFile('git', ['diff', '--no-index', '--numstat', join(root, 'before'), join(root, app)], (_error, stdout) => {
      const added = stdout
        .trim()
        .split('\n')
        .map((line) => Number(line.split('\t')[0]));
      resolve(added.reduce((sum, count) => sum + count, 0));
    });
  });
}

describe('the lines that an adoption changes', () => {
  it.each([
    ['with-wrap', 10],
    ['with-send', 25],
  ])('%s: at most %i', async (app, most) => {
    const lines = await changedLines(app);
    expect(lines).toBeGreaterThan(0);
    expect(lines).toBeLessThanOrEqual(most);
  });
});

describe.each(['with-wrap', 'with-send'])('the app that was adopted %s', (app) => {
  let browser: Browser;
  let server: PageServer;
  let page: Page;
  let kit: Kit;

  beforeAll(async () => {
    [browser, server] = await Promise.all([launchChromium(), servePage(process.env['CHIME_DELIVERY_ADOPTION'])]);
  });
  afterAll(async () => {
    await Promise.all([browser?.close(), server?.close()]);
  });
  afterEach(() => page?.context().close());

  async function open(): Promise<void> {
    kit = await startKit({ flow: flowByContent });
    const { emulator, alice, channel } = kit;
    const query = new URLSearchParams({ app, endpoint: emulator.url, region: emulator.region, user: alice, channel });
    page = await (await browser.newContext()).newPage();
    page.setDefaultTimeout(0);
    await page.goto(`${server.url}?${query}`);
    await page.getByLabel('Message').waitFor();
  }
  async function say(text: string): Promise<void> {
    await page.getByLabel('Message').fill(text);
    await page.keyboard.press('Enter');
  }
  const rows = (text: string): Locator =>
    page.getByRole('listitem').filter({ has: page.getByText(text, { exact: true }) });
  async function shows(text: string, status: string): Promise<void> {
    await rows(text).filter({ hasText: status }).first().waitFor();
    expect(await rows(text).count()).toBe(1);
  }

  it('shows an own message once, edits it, and sends a denied one again', async () => {
    await open();
    await say('SENT 300 hello');
    await shows('SENT 300 hello', 'SENT');
    await page.getByRole('button', { name: 'Shout: SENT 300 hello' }).click();
    await shows('SENT 300 hello!', 'SENT');
    expect(await rows('SENT 300 hello').count()).toBe(0);

    await say('DENIED 200 spam');
    await shows('DENIED 200 spam', 'DENIED');
    const before = kit.emulator.messages.length;
    await page.getByRole('button', { name: 'Send again: DENIED 200 spam' }).click();
    while (kit.emulator.messages.length === before) await page.waitForTimeout(50);
    await shows('DENIED 200 spam', 'DENIED');
    expect(kit.emulator.messages).toHaveLength(before + 1);
  });

  it('tells the end of what was pending before a reload', async () => {
    await open();
    await say('SENT 6000 slow');
    await shows('SENT 6000 slow', 'PENDING');
    await page.reload();
    await shows('SENT 6000 slow', 'SENT');
    expect(kit.emulator.messages).toHaveLength(1);
  });

  it('has what others have sent during an outage, once', async () => {
    await open();
    await say('SENT 100 first');
    await shows('SENT 100 first', 'SENT');
    kit.emulator.refuseSockets(true);
    // It may not be connected yet.
    while (kit.emulator.dropSockets() === 0) await page.waitForTimeout(50);
    const input = {
      ChannelArn: kit.channel,
      ChimeBearer: kit.bob,
      Type: 'STANDARD',
      Persistence: 'PERSISTENT',
    } as const;
    await kit.client.send(new SendChannelMessageCommand({ ...input, Content: 'SENT 0 from bob' }));
    await say('DENIED 100 lost');
    await shows('DENIED 100 lost', 'DENIED');
    expect(await rows('SENT 0 from bob').count()).toBe(0);
    kit.emulator.refuseSockets(false);
    await rows('SENT 0 from bob').waitFor();
    for (const text of ['SENT 0 from bob', 'SENT 100 first', 'DENIED 100 lost'])
      expect(await rows(text).count()).toBe(1);
  });
});
