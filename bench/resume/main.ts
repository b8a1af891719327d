/**
 * How long a restart takes with many pending deliveries: from `createDeliveryTracker` to `restored`, beside the time that the
 * store itself takes for its listing and its reads. The store is in memory, so that the rest is the library's.
 */
import { createDeliveryTracker, type DeliveryStore } from 'chime-delivery';
import { channel, messageIds, user } from '../overhead/workload.ts';
import { rounded } from '../support/numbers.ts';
import type { Findings } from '../support/section.ts';

const sizes = [1_000, 10_000, 100_000];
const repeats = 5;

interface Row {
  readonly pending: number;
  /** All of it, in milliseconds. */
  readonly restoredMs: number;
  /** The processor's time in it, in milliseconds: what is left of it on a machine that has other things to do. */
  readonly cpuMs: number;
  /** The store's own part, in milliseconds. */
  readonly storeMs: number;
}

export async function resume(): Promise<Findings> {
  const rows: Row[] = [];
  for (const pending of sizes) {
    const items = await filled(pending);
    const runs: Row[] = [];
    // The first is the compiler's warm-up.
    for (let i = 0; i <= repeats; i += 1) runs.push(await restart(items));
    const [middle] = runs
      .slice(1)
      .sort((a, b) => a.restoredMs - b.restoredMs)
      .slice(Math.floor(repeats / 2));
    if (middle !== undefined) rows.push(middle);
  }
  const table = {
    title: `A restart: from createDeliveryTracker to restored, the store in memory; median of ${repeats} runs`,
    rows: rows.map(({ pending, restoredMs, cpuMs, storeMs }) => ({
      pending,
      'ms until restored': rounded(restoredMs),
      "ms of the processor's": rounded(cpuMs),
      "ms of the store's own": rounded(storeMs),
    })),
  };
  return { tables: [table], figures: rows };
}

/** What a process with so many pending deliveries leaves. */
async function filled(pending: number): Promise<Map<string, string>> {
  const items = new Map<string, string>();
  const tracker = start(storeOf(items).store);
  await tracker.restored;
  for (const messageId of messageIds(pending)) tracker.track({ channelArn: channel, messageId });
  // More than are written within the limit of `close`.
  while (items.size < pending) await new Promise((resolve) => setTimeout(resolve, 10));
  await tracker.close();
  return items;
}

async function restart(items: Map<string, string>): Promise<Row> {
  const { store, spentMs } = storeOf(items);
  const begun = performance.now();
  const used = process.cpuUsage();
  const tracker = start(store);
  const pending = await tracker.restored;
  const restoredMs = performance.now() - begun;
  const { user: own, system } = process.cpuUsage(used);
  const storeMs = spentMs();
  await tracker.close();
  if (pending !== items.size) throw new Error(`${items.size} were pending, ${pending} came back.`);
  return { pending, restoredMs, cpuMs: (own + system) / 1_000, storeMs };
}

function start(store: DeliveryStore): ReturnType<typeof createDeliveryTracker> {
  const client = { send: () => new Promise(() => undefined) };
  return createDeliveryTracker({ client, chimeBearer: user, store });
}

function storeOf(items: Map<string, string>): { store: DeliveryStore; spentMs: () => number } {
  let spent = 0;
  const timed = <T>(act: () => T): T => {
    const begun = performance.now();
    const result = act();
    spent += performance.now() - begun;
    return result;
  };
  const store: DeliveryStore = {
    getKeys: () => timed(() => [...items.keys()]),
    getItem: (key) => timed(() => items.get(key)),
    setItem: (key, value) => items.set(key, value),
    removeItem: (key) => items.delete(key),
  };
  return { store, spentMs: () => spent };
}
