/** One measurement, in a process of its own so that no contender pays for another's heap. Prints one line of JSON. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { contenders } from './contenders.ts';
import { messageIds, sentEvent } from './workload.ts';

/** Events are measured over this many messages, or the loop over all would take minutes for one that is O(n) an event. */
const MAX_EVENTS = 20_000;
const BUDGET_MS = 5_000;

const [name = '', size = '1000'] = process.argv.slice(2);
const create = contenders[name];
if (create === undefined) throw new Error(`Expected a contender: ${Object.keys(contenders).join(', ')}; got ${name}.`);
const count = Number(size);

// A first, small round lets the compiler do its work.
await round(create, Math.min(count, 5_000));
console.log(JSON.stringify(await round(create, count)));

async function round(make: (typeof contenders)[string], messages: number): Promise<object> {
  const ids = messageIds(messages);
  const contender = make();
  const before = await heapBytes();
  const begun = performance.now();
  for (const id of ids) contender.track(id);
  const trackMs = performance.now() - begun;
  const bytes = (await heapBytes()) - before;

  // Evenly spread over all that are pending.
  const step = Math.max(1, Math.floor(messages / MAX_EVENTS));
  const events = ids.filter((_, i) => i % step === 0).map(sentEvent);
  const pushBegun = performance.now();
  let pushed = 0;
  for (const event of events) {
    contender.push(event);
    pushed += 1;
    if (performance.now() - pushBegun > BUDGET_MS) break;
  }
  const pushMs = performance.now() - pushBegun;
  await nextTurn();
  if (contender.settled() !== pushed) throw new Error(`${pushed} events settled ${contender.settled()} deliveries.`);
  await contender.close();
  return { bytes: bytes / messages, trackMicros: (trackMs / messages) * 1_000, pushMicros: (pushMs / pushed) * 1_000 };
}

/** The live heap: collected until it shrinks no more, since what an earlier round left is given back bit by bit. */
async function heapBytes(): Promise<number> {
  for (let last = Infinity; ;) {
    await nextTurn();
    globalThis.gc?.();
    const { heapUsed } = process.memoryUsage();
    if (heapUsed >= last) return heapUsed;
    last = heapUsed;
  }
}
