// The real `DefaultMessagingSession` of amazon-chime-sdk-js in Node, with an emulator: the globals that it needs, a
// signer that uses ws: instead of its hard-coded wss:, a stop that works even during a backoff, and a record of its
// observer's calls.

import { createRequire } from 'node:module';

import type { ChimeSDKMessagingClient } from '@aws-sdk/client-chime-sdk-messaging';
import type { Message, MessagingSession, SigV4 } from 'amazon-chime-sdk-js';
import { CloseEvent, WebSocket } from 'undici';

import type { ChimeEmulator } from '../../src/emulator/index.ts';

export interface RealSessionOptions {
  emulator: ChimeEmulator;
  /** Signs the websocket and requests its endpoint; its region and credentials are the session's. */
  client: ChimeSDKMessagingClient;
  userArn: string;
  /** Request CHANNEL_DETAILS at every connect. Default false. */
  prefetch?: boolean;
  /** After how long the session gives up reconnecting. Default: the session's own 10 s. */
  reconnectTimeoutMs?: number;
}

export interface RealSession extends AsyncDisposable {
  /** The session that an app passes to `tracker.attach`. */
  readonly session: MessagingSession;
  /** Every message that an observer got, SESSION_ESTABLISHED among them. */
  readonly messages: readonly Message[];
  /** The calls of the observer besides messages: 'connecting', 'reconnecting', 'started', 'stopped 1006'. */
  readonly story: readonly string[];
  /** Starts it; resolves when it is established, rejects with the refusal. */
  readonly start: () => Promise<void>;
  /** The first message of this type (so far or to come) that the predicate accepts. */
  readonly message: (
    type: string,
    accept?: (payload: Record<string, unknown>) => boolean,
  ) => Promise<Record<string, unknown>>;
  /** Resolves when the story contains this at least so many times (default once). */
  readonly heard: (line: string, times?: number) => Promise<void>;
  /** Stops it for good; resolves when its socket is closed. */
  readonly stop: () => Promise<void>;
}

/** A session that is established. */
export async function connectRealSession(options: RealSessionOptions): Promise<RealSession> {
  const real = createRealSession(options);
  await real.start();
  return real;
}

/** A session that was not started yet: for observers that must not miss its first signals. */
export function createRealSession(options: RealSessionOptions): RealSession {
  const { emulator, client, userArn, prefetch = false } = options;
  const sdk = loadSdk();
  const configuration = new sdk.MessagingSessionConfiguration(userArn, null, undefined, client);
  if (prefetch) configuration.prefetchOn = sdk.PrefetchOn.Connect;
  if (options.reconnectTimeoutMs !== undefined) configuration.reconnectTimeoutMs = options.reconnectTimeoutMs;
  const reconnects = new sdk.DefaultReconnectController(
    configuration.reconnectTimeoutMs,
    new sdk.FullJitterBackoff(
      configuration.reconnectFixedWaitMs,
      configuration.reconnectShortBackoffMs,
      configuration.reconnectLongBackoffMs,
    ),
  );
  const logger = new sdk.NoOpLogger();
  const socket = new sdk.DefaultWebSocketAdapter(logger);
  const session = new sdk.DefaultMessagingSession(configuration, logger, socket, reconnects, plainSocketSigner(client));

  const messages: Message[] = [];
  const story: string[] = [];
  const watchers = new Set<() => void>();
  const wake = (): void => watchers.forEach((look) => look());
  const tell = (line: string): void => {
    story.push(line);
    wake();
  };
  session.addObserver({
    messagingSessionDidStartConnecting: (again) => tell(again ? 'reconnecting' : 'connecting'),
    messagingSessionDidStart: () => tell('started'),
    messagingSessionDidStop: (event) => tell(`stopped ${event.code}`),
    messagingSessionDidReceiveMessage: (message) => {
      messages.push(message);
      wake();
    },
  });
  /** Resolves as soon as `find` finds something. */
  const until = <Found>(find: () => Found | undefined): Promise<Found> =>
    new Promise((resolve) => {
      const look = (): void => {
        const found = find();
        if (found === undefined) return;
        watchers.delete(look);
        resolve(found);
      };
      watchers.add(look);
      look();
    });

  const open = (): boolean =>
    emulator.connections.some(
      ({ sessionId, refused, closedAt, mute }) =>
        sessionId === configuration.messagingSessionId && refused === undefined && closedAt === undefined && !mute,
    );
  const stop = async (): Promise<void> => {
    // Its own stop() is ignored during a backoff, and undone by a reconnect in flight.
    reconnects.cancel();
    reconnects.retryWithBackoff = () => false;
    session.addObserver({ messagingSessionDidStartConnecting: () => session.stop() });
    // A socket that closes before it is established rejects a promise that the session itself leaves unhandled (measured).
    const nothing = (): void => {};
    Object.defineProperty(session, 'bootstrapRejected', { get: () => nothing, set: nothing });
    session.stop();
    while (open()) await new Promise((resolve) => setTimeout(resolve, 2));
  };

  return {
    session,
    messages,
    story,
    start: () => session.start(),
    message: (type, accept = () => true) =>
      until(() =>
        messages
          .filter((message) => message.type === type)
          .map(payloadOf)
          .find(accept),
      ),
    heard: async (line, times = 1) => {
      await until(() => (story.filter((one) => one === line).length >= times ? true : undefined));
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function payloadOf(message: Message): Record<string, unknown> {
  const parsed: unknown = JSON.parse(message.payload || '{}');
  return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {};
}

/** Loads the SDK, with the globals that it expects of a browser and Node 20 lacks. */
function loadSdk(): typeof import('amazon-chime-sdk-js') {
  Object.assign(globalThis, { WebSocket, CloseEvent });
  return createRequire(import.meta.url)('amazon-chime-sdk-js') as typeof import('amazon-chime-sdk-js');
}

/** The SDK's own signer, which always uses wss:, for a server without TLS. The signature does not cover the scheme. */
function plainSocketSigner(client: ChimeSDKMessagingClient): SigV4 {
  const signer = new (loadSdk().DefaultSigV4)(client);
  return {
    signURL: async (...request) => (await signer.signURL(...request)).replace(/^wss:/, 'ws:'),
  };
}
