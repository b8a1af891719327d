/** One restart, in a separate process like a real one: nothing is warm. Prints one line of JSON. */
import { readFile } from 'node:fs/promises';
import { createDeliveryTracker, type DeliveryStore } from 'chime-delivery';
import { user } from '../overhead/workload.ts';
import { measureCpuMicros } from '../support/cpu-time.ts';

const [file = ''] = process.argv.slice(2);
const items = new Map(Object.entries(JSON.parse(await readFile(file, 'utf8')) as Record<string, string>));

let storeMs = 0;
const timed = <T>(act: () => T): T => {
  const begun = performance.now();
  const result = act();
  storeMs += performance.now() - begun;
  return result;
};
const store: DeliveryStore = {
  getKeys: () => timed(() => [...items.keys()]),
  getItem: (key) => timed(() => items.get(key)),
  setItem: (key, value) => items.set(key, value),
  removeItem: (key) => items.delete(key),
};

/** The longest time in which nothing else could run: between two turns of the event loop. */
let longestBlockMs = 0;
let lastTurn = performance.now();
const watch = (): void => {
  const now = performance.now();
  longestBlockMs = Math.max(longestBlockMs, now - lastTurn);
  lastTurn = now;
  setImmediate(watch);
};
// Garbage from the start of the process is not the restart's.
await new Promise((resolve) => setTimeout(resolve, 100));
lastTurn = performance.now();
setImmediate(watch);

const begun = performance.now();
const cpuMicros = measureCpuMicros();
const client = { send: () => new Promise(() => undefined) };
const tracker = createDeliveryTracker({ client, chimeBearer: user, store });
const pending = await tracker.restored;
const restoredMs = performance.now() - begun;
const cpuMs = cpuMicros() / 1_000;
// The turn in which it was restored, and the one after.
for (let i = 0; i < 2; i += 1) await new Promise((resolve) => setImmediate(resolve));
if (pending !== items.size) throw new Error(`${items.size} were pending, ${pending} came back.`);
console.log(JSON.stringify({ restoredMs, cpuMs, storeMs, longestBlockMs }));
process.exit();
