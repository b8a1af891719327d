// A worker process of the fleet that is killed: it holds shards until it is ended, and says which.
import { writeSync } from 'node:fs';
import { ChimeSDKMessagingClient } from '@aws-sdk/client-chime-sdk-messaging';
import { createDeliveryFleet } from 'chime-delivery/fleet';
import { redisEngine } from 'chime-delivery/fleet/redis';

import { scripts, type ScriptName } from '../../../src/fleet/redis/scripts.ts';

const { redis, url, region, name, shards, without } = JSON.parse(process.argv[2] ?? '{}') as WorkerOrders;

export interface WorkerOrders {
  readonly redis: string;
  readonly url: string;
  readonly region: string;
  readonly name: string;
  readonly shards: number;
  readonly without?: 'update' | 'settle' | undefined;
}

/** The same without its fence. */
const unfenced = {
  update: {
    fleetUpdate: scripts.fleetUpdate.lua.replace(
      "if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then return 0 end",
      '',
    ),
  },
  settle: {
    fleetSettle: "redis.call('HDEL', KEYS[1], ARGV[1]) redis.call('XADD', KEYS[2], '*', 'o', ARGV[2]) return 1",
  },
};
for (const [script, lua] of Object.entries(without === undefined ? {} : unfenced[without]))
  Object.assign(scripts[script as ScriptName], { lua });

const client = new ChimeSDKMessagingClient({
  region,
  endpoint: url,
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
});
const fleet = createDeliveryFleet({
  engine: redisEngine({ connection: redis, name: 'killed' }),
  clientFor: () => client,
  role: 'worker',
  shards,
  name,
  send: { persistContent: true },
});
fleet.on('error', (error) => say('error', error.message));
await fleet.ready;
say('ready');
process.once('SIGTERM', () => {
  void fleet.close().then(() => process.exit(0));
});

/** At once, so that it is out before a kill. */
function say(...words: readonly string[]): void {
  writeSync(1, `${words.join(' ')}\n`);
}
