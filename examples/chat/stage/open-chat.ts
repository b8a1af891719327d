// Starts the chat: the emulator with its channel and users, the director, and the server of the page.
import { startChimeEmulator, type ChimeEmulator } from 'chime-delivery/emulator';
import { Director } from './director.ts';
import { servePage, type PageOptions } from './page-server.ts';
import { stageEndpoint } from './stage-endpoint.ts';

export interface OpenChat {
  /** The address of the page. */
  readonly url: string;
  readonly emulator: ChimeEmulator;
  close(): Promise<void>;
}

export async function openChat(options: PageOptions): Promise<OpenChat> {
  const emulator = await startChimeEmulator();
  const director = new Director(emulator);
  const channelArn = emulator.createChannel({ name: 'general', flow: director.flow });
  const users = ['Alice', 'Bob'].map((name) => ({ name, arn: emulator.userArn(name) }));
  const { url: endpoint, region } = emulator;
  const plugin = stageEndpoint({
    describe: () => ({ endpoint, region, channelArn, users, situation: director.situation }),
    carryOut: (command) => director.carryOut(command),
  });
  const page = await servePage(options, [plugin]).catch(async (error: unknown) => {
    await emulator.close();
    throw error;
  });
  return {
    url: page.resolvedUrls?.local[0] ?? '',
    emulator,
    close: async () => {
      director.close();
      await page.close();
      await emulator.close();
    },
  };
}
