// One user of the chat: client, session and tracker, connected as in an app. Comments mark what only the emulator needs.
import { ChimeSDKMessagingClient } from '@aws-sdk/client-chime-sdk-messaging';
import type { MessagingSession } from 'amazon-chime-sdk-js';
import { createDeliveryTracker, type DeliveryTracker } from 'chime-delivery';
import type { DemoSetup } from '../../protocol.ts';
import { Conversation } from '../conversation/conversation.ts';
import { KeptFailures } from './kept-failures.ts';
import { keepUpToDate } from './keep-up-to-date.ts';
import { localStore } from './local-store.ts';
import { createSession } from './session.ts';

export interface Person {
  readonly name: string;
  readonly arn: string;
  readonly channelArn: string;
  readonly tracker: DeliveryTracker;
  readonly session: MessagingSession;
  readonly conversation: Conversation;
  readonly failures: KeptFailures;
}

export function createPerson({ name, arn }: DemoSetup['users'][number], control: DemoSetup): Person {
  const { endpoint, region, channelArn } = control;
  // The emulator accepts any credentials. An app omits `endpoint` and passes a provider that renews its credentials.
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new ChimeSDKMessagingClient({ region, endpoint, credentials });
  const session = createSession(client, arn);

  const tracker = createDeliveryTracker({
    client,
    chimeBearer: arn,
    store: localStore,
    // While push works, the first safety poll comes after 20 s by default, which is long for a demo.
    polling: { quietMs: 5_000 },
  });
  // Attach before the session starts, so that the tracker misses no event.
  tracker.attach(session);

  const conversation = new Conversation();
  keepUpToDate({ arn, channelArn, session, tracker, conversation });
  return { name, arn, channelArn, tracker, session, conversation, failures: new KeptFailures(tracker, arn) };
}
