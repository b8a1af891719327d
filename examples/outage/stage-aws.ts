// The stage of a real account: the service itself, credentials from the default chain, an outage by stopping the session.
import { ChimeSDKMessagingClient } from '@aws-sdk/client-chime-sdk-messaging';
import { createNodeSession } from '../support/node-session.ts';
import type { Request } from './arguments.ts';
import { storyOnAws } from './scenario.ts';
import type { Stage } from './stage.ts';

export async function openAwsStage(request: Extract<Request, { kind: 'aws' }>): Promise<Stage> {
  const { region, channelArn, bearer } = request;
  const client = new ChimeSDKMessagingClient({ region });
  // Rather now, with the chain's own words, than forty times later.
  await client.config.credentials();
  const { session, end } = await createNodeSession({ client, userArn: bearer });
  return {
    client,
    session,
    channelArn,
    bearer,
    story: storyOnAws,
    truth: undefined,
    perform: (deed) => {
      switch (deed) {
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
