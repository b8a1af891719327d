/**
 * The CPU time of one poll, in a separate process: from a permit to the parsed response. The client returns pending at
 * once, so that the rest is the library's. Prints one line of JSON.
 */
import { createDeliveryTracker } from 'chime-delivery';
import { channel, messageIds, user } from './workload.ts';
import { measureCpuMicros } from '../support/cpu-time.ts';

const MESSAGES = 2_000;
/** The first rounds compile the code. */
const ROUNDS = { warm: 3, measured: 10 };

const client = {
  send: () => Promise.resolve({ Status: { Value: 'PENDING' }, $metadata: { requestId: 'bench', attempts: 1 } }),
};
const tracker = createDeliveryTracker({
  client,
  chimeBearer: user,
  polling: { batch: false, firstDelayMs: 3_600_000, learn: false },
  rateLimit: { requestsPerSecond: 1_000_000, burst: 1_000_000, maxConcurrent: 50 },
});
for (const messageId of messageIds(MESSAGES)) tracker.track({ channelArn: channel, messageId });
for (let i = 0; i < ROUNDS.warm; i += 1) await tracker.reconcile();
const before = tracker.stats.polls;
const cpuMicros = measureCpuMicros();
for (let i = 0; i < ROUNDS.measured; i += 1) await tracker.reconcile();
const usedMicros = cpuMicros();
const polls = tracker.stats.polls - before;
if (polls !== MESSAGES * ROUNDS.measured)
  throw new Error(`${MESSAGES * ROUNDS.measured} polls were due, ${polls} made.`);
console.log(JSON.stringify({ pollMicros: usedMicros / polls }));
process.exit();
