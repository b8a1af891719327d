// The messaging session of amazon-chime-sdk-js, set up so that an outage does not end it.
import type { ChimeSDKMessagingClient } from '@aws-sdk/client-chime-sdk-messaging';
import {
  DefaultMessagingSession,
  DefaultSigV4,
  MessagingSessionConfiguration,
  NoOpLogger,
  type MessagingSession,
} from 'amazon-chime-sdk-js';

export function createSession(client: ChimeSDKMessagingClient, userArn: string): MessagingSession {
  const configuration = new MessagingSessionConfiguration(userArn, null, undefined, client);
  // By default the session stops reconnecting after 10 s and stays closed until the app starts it again.
  configuration.reconnectTimeoutMs = Number.MAX_SAFE_INTEGER;
  configuration.reconnectLongBackoffMs = 3_000;
  return new DefaultMessagingSession(configuration, new NoOpLogger(), undefined, undefined, new PlainSigner(client));
}

/** For the emulator, which has no TLS: the session always uses wss:. The signature does not cover the scheme. */
class PlainSigner extends DefaultSigV4 {
  override async signURL(...request: Parameters<DefaultSigV4['signURL']>): Promise<string> {
    return (await super.signURL(...request)).replace(/^wss:/, 'ws:');
  }
}
