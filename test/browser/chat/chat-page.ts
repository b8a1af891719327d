/** The chat's page as a user operates it: elements are found by role and name, as assistive technology finds them. */
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Locator, Page } from 'playwright-core';

export type Name = 'Alice' | 'Bob';

const SCREENSHOTS = fileURLToPath(new URL('../screenshots', import.meta.url));

/** Chromium logs each failed request and websocket. An outage causes some. */
const browserNote =
  /^(Failed to load resource: (the server responded|net::ERR_INTERNET_DISCONNECTED)|WebSocket connection to)/;

export class ChatPage {
  readonly page: Page;
  /** Uncaught errors, and errors and warnings on the console. */
  readonly errors: string[] = [];
  /** Chromium's notes of failed requests and websockets. */
  readonly notes: string[] = [];

  constructor(page: Page) {
    this.page = page;
    // The test's own time-out ends a wait, since the machine may be busy.
    page.setDefaultTimeout(0);
    page.on('pageerror', (error) => this.errors.push(`uncaught: ${String(error)}`));
    page.on('console', (message) => {
      if (message.type() !== 'error' && message.type() !== 'warning') return;
      (browserNote.test(message.text()) ? this.notes : this.errors).push(message.text());
    });
  }

  async goto(url: string): Promise<void> {
    await this.page.goto(url);
    await this.connected();
  }

  async reload(): Promise<void> {
    await this.page.reload();
    await this.connected();
  }

  async connected(): Promise<void> {
    for (const name of ['Alice', 'Bob'] as const)
      await this.pane(name).getByText('Online: outcomes arrive by push').waitFor();
  }

  async disconnected(): Promise<void> {
    for (const name of ['Alice', 'Bob'] as const) await this.pane(name).getByText('Offline').waitFor();
  }

  pane(name: Name): Locator {
    return this.page.getByRole('region', { name, exact: true });
  }

  async say(name: Name, text: string): Promise<void> {
    await this.page.getByRole('textbox', { name: `Message from ${name}` }).fill(text);
    await this.page.getByRole('button', { name: `Send as ${name}` }).click();
  }

  /** A websocket state: Working, Dropped, Half-open; or the moderator's answer: Deliver, Deny, Fail, Ignore. */
  async choose(option: string): Promise<void> {
    const applied = this.page.waitForResponse((response) => response.url().endsWith('/control'));
    await this.page.getByRole('radio', { name: option }).check();
    await applied;
  }

  /** Sets after how many seconds the moderator answers. */
  async answerAfter(seconds: number): Promise<void> {
    const applied = this.page.waitForResponse((response) => response.url().endsWith('/control'));
    await this.page.getByRole('slider').fill(String(seconds));
    await applied;
  }

  async press(button: RegExp): Promise<void> {
    await this.page.getByRole('button', { name: button }).click();
  }

  message(name: Name, text: string): Locator {
    return this.pane(name).getByRole('listitem').filter({ hasText: text });
  }

  /** Edits an own message. */
  async edit(name: Name, text: string, edited: string): Promise<void> {
    await this.pane(name)
      .getByRole('button', { name: `Edit: ${text}` })
      .click();
    await this.pane(name)
      .getByRole('textbox', { name: `New text of: ${text}` })
      .fill(edited);
    await this.pane(name).getByRole('button', { name: 'Save the edit' }).click();
  }

  /** Resolves when the status is visible below the message. */
  async status(name: Name, text: string, status: string | RegExp): Promise<void> {
    await this.message(name, text).locator('.status-line').filter({ hasText: status }).waitFor();
  }

  /** Resolves when the live region announces the text. */
  async announced(name: Name, words: string | RegExp): Promise<void> {
    await this.pane(name).getByRole('status').filter({ hasText: words }).waitFor({ state: 'attached' });
  }

  lane(name: Name, text: string): Locator {
    return this.#timelineOf(name).getByRole('listitem').filter({ hasText: text });
  }

  /** Shows the timeline of this person. */
  async showTimelineOf(name: Name): Promise<void> {
    await this.page.getByRole('tab', { name }).click();
    await this.#timelineOf(name).waitFor();
  }

  #timelineOf(name: Name): Locator {
    return this.page.getByRole('region', { name: `Timeline of ${name}`, includeHidden: true });
  }

  /** The counters beside a person's name in the timeline. */
  async counts(name: Name): Promise<Record<string, number>> {
    const figures = this.#timelineOf(name).locator('dl.counts > div');
    const pairs = await figures.evaluateAll((divs) =>
      divs.map((div) => [div.querySelector('dt')?.textContent ?? '', Number(div.querySelector('dd')?.textContent)]),
    );
    return Object.fromEntries(pairs) as Record<string, number>;
  }

  /** Writes a screenshot into a folder that git ignores. */
  async screenshot(name: string): Promise<void> {
    await mkdir(SCREENSHOTS, { recursive: true });
    await this.page.screenshot({ path: `${SCREENSHOTS}/${name}.png`, fullPage: true });
  }

  close(): Promise<void> {
    return this.page.context().close();
  }
}
