/** One way of failing, in a process of its own. Prints one line of JSON. */
import { setTimeout as later } from 'node:timers/promises';
import { createDeliveryTracker, type DeliveryStore } from 'chime-delivery';
import { channel, user } from '../overhead/workload.ts';

const MESSAGES = 20_000;
const BATCH = 500;
const [way = ''] = process.argv.slice(2);
const fails = { set: /everything|writes/.test(way), remove: /everything|removals/.test(way) };

let operations = 0;
const items = new Set<string>();
const act = (isFailing: boolean, effect: () => void): Promise<void> => {
  operations += 1;
  if (isFailing) return Promise.reject(new Error('EIO'));
  effect();
  return Promise.resolve();
};
const store: DeliveryStore = {
  getKeys: () => [],
  getItem: () => undefined,
  setItem: (key) => act(fails.set, () => items.add(key)),
  removeItem: (key) => act(fails.remove, () => items.delete(key)),
};
let sent = 0;
const client = {
  send: async () => ({ MessageId: `m${(sent += 1)}`, Status: { Value: 'SENT' } }),
};
const tracker = createDeliveryTracker({
  client,
  chimeBearer: user,
  store,
  keepSettled: 0,
  rateLimit: { requestsPerSecond: 1e6, burst: 1e6, maxConcurrent: 1_000 },
});
await tracker.restored;

await sendAll(BATCH);
items.clear();
const before = await heapBytes();
const operationsBefore = operations;
await sendAll(MESSAGES);
const meanwhile = operations - operationsBefore;
// The keys that the store has are its own.
const kept = [...items].reduce((sum, key) => sum + key.length, 0);
const bytes = ((await heapBytes()) - before) / MESSAGES;
const operationsThen = operations;
await later(6_000);
console.log(JSON.stringify({ bytes, kept, operations: meanwhile, laterOperations: operations - operationsThen }));
process.exit();

async function sendAll(count: number): Promise<void> {
  const input = { ChannelArn: channel, Content: 'hello', Type: 'STANDARD', Persistence: 'PERSISTENT' } as const;
  for (let i = 0; i < count; i += BATCH) {
    const batch = Array.from({ length: BATCH }, () => tracker.send(input).settled);
    await Promise.all(batch);
  }
}

async function heapBytes(): Promise<number> {
  let least = Infinity;
  for (let i = 0; i < 5; i += 1) {
    await later(20);
    globalThis.gc?.();
    least = Math.min(least, process.memoryUsage().heapUsed);
  }
  return least;
}
