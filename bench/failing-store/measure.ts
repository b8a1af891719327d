/** One kind of failure, in a separate process. Prints one line of JSON. */
import { setTimeout as later } from 'node:timers/promises';
import { createDeliveryTracker, type DeliveryStore } from 'chime-delivery';
import { channel, user } from '../overhead/workload.ts';

const MESSAGES = 20_000;
const BATCH = 500;
const [way = ''] = process.argv.slice(2);
const fails = { set: /everything|writes/.test(way), remove: /everything|removals/.test(way) };

let operations = 0;
// It keeps nothing itself, so that all memory is the library's.
const act = (isFailing: boolean): Promise<void> => {
  operations += 1;
  return isFailing ? Promise.reject(new Error('EIO')) : Promise.resolve();
};
const store: DeliveryStore = {
  getKeys: () => [],
  getItem: () => undefined,
  setItem: () => act(fails.set),
  removeItem: () => act(fails.remove),
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
const before = await heapBytes();
const operationsBefore = operations;
await sendAll(MESSAGES);
const meanwhile = operations - operationsBefore;
const bytes = ((await heapBytes()) - before) / MESSAGES;
const operationsThen = operations;
await later(6_000);
console.log(JSON.stringify({ bytes, operations: meanwhile, laterOperations: operations - operationsThen }));
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
