/** The real messaging session of amazon-chime-sdk-js for a server without TLS, and a record of what its observer hears. */
import type { ChimeSDKMessagingClient } from '@aws-sdk/client-chime-sdk-messaging';
import {
  ConsoleLogger,
  DefaultMessagingSession,
  DefaultSigV4,
  LogLevel,
  MessagingSessionConfiguration,
  PrefetchOn,
} from 'amazon-chime-sdk-js';

import type { SessionOptions } from './driver.ts';

/** The SDK's own signer insists on wss:. The signature covers neither the scheme nor, here, the host. */
class PlainSigner extends DefaultSigV4 {
  readonly #relay: string | undefined;

  constructor(client: ChimeSDKMessagingClient, relay: string | undefined) {
    super(client);
    this.#relay = relay;
  }

  override async signURL(...request: Parameters<DefaultSigV4['signURL']>): Promise<string> {
    const url = new URL((await super.signURL(...request)).replace(/^wss:/, 'ws:'));
    if (this.#relay !== undefined) url.host = this.#relay;
    return url.href;
  }
}

export function createSession(
  client: ChimeSDKMessagingClient,
  userArn: string,
  { prefetch = false, reconnectTimeoutMs, relay }: SessionOptions,
  tell: (what: string) => void,
): DefaultMessagingSession {
  const configuration = new MessagingSessionConfiguration(userArn, null, undefined, client);
  if (prefetch) configuration.prefetchOn = PrefetchOn.Connect;
  if (reconnectTimeoutMs !== undefined) configuration.reconnectTimeoutMs = reconnectTimeoutMs;
  const logger = new ConsoleLogger('session', LogLevel.OFF);
  const signer = new PlainSigner(client, relay);
  const session = new DefaultMessagingSession(configuration, logger, undefined, undefined, signer);
  session.addObserver({
    messagingSessionDidStartConnecting: (again) => tell(again ? 'reconnecting' : 'connecting'),
    messagingSessionDidStart: () => tell('started'),
    messagingSessionDidStop: ({ code }) => tell(`stopped ${code}`),
    messagingSessionDidReceiveMessage: ({ type }) => tell(type),
  });
  return session;
}
