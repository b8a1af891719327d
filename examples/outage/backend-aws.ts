// The backend on a real account: the service, credentials from the default chain, and an outage by stopping the session.
import { ChimeSDKMessagingClient } from '@aws-sdk/client-chime-sdk-messaging';
import { createNodeSession } from '../support/node-session.ts';
import type { Request } from './arguments.ts';
import { scriptOnAws } from './scenario.ts';
import type { Backend } from './backend.ts';

export async function openAwsBackend(request: Extract<Request, { kind: 'aws' }>): Promise<Backend> {
  const { region, channelArn, bearer } = request;
  const client = new ChimeSDKMessagingClient({ region });
  // Fail now with the chain's own message, not at each of the 40 sends.
  await client.config.credentials();
  const { session, end } = await createNodeSession({ client, userArn: bearer });
  return {
    client,
    session,
    channelArn,
    bearer,
    script: scriptOnAws,
    truth: undefined,
    perform: (action) => {
      switch (action) {
        case 'connect':
        case 'restore':
          return session.start();
        case 'cut':
          return session.stop();
        case 'throttle':
          return;
      }
    },
    close: async () => {
      end();
      client.destroy();
    },
  };
}
