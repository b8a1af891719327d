/**
 * What a `MessagingSession` of amazon-chime-sdk-js knows and tells nobody: read from its private fields by their shape
 * (seen in 3.32.0), each optional. Where one is absent, only the promptness of what follows from it is lost.
 */
import { asObject, tryRead } from '../shared/unknown-json.ts';

/** `WebSocketReadyState.Open` of amazon-chime-sdk-js. */
const OPEN = 2;

/** The user whose session it is. */
export function userOf(session: object): string | undefined {
  const userArn = inner(inner(session, 'configuration'), 'userArn');
  return typeof userArn === 'string' ? userArn : undefined;
}

/** Whether a reconnect brings CHANNEL_DETAILS. */
export function hasPrefetch(session: object): boolean {
  return inner(inner(session, 'configuration'), 'prefetchOn') !== undefined;
}

/** Whether it is established: who is attached while it runs is not told. */
export function isEstablished(session: object): boolean {
  const isSessionEstablished = inner(session, 'isSessionEstablished');
  const state = stateOf(inner(session, 'webSocket'));
  return isSessionEstablished === true && (state === undefined || state === OPEN);
}

/**
 * Calls `listener` when the socket that is open now closes. The observer hears of that up to 16 s later, or never
 * (measured). Returns the function that stops listening.
 */
export function onSocketClose(session: object, listener: () => void): () => void {
  const socket = inner(session, 'webSocket');
  const state = stateOf(socket);
  if (state !== undefined && state !== OPEN) listener();
  else call(socket, 'addEventListener', 'close', listener);
  return () => void call(socket, 'removeEventListener', 'close', listener);
}

/** `WebSocketReadyState`, where the socket has it as this version has. */
function stateOf(socket: unknown): unknown {
  return call(socket, 'readyState');
}

function inner(value: unknown, field: string): unknown {
  return tryRead(
    () => undefined,
    () => asObject(value)?.[field],
  );
}

function call(value: unknown, method: string, ...args: readonly unknown[]): unknown {
  return tryRead(
    () => undefined,
    () => {
      const it = asObject(value);
      const does = it?.[method];
      return typeof does === 'function' ? Reflect.apply(does, it, args) : undefined;
    },
  );
}
