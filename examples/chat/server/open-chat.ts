// Starts the chat: the emulator with its channel and users, the controller, and the server of the page.
import type { ViteDevServer } from 'vite';
import { startChimeEmulator, type ChimeEmulator } from 'chime-delivery/emulator';
import { FaultController } from './fault-controller.ts';
import { servePage, type PageOptions } from './page-server.ts';
import { controlEndpoint } from './control-endpoint.ts';
import { docsEndpoint } from './docs-endpoint.ts';
import { sendSampleConversation } from './sample-conversation.ts';

export interface OpenChat {
  /** The address of the page. */
  readonly url: string;
  readonly emulator: ChimeEmulator;
  close(): Promise<void>;
}

export async function openChat(options: PageOptions): Promise<OpenChat> {
  const emulator = await startChimeEmulator();
  const controller = new FaultController(emulator);
  let isOpen = false;
  const channelArn = emulator.createChannel({
    name: 'general',
    flow: (message) => (isOpen ? controller.flow(message) : { outcome: 'SENT', afterMs: 0 }),
  });
  const users = ['Alice', 'Bob'].map((name) => ({ name, arn: emulator.userArn(name) }));
  const { url: endpoint, region } = emulator;
  const plugin = controlEndpoint({
    describe: () => ({ endpoint, region, channelArn, users, situation: controller.situation }),
    apply: (command) => controller.apply(command),
  });
  const serve = async (): Promise<ViteDevServer> => {
    await sendSampleConversation(emulator, channelArn);
    isOpen = true;
    return servePage(options, [plugin, docsEndpoint]);
  };
  const page = await serve().catch(async (error: unknown) => {
    await emulator.close();
    throw error;
  });
  return {
    url: page.resolvedUrls?.local[0] ?? '',
    emulator,
    close: async () => {
      controller.close();
      await page.close();
      await emulator.close();
    },
  };
}
