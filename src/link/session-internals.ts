/**
 * What a `MessagingSession` of amazon-chime-sdk-js knows and tells nobody: read from its private fields by their shape
 * (seen in 3.32.0), each optional. Where one is absent, only the promptness of what follows from it is lost.
 */

interface Internals {
  readonly configuration?: { readonly userArn?: unknown; readonly prefetchOn?: unknown } | null;
  readonly isSessionEstablished?: unknown;
  readonly webSocket?: {
    readyState?(): unknown;
    addEventListener?(event: string, listener: () => void): void;
    removeEventListener?(event: string, listener: () => void): void;
  } | null;
}

/** `WebSocketReadyState.Open` of amazon-chime-sdk-js. */
const OPEN = 2;

/** The user whose session it is. */
export function userOf(session: object): string | undefined {
  const userArn = (session as Internals).configuration?.userArn;
  return typeof userArn === 'string' ? userArn : undefined;
}

/** Whether a reconnect brings CHANNEL_DETAILS. */
export function hasPrefetch(session: object): boolean {
  return (session as Internals).configuration?.prefetchOn !== undefined;
}

/** Whether it is established: who is attached while it runs is not told. */
export function isEstablished(session: object): boolean {
  const { isSessionEstablished, webSocket } = session as Internals;
  const state = webSocket?.readyState?.();
  return isSessionEstablished === true && (state === undefined || state === OPEN);
}

/**
 * Calls `listener` when the socket that is open now closes. The observer hears of that up to 16 s later, or never
 * (measured). Returns the function that stops listening.
 */
export function onSocketClose(session: object, listener: () => void): () => void {
  const { webSocket } = session as Internals;
  const state = webSocket?.readyState?.();
  if (state !== undefined && state !== OPEN) listener();
  else webSocket?.addEventListener?.('close', listener);
  return () => webSocket?.removeEventListener?.('close', listener);
}
