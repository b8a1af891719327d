/**
 * How long a restart takes with many pending deliveries: from `createDeliveryTracker` to `restored`, beside the time that the
 * store itself takes for its listing and its reads, and the longest time in which the app's own code could not run. The store is in memory, so that the rest is the library's.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDeliveryTracker } from 'chime-delivery';
import { channel, messageIds, user } from '../overhead/workload.ts';
import { rounded } from '../support/numbers.ts';
import { middleOf } from '../support/process-of-its-own.ts';
import type { Findings } from '../support/section.ts';

const sizes = [1_000, 10_000, 100_000];
const repeats = 5;

interface Figures {
  /** All of it, in milliseconds. */
  readonly restoredMs: number;
  /** CPU time in it, in milliseconds: it is unaffected by other processes. */
  readonly cpuMs: number;
  /** The store's own part, in milliseconds. */
  readonly storeMs: number;
  /** The longest time in which nothing else could run, in milliseconds. */
  readonly longestBlockMs: number;
}

export async function resume(): Promise<Findings> {
  const rows: ({ pending: number } & Figures)[] = [];
  const directory = await mkdtemp(join(tmpdir(), 'chime-delivery-resume-'));
  for (const pending of sizes) {
    const file = join(directory, `${pending}.json`);
    await writeFile(file, JSON.stringify(Object.fromEntries(await leftBehind(pending))));
    const program = new URL('measure.ts', import.meta.url);
    const middle = await middleOf<Figures>(program, [file], repeats, ({ restoredMs }) => restoredMs);
    rows.push({ pending, ...middle });
  }
  await rm(directory, { recursive: true });
  const table = {
    title: `A restart: from createDeliveryTracker to restored, with the store in memory; median of ${repeats} processes`,
    rows: rows.map(({ pending, restoredMs, cpuMs, storeMs, longestBlockMs }) => ({
      pending,
      'ms until restored': rounded(restoredMs),
      'ms of CPU time': rounded(cpuMs),
      "ms of the store's own": rounded(storeMs),
      'ms of the longest block': rounded(longestBlockMs),
    })),
  };
  return { tables: [table], figures: rows };
}

/** The records of a process with so many pending deliveries. */
async function leftBehind(pending: number): Promise<Map<string, string>> {
  const items = new Map<string, string>();
  const store = {
    getKeys: () => [],
    getItem: () => undefined,
    setItem: (key: string, value: string) => items.set(key, value),
    removeItem: (key: string) => items.delete(key),
  };
  const client = { send: () => new Promise(() => undefined) };
  const tracker = createDeliveryTracker({ client, chimeBearer: user, store });
  await tracker.restored;
  for (const messageId of messageIds(pending)) tracker.track({ channelArn: channel, messageId });
  // More than `close` writes within its limit.
  while (items.size < pending) await new Promise((resolve) => setTimeout(resolve, 10));
  await tracker.close();
  return items;
}
