/**
 * Facts that a `MessagingSession` of amazon-chime-sdk-js does not expose, read from its private fields by their shape (seen in
 * 3.32.0). Each field is optional: without it, the tracker only reacts later.
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

/** Whether it is established: a session does not tell that to an observer that is added while it runs. */
export function isEstablished(session: object): boolean {
  const isSessionEstablished = inner(session, 'isSessionEstablished');
  const state = stateOf(inner(session, 'webSocket'));
  return isSessionEstablished === true && (state === undefined || state === OPEN);
}

/**
 * Calls `listener` when the socket that is open now closes. The session tells its observers up to 16 s later, or never
 * (measured). Returns the function that removes the listener.
 */
export function onSocketClose(session: object, listener: () => void): () => void {
  const socket = inner(session, 'webSocket');
  const state = stateOf(socket);
  if (state !== undefined && state !== OPEN) listener();
  else call(socket, 'addEventListener', 'close', listener);
  return () => void call(socket, 'removeEventListener', 'close', listener);
}

/** `WebSocketReadyState`, if the socket has it as in this version. */
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
      const target = asObject(value);
      const member = target?.[method];
      return typeof member === 'function' ? Reflect.apply(member, target, args) : undefined;
    },
  );
}
