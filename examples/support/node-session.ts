// The real `DefaultMessagingSession` of amazon-chime-sdk-js in Node: adds the browser globals that it needs, a signer for
// servers without TLS, and a stop that works while it reconnects. A browser app needs none of this.
import type { ChimeSDKMessagingClient } from '@aws-sdk/client-chime-sdk-messaging';
import type { MessagingSession, SigV4 } from 'amazon-chime-sdk-js';
import { CloseEvent } from 'undici';
import { WebSocket } from 'ws';

export interface NodeSession {
  /** The argument for `tracker.attach`. */
  readonly session: MessagingSession;
  /** Ends the session, reconnects included. */
  readonly end: () => void;
}

export interface NodeSessionOptions {
  /** Signs the websocket and gets its endpoint. */
  readonly client: ChimeSDKMessagingClient;
  readonly userArn: string;
  /** The server has no TLS: connect by `ws:` instead of the session's `wss:`. */
  readonly plain?: boolean;
}

export async function createNodeSession({ client, userArn, plain = false }: NodeSessionOptions): Promise<NodeSession> {
  // These must exist before the package is loaded: Node 20 lacks both. The WebSocket is ws's, because the one of undici 6 (Node 20 to 22) fires
  // no 'close' when an upgrade is refused (nodejs/undici#3546), so the session would silently never reconnect.
  Object.assign(globalThis, { WebSocket, CloseEvent });
  const chime = await import('amazon-chime-sdk-js');
  const configuration = new chime.MessagingSessionConfiguration(userArn, null, undefined, client);
  // With the default of 5 s, a reconnect could take longer than the outage of the demo.
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
    // No other code can catch the rejection of a failed reconnect. The observers report the failure.
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
