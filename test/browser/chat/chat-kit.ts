/**
 * The chat as a user runs it: its program in a process of its own, and a page in Chromium. Each test starts its own. After
 * each test everything is closed, and the page must have logged no error.
 */
import { afterAll, afterEach, beforeAll, expect } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Browser, BrowserContextOptions } from 'playwright-core';

import { launchChromium } from '../support/chromium.ts';
import { ChatPage } from './chat-page.ts';

export interface ChatSuite {
  /** Starts the chat and opens it in a fresh browser profile; resolves when both users are connected. */
  open(options?: BrowserContextOptions): Promise<ChatPage>;
}

/** Call it once at the top of a test file. */
export function chatSuite(): ChatSuite {
  let browser: Browser;
  const running: ChildProcess[] = [];
  const pages: ChatPage[] = [];

  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());
  afterEach(async () => {
    const errors: string[] = [];
    for (const page of pages.splice(0)) {
      errors.push(...page.errors);
      await page.close();
    }
    await Promise.all(running.splice(0).map(end));
    // oxlint-disable-next-line jest/no-standalone-expect -- proves it for every test of the files that call this
    expect(errors).toEqual([]);
  });

  return {
    open: async (options = {}) => {
      const chat = startChat();
      running.push(chat);
      const url = await addressOf(chat);
      const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
      const page = new ChatPage(await context.newPage());
      pages.push(page);
      await page.goto(url);
      return page;
    },
  };
}

function startChat(): ChildProcess {
  // As `npm run chat` does, but without the tsx command, which may kill the program before it has closed.
  const args = ['--conditions=chime-delivery/source', '--import', 'tsx', 'examples/chat/main.ts', '--still'];
  return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
}

/** The address that the program prints. */
async function addressOf(chat: ChildProcess): Promise<string> {
  if (chat.stdout === null) throw new Error('The chat has no output.');
  for await (const line of createInterface({ input: chat.stdout })) {
    const address = /^The chat is at (http:\S+)$/.exec(line)?.[1];
    if (address !== undefined) return address;
  }
  throw new Error('The chat ended before it printed its address.');
}

/** Ctrl-C must end it. */
async function end(chat: ChildProcess): Promise<void> {
  if (chat.exitCode !== null) return;
  const ended = once(chat, 'exit');
  chat.kill('SIGINT');
  expect(await ended).toEqual([0, null]);
}
