/** One measurement, in a separate process so that no contender pays for another's heap. Prints one line of JSON. */
import { setImmediate as nextTurn, setTimeout as later } from 'node:timers/promises';
import { contenders } from './contenders.ts';
import { messageIds, sentEvent, type Contender } from './workload.ts';

/**
 * Events of one round are spread over all pending deliveries; a loop over every one would take hours if one is O(n).
 */
const MAX_EVENTS = 20_000;
const BUDGET_MS = 5_000;
/** Few messages are measured several times, or the compiler's warm-up would dominate the figure. */
const MESSAGES_PER_FIGURE = 20_000;

interface Timing {
  readonly trackMicros: number;
  readonly pushMicros: number;
}

const [name = '', size = '1000'] = process.argv.slice(2);
const create = contenders[name];
if (create === undefined) throw new Error(`Expected a contender: ${Object.keys(contenders).join(', ')}; got ${name}.`);
const count = Number(size);

const rounds = Math.max(1, Math.round(MESSAGES_PER_FIGURE / count));
/** No delivery is released before the end: its freed memory would count for the next one. */
const alive: Contender[] = [];

await timing(create, Math.min(count, MESSAGES_PER_FIGURE), rounds);
const bytes = await memory(create, count);
console.log(JSON.stringify({ bytes, ...(await timing(create, count, rounds)) }));
for (const contender of alive) await contender.close();
// An aborted waiter sleeps on.
process.exit();

async function memory(make: () => Contender, messages: number): Promise<number> {
  const ids = messageIds(messages);
  const contender = begin(make);
  const before = await heapBytes();
  for (const id of ids) contender.track(id);
  return ((await heapBytes()) - before) / messages;
}

async function timing(make: () => Contender, messages: number, times: number): Promise<Timing> {
  let trackMs = 0;
  let pushMs = 0;
  let pushed = 0;
  for (let i = 0; i < times; i += 1) {
    const ids = messageIds(messages);
    const contender = begin(make);
    const begun = performance.now();
    for (const id of ids) contender.track(id);
    trackMs += performance.now() - begun;

    const step = Math.max(1, Math.floor(messages / MAX_EVENTS));
    const events = ids.filter((_, index) => index % step === 0).map(sentEvent);
    const pushBegun = performance.now();
    let handed = 0;
    for (const event of events) {
      contender.push(event);
      handed += 1;
      if (performance.now() - pushBegun > BUDGET_MS) break;
    }
    pushMs += performance.now() - pushBegun;
    pushed += handed;
    // A query notifies its observers by a timer of 0 ms.
    await later(5);
    if (contender.settled() !== handed) throw new Error(`${handed} events settled ${contender.settled()} deliveries.`);
  }
  return { trackMicros: (trackMs / (messages * times)) * 1_000, pushMicros: (pushMs / pushed) * 1_000 };
}

function begin(make: () => Contender): Contender {
  const contender = make();
  alive.push(contender);
  return contender;
}

/** The live heap: collected until it shrinks no more, since the memory of an earlier round is freed bit by bit. */
async function heapBytes(): Promise<number> {
  for (let last = Infinity; ;) {
    await nextTurn();
    globalThis.gc?.();
    const { heapUsed } = process.memoryUsage();
    if (heapUsed >= last) return heapUsed;
    last = heapUsed;
  }
}
