// A worker of the fleet: it holds shards until it is killed, or ends on SIGTERM.
import { ChimeSDKMessagingClient } from '@aws-sdk/client-chime-sdk-messaging';
import { createDeliveryFleet } from 'chime-delivery/fleet';
import { redisEngine } from 'chime-delivery/fleet/redis';

const [redis = '', endpoint = '', name = ''] = process.argv.slice(2);
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
const client = new ChimeSDKMessagingClient({ region: 'us-east-1', endpoint, credentials });
const fleet = createDeliveryFleet({
  engine: redisEngine({ connection: redis, name: 'example' }),
  clientFor: () => client,
  role: 'worker',
  name,
  shards: 32,
});
await fleet.ready;
console.log('ready');
process.once('SIGTERM', () => void fleet.close().then(() => process.exit(0)));
