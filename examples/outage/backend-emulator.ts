// The backend on a local emulator: its flow gives the outcomes of the scenario, and its socket can be cut.
import { ChimeSDKMessagingClient } from '@aws-sdk/client-chime-sdk-messaging';
import { faults, startChimeEmulator, type Flow } from 'chime-delivery/emulator';
import { createNodeSession } from '../support/node-session.ts';
import { messages, script } from './scenario.ts';
import type { Backend } from './backend.ts';

export async function openEmulatorBackend(): Promise<Backend> {
  const emulator = await startChimeEmulator({ flow });
  const client = new ChimeSDKMessagingClient({
    region: emulator.region,
    endpoint: emulator.url,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const bearer = emulator.userArn('alice');
  const { session, end } = await createNodeSession({ client, userArn: bearer, plain: true });
  return {
    client,
    session,
    channelArn: emulator.createChannel({ name: 'general' }),
    bearer,
    script,
    truth: {
      of: (messageId) => emulator.truth(messageId),
      created: () => emulator.messages.length,
      busiestSecond: () => emulator.maxInSlidingSecond(bearer),
    },
    perform: (action) => {
      switch (action) {
        case 'connect':
          return session.start();
        case 'cut':
          emulator.refuseSockets(true);
          emulator.dropSockets();
          return;
        case 'throttle':
          emulator.fault(faults.throttled({ operation: 'GetChannelMessageStatus', times: 1 }));
          return;
        case 'restore':
          // The session reconnects by itself.
          emulator.refuseSockets(false);
      }
    },
    close: async () => {
      end();
      client.destroy();
      await emulator.close();
    },
  };
}

const planOf = new Map(messages.map((message) => [message.text, message]));

const flow: Flow = ({ content }) => {
  const plan = planOf.get(content);
  return plan === undefined || plan.afterMs === 0 ? undefined : { outcome: plan.outcome, afterMs: plan.afterMs };
};
