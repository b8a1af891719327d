// A page that sends through the outbox is reloaded and killed again and again, at any moment, in front of an emulator that
// survives: nothing that its store had acknowledged is lost or doubled, and every outcome is true.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { startKit } from '../../support/emulator-kit.ts';
import { flowByContent } from '../../support/live-tracker.ts';
import type { StartOptions } from '../page/driver.ts';
import { servePage, type PageServer } from '../support/page-server.ts';
import { launchRawChromium, type RawChromium, type RawPage } from '../support/raw-chromium.ts';

/** Of each store: one kind of death after the other. */
const LIVES = 25;
/** A life ends when up to so many messages were kept in it. */
const MOST_KEPT = 10;

let server: PageServer;
beforeAll(async () => void (server = await servePage()));
afterAll(() => server.close());

describe('a page that is reloaded and killed at any moment', () => {
  it.each(['localStorage', 'indexedDB'] as const)(
    `${LIVES} times loses nothing, duplicates nothing, and reports true outcomes, with its records in %s`,
    async (store) => {
      const { emulator, alice, channel } = await startKit({
        flow: flowByContent,
        requestsPerSecond: Infinity,
        channelRequestsPerSecond: { sends: Infinity, lists: Infinity, gets: Infinity },
      });
      const options: StartOptions = {
        endpoint: emulator.url,
        region: emulator.region,
        userArn: alice,
        channelArn: channel,
        store,
        tracker: {
          rateLimit: { requestsPerSecond: 200, burst: 200, maxConcurrent: 20 },
          polling: { firstDelayMs: 50, maxDelayMs: 200 },
          missing: { confirmDelayMs: 50, minAgeMs: 100, unseenMs: 100 },
        },
      };
      const chromium = await launchRawChromium();
      try {
        let page = await chromium.open(server.url);
        for (let life = 0; life < LIVES; life += 1) {
          await open(page, options);
          await page.evaluate(`void window.driver.keepSending('${store}-${life}')`);
          await keptMore(page, Math.floor(Math.random() * MOST_KEPT));
          // At any moment of a send, not where one has just been kept.
          await new Promise((resolve) => setTimeout(resolve, Math.random() * 40));
          page = await (life % 2 === 0 ? reloaded(page) : reborn(page, chromium));
        }
        await open(page, options);
        await page.evaluate('window.driver.untilIdle()');
        const marks = (await page.evaluate('window.driver.marks()')) as { kept: string[]; ended: string[] };
        await page.evaluate('window.driver.close()');
        expect(judge(marks, emulator)).toEqual({ lost: [], doubled: [], untrue: [] });
        expect(marks.kept.length).toBeGreaterThan(LIVES);
        const left = await page.evaluate(`Object.keys(localStorage).filter((key) => key.startsWith('outbox'))`);
        expect(left).toEqual([]);
      } finally {
        await chromium.close();
      }
    },
    300_000,
  );
});

function judge(
  { kept, ended }: { kept: readonly string[]; ended: readonly string[] },
  emulator: Awaited<ReturnType<typeof startKit>>['emulator'],
): { lost: string[]; doubled: string[]; untrue: string[] } {
  const made = new Map<string, string[]>();
  for (const { token, status } of emulator.messages) made.set(token, [...(made.get(token) ?? []), status]);
  const told = new Map<string, string[]>();
  for (const [id = '', status = ''] of ended.map((mark) => mark.split(' ')))
    told.set(id, [...(told.get(id) ?? []), status]);
  return {
    lost: kept.filter((id) => !made.has(id)),
    doubled: [...made].filter(([, statuses]) => statuses.length > 1).map(([token]) => token),
    untrue: kept.filter((id) => told.get(id)?.length !== 1 || told.get(id)?.[0] !== made.get(id)?.[0]),
  };
}

async function open(page: RawPage, options: StartOptions): Promise<void> {
  await until(page, `'driver' in window`);
  await page.evaluate(`window.driver.open(${JSON.stringify(options)})`);
}

/** Resolves when the page has kept so many more messages. */
async function keptMore(page: RawPage, count: number): Promise<void> {
  const kept = 'window.driver.marks().kept.length';
  const before = Number(await page.evaluate(kept));
  await until(page, `${kept} >= ${before + count}`);
}

async function reloaded(page: RawPage): Promise<RawPage> {
  await page.evaluate(`void (window.driver = undefined, delete window.driver)`);
  await page.send('Page.reload');
  return page;
}

async function reborn(page: RawPage, chromium: RawChromium): Promise<RawPage> {
  await page.crash();
  await page.close();
  return chromium.open(server.url);
}

async function until(page: RawPage, condition: string): Promise<void> {
  while ((await page.evaluate(condition).catch(() => false)) !== true)
    await new Promise((resolve) => setTimeout(resolve, 10));
}
