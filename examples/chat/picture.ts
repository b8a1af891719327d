// Draws the README's picture of the chat during an outage: `npm run chat:picture` writes docs/chat.png.
import { mkdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium, type Page } from 'playwright-core';
import { openChat } from './server/open-chat.ts';

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const path = 'docs/chat.png';

const chat = await openChat({ port: 0, watch: false });
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--no-first-run'] });
try {
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, deviceScaleFactor: 2 });
  const page = await context.newPage();
  await page.goto(chat.url);
  await page.getByText('Online: outcomes arrive by push').nth(1).waitFor();
  await playAnOutage(page);
  await mkdir('docs', { recursive: true });
  await page.screenshot({ path, fullPage: true, animations: 'disabled' });
  console.log(path);
} finally {
  await browser.close();
  await chat.close();
}

async function playAnOutage(page: Page): Promise<void> {
  await say(page, 'Alice', 'Did you see the new moderator?');
  await sleep(900);
  await say(page, 'Bob', 'I did. It lets everything through');
  await sleep(1_200);
  await choose(page, 'Deny');
  await say(page, 'Alice', 'Even “win a prize”?');
  await sleep(2_000);

  await choose(page, 'Dropped');
  await sleep(1_200);
  await choose(page, 'Deliver');
  await say(page, 'Bob', 'Hm. Are you still there?');
  await sleep(600);
  await say(page, 'Alice', 'I am, only my websocket is not');
  await sleep(2_200);
  await choose(page, 'Fail');
  await say(page, 'Bob', 'Hello?');
  await sleep(2_800);
  await choose(page, 'Ignore');
  await say(page, 'Alice', 'No push, so it polls');
  await sleep(2_500);
  // No element of the picture has the focus.
  await page.evaluate(() =>
    document.activeElement instanceof HTMLElement ? document.activeElement.blur() : undefined,
  );
  await page.mouse.move(0, 0);
}

async function say(page: Page, name: string, text: string): Promise<void> {
  await page.getByRole('textbox', { name: `Message from ${name}` }).fill(text);
  await page.keyboard.press('Enter');
}

async function choose(page: Page, option: string): Promise<void> {
  await page.getByRole('radio', { name: option }).check();
}
