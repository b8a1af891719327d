import { ChimeSDKMessagingClient } from '@aws-sdk/client-chime-sdk-messaging';
import {
  DefaultMessagingSession,
  MessagingSessionConfiguration,
  NoOpLogger,
  type MessagingSession,
} from 'amazon-chime-sdk-js';
import * as page from '../shared/address.ts';
import { PlainSigner } from '../shared/plain-signer.ts';

const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
export const client: ChimeSDKMessagingClient = new ChimeSDKMessagingClient({
  region: page.region,
  endpoint: page.endpoint,
  credentials,
});
const configuration = new MessagingSessionConfiguration(page.member, null, undefined, client);
const signer = new PlainSigner(client);
const logger = new NoOpLogger();
export const session: MessagingSession = new DefaultMessagingSession(
  configuration,
  logger,
  undefined,
  undefined,
  signer,
);
