// A conversation that is there when the page opens. The real client sends it, as an app on another device would.
import { ChimeSDKMessagingClient, SendChannelMessageCommand } from '@aws-sdk/client-chime-sdk-messaging';
import type { ChimeEmulator } from 'chime-delivery/emulator';

const lines = [
  ['Alice', 'Is the new moderator in the channel yet?'],
  ['Bob', 'Since this morning. It reads every message before it is delivered.'],
  ['Alice', 'And if my train enters a tunnel before it answers?'],
  ['Bob', 'Then drop the websockets on the right, and send me something.'],
] as const;

export async function sendSampleConversation(emulator: ChimeEmulator, channelArn: string): Promise<void> {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new ChimeSDKMessagingClient({ region: emulator.region, endpoint: emulator.url, credentials });
  for (const [name, Content] of lines) {
    const ChimeBearer = emulator.userArn(name);
    const message = {
      ChannelArn: channelArn,
      ChimeBearer,
      Content,
      Type: 'STANDARD',
      Persistence: 'PERSISTENT',
    } as const;
    await client.send(new SendChannelMessageCommand(message));
  }
  client.destroy();
}
