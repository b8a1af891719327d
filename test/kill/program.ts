// The program that is killed: it sends through the outbox with a file store, and reports on its output at once, so that
// the killer knows as much: `kept` when the store has acknowledged a message, `ended` when one has its outcome. It
// waits for `go` on its input, so that the next one can be started while this one still runs.

import { writeSync } from 'node:fs';
import { ChimeSDKMessagingClient } from '@aws-sdk/client-chime-sdk-messaging';
import { createDeliveryTracker, type DeliveryStore } from 'chime-delivery';
import { createStorage } from 'unstorage';
import fsDriver from 'unstorage/drivers/fs-lite';
import type { Orders } from './orders.ts';

const orders = JSON.parse(process.argv[2] ?? '{}') as Orders;
const { url, region, chimeBearer, ChannelArn, base } = orders;

const client = new ChimeSDKMessagingClient({
  region,
  endpoint: url,
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
});
const files = createStorage({ driver: fsDriver({ base }) });
const store: DeliveryStore = {
  getKeys: (key) => files.getKeys(key),
  getItem: (key) => files.getItem(key),
  removeItem: (key) => files.removeItem(key),
  setItem: async (key, value) => {
    await files.setItem(key, value);
    if (key.includes(':send-')) say('kept', (JSON.parse(value) as { id: string }).id);
  },
};

say('ready');
process.stdin.once('data', (command: Buffer) => void run(command.toString()));

async function run(command: string): Promise<void> {
  const quiet = (): void => undefined;
  const tracker = createDeliveryTracker({
    client,
    chimeBearer,
    store,
    rateLimit: { requestsPerSecond: 200, burst: 200, maxConcurrent: 20 },
    polling: { firstDelayMs: 30, maxDelayMs: 100 },
    missing: { confirmDelayMs: 20, minAgeMs: 50, unseenMs: 50 },
    logger: { debug: quiet, info: quiet, warn: (message) => say('warn', message), error: quiet },
  });
  // A restored record was written completely, even if the kill came before the store could acknowledge it.
  let own = false;
  tracker.on('update', ({ id, status }) => {
    if (status === 'SENDING' && !own) say('kept', id);
  });
  tracker.on('settled', ({ id, status }) => say('ended', id, status));
  tracker.on('error', (error) => say('error', error.message));
  say('restored', String(await tracker.restored));
  if (command.startsWith('finish')) return finish();
  const [, life = ''] = command.trim().split(' ');
  for (let i = 0; ; i += 1) {
    const fate = ['SENT 0', 'SENT 60', 'DENIED 40', 'FAILED 20'][i % 4];
    own = true;
    tracker.send({ ChannelArn, Content: `${fate} ${life}-${i}`, Type: 'STANDARD', Persistence: 'PERSISTENT' });
    own = false;
    await new Promise((resolve) => setTimeout(resolve, 8));
  }

  async function finish(): Promise<void> {
    while (tracker.stats.pending > 0) await new Promise((resolve) => setTimeout(resolve, 10));
    await tracker.close();
    client.destroy();
    process.exit(0);
  }
}

function say(...words: string[]): void {
  writeSync(1, `${words.join(' ')}\n`);
}
