// The smallest complete program: sends one message and prints its states. The emulator replaces Amazon Chime; on a real
// account, omit `endpoint` and `credentials` and use your own ARNs.
import { ChimeSDKMessagingClient } from '@aws-sdk/client-chime-sdk-messaging';
import { createDeliveryTracker } from 'chime-delivery';
import { startChimeEmulator } from 'chime-delivery/emulator';

const emulator = await startChimeEmulator({ flow: () => ({ outcome: 'SENT', afterMs: 500 }) });
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
const client = new ChimeSDKMessagingClient({ region: emulator.region, endpoint: emulator.url, credentials });
const tracker = createDeliveryTracker({ client, chimeBearer: emulator.userArn('alice') });

const ChannelArn = emulator.createChannel();
const delivery = tracker.send({ ChannelArn, Content: 'hello', Type: 'STANDARD', Persistence: 'PERSISTENT' });
delivery.state$.subscribe(({ status }) => console.log(status)); // SENDING, PENDING, SENT
await delivery.settled;

await tracker.close();
client.destroy();
await emulator.close();
