// The real `DefaultMessagingSession` of amazon-chime-sdk-js in Node: the browser globals that it needs, a signer for servers
// without TLS, and a stop that holds even while it is reconnecting. A browser app needs none of this.
import type { ChimeSDKMessagingClient } from '@aws-sdk/client-chime-sdk-messaging';
import type { MessagingSession, SigV4 } from 'amazon-chime-sdk-js';
import { CloseEvent } from 'undici';
import { WebSocket } from 'ws';

export interface NodeSession {
  /** What an app hands to `tracker.attach`. */
  readonly session: MessagingSession;
  /** Ends it for good. */
  readonly end: () => void;
}

export interface NodeSessionOptions {
  /** Signs the websocket, and is asked for its endpoint. */
  readonly client: ChimeSDKMessagingClient;
  readonly userArn: string;
  /** The server has no TLS: `ws:` instead of the `wss:` that the session insists on. */
  readonly plain?: boolean;
}

export async function createNodeSession({ client, userArn, plain = false }: NodeSessionOptions): Promise<NodeSession> {
  // Before the package is loaded: Node 20 lacks both. The WebSocket is ws's, because the one of undici 6 (Node 20 to 22) fires
  // no 'close' when an upgrade is refused (nodejs/undici#3546): the session would never try again, and never say so.
  Object.assign(globalThis, { WebSocket, CloseEvent });
  const chime = await import('amazon-chime-sdk-js');
  const configuration = new chime.MessagingSessionConfiguration(userArn, null, undefined, client);
  // With its default of 5 s the way back could take longer than the outage that is shown.
  configuration.reconnectLongBackoffMs = 1_000;
  const { reconnectTimeoutMs, reconnectFixedWaitMs, reconnectShortBackoffMs, reconnectLongBackoffMs } = configuration;
  const backoff = new chime.FullJitterBackoff(reconnectFixedWaitMs, reconnectShortBackoffMs, reconnectLongBackoffMs);
  const reconnects = new chime.DefaultReconnectController(reconnectTimeoutMs, backoff);
  const logger = new chime.NoOpLogger();
  const signer: SigV4 = new chime.DefaultSigV4(client);
  const session = new chime.DefaultMessagingSession(
    configuration,
    logger,
    new chime.DefaultWebSocketAdapter(logger),
    reconnects,
    plain ? plainSigner(signer) : signer,
  );

  let ended = false;
  const retry = reconnects.retryWithBackoff.bind(reconnects);
  reconnects.retryWithBackoff = (again, cancel) => {
    // Nobody but us could catch the rejection of a reconnect that fails; the observers hear what matters of it.
    const quietly = (): void => void Promise.resolve(again()).catch(() => undefined);
    return !ended && retry(quietly, cancel);
  };
  const end = (): void => {
    ended = true;
    // The session's own stop() is ignored during a back-off, and undone by a reconnect that is under way.
    reconnects.cancel();
    session.addObserver({ messagingSessionDidStartConnecting: () => session.stop() });
    session.stop();
  };
  return { session, end };
}

/** The signature does not cover the scheme. */
function plainSigner(signer: SigV4): SigV4 {
  return { signURL: async (...request) => (await signer.signURL(...request)).replace(/^wss:/, 'ws:') };
}
