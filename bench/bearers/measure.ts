/** Sends one message as each of many bearers, in one loop, in a separate process that prints the cost. */
import { createDeliveryTracker } from '../../src/index.ts';

const bearers = Number(process.argv[2]);
const collect = (globalThis as { gc?: () => void }).gc ?? ((): void => undefined);
const arn = 'arn:aws:chime:us-east-1:111122223333:app-instance/bench';
let sent = 0;
const client = {
  send: () =>
    Promise.resolve({ MessageId: `m${(sent += 1)}`, Status: { Value: 'SENT' }, $metadata: { requestId: 'r' } }),
};

function heap(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

const tracker = createDeliveryTracker({ client, chimeBearer: `${arn}/user/0`, keepSettled: 0, tabs: false });
const before = heap();
const begun = performance.now();
for (let i = 0; i < bearers; i += 1) {
  tracker.send({
    ChannelArn: `${arn}/channel/c`,
    ChimeBearer: `${arn}/user/${i}`,
    Content: 'hello',
    Type: 'STANDARD',
    Persistence: 'PERSISTENT',
  });
}
const loopMs = performance.now() - begun;
while (tracker.stats.settled.SENT < bearers) await new Promise((resolve) => setTimeout(resolve, 10));
// Until each bearer's burst is full again, and its limiter may be dropped.
await new Promise((resolve) => setTimeout(resolve, 5_000));
const bytes = (heap() - before) / bearers;
console.log(JSON.stringify({ loopMs, bytes }));
await tracker.close();
