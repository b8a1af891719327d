// One environment: what it needs, and the app that shows that the library works in it.
import type { App } from './app.ts';

export interface Environment {
  readonly name: string;
  /** Part of the gate. */
  readonly quick?: boolean;
  readonly packages?: readonly string[];
  readonly manifest?: object;
  /** Rejects where the library does not work. */
  readonly check: (app: App) => Promise<void>;
}

/** The whole story: the emulator, the real SDK client, and a delivery that ends SENT. Prints its outcome. */
export const STORY = `
  const emulator = await startChimeEmulator({ flow: () => ({ outcome: 'SENT', afterMs: 50 }) });
  const client = new ChimeSDKMessagingClient({
    region: emulator.region, endpoint: emulator.url, credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
  const tracker = createDeliveryTracker({ client, chimeBearer: emulator.userArn('alice') });
  const ChannelArn = emulator.createChannel();
  const input = { ChannelArn, Content: 'hi', Type: 'STANDARD', Persistence: 'PERSISTENT' };
  const { status } = await tracker.send(input).settled;
  await tracker.close();
  client.destroy();
  await emulator.close();
  console.log('outcome ' + status);
`;

/** The same without sockets, for what runs in a page or a worker. `run` resolves with the outcome. */
export const SMALL_STORY = `
  import { createDeliveryTracker } from 'chime-delivery';
  export async function run() {
    const client = { send: async () => ({ MessageId: 'm1', Status: { Value: 'SENT' } }) };
    const tracker = createDeliveryTracker({ client, chimeBearer: 'arn:aws:chime:us-east-1:111122223333:app-instance/a/user/b' });
    const { status } = await tracker.send({
      ChannelArn: 'arn:aws:chime:us-east-1:111122223333:app-instance/a/channel/c',
      Content: 'hi', Type: 'STANDARD', Persistence: 'PERSISTENT',
    }).settled;
    await tracker.close();
    return 'outcome ' + status;
  }
`;

export const OUTCOME = 'outcome SENT';
