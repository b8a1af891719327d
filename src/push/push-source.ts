/**
 * What can be listened to: a `MessagingSession` of amazon-chime-sdk-js (by its shape, its package is not imported), or
 * a `PushSource` for an app's own socket. Both are turned into one stream of signals here; what is believed of the
 * link, `connection.ts` says.
 */
import { endWith, map, merge, Observable } from 'rxjs';
import { InvalidArgumentError } from '../shared/errors.ts';
import { expectReadable } from '../shared/validate.ts';
import type { PushMessage } from './parse-event.ts';
import { contained, fromObservable, type OnError } from './from-observable.ts';
import { isEstablished, onSocketClose } from './session-internals.ts';

/** An app's own websocket to Chime. */
export interface PushSource {
  /** What a session's observer gets: the event type, the headers, and the payload as a JSON string. */
  readonly messages$: Observable<PushMessage>;
  /** `up` when SESSION_ESTABLISHED was heard, `down` as soon as the socket is not known to work. */
  readonly link$: Observable<'up' | 'down'>;
}

/** The part of a session's observer that is used. */
export interface SessionObserver {
  messagingSessionDidStart?(): void;
  messagingSessionDidStartConnecting?(reconnecting: boolean): void;
  messagingSessionDidStop?(event: unknown): void;
  messagingSessionDidReceiveMessage?(message: PushMessage): void;
}

/** The part of amazon-chime-sdk-js's `MessagingSession` that is used. */
export interface MessagingSessionLike {
  addObserver(observer: SessionObserver): void;
  removeObserver(observer: SessionObserver): void;
}

export type Signal =
  { readonly kind: 'up' } | { readonly kind: 'down' } | { readonly kind: 'message'; readonly message: PushMessage };

const up: Signal = { kind: 'up' };
const down: Signal = { kind: 'down' };

/** Checks that `source` is one of the two, and turns it into signals. `onError`: told what it throws as it is let go. */
export function signalsOf(source: MessagingSessionLike | PushSource, onError?: OnError): Observable<Signal> {
  return expectReadable('source', source, () => toSignals(source, onError));
}

function toSignals(source: unknown, onError?: OnError): Observable<Signal> {
  if (isSession(source)) return fromSession(source, onError);
  if (isPushSource(source)) {
    const { messages$, link$ } = source;
    return merge(
      fromObservable(link$, onError).pipe(map((state) => (state === 'up' ? up : down))),
      // Once nothing more can come, nothing will be heard, whatever the link says.
      fromObservable(messages$, onError).pipe(
        map((message): Signal => ({ kind: 'message', message })),
        endWith(down),
      ),
    );
  }
  throw new InvalidArgumentError(
    'source',
    'a MessagingSession (with addObserver and removeObserver) or a PushSource (with messages$ and link$)',
    source,
  );
}

function fromSession(session: MessagingSessionLike, onError?: OnError): Observable<Signal> {
  return new Observable((subscriber) => {
    const goDown = (): void => subscriber.next(down);
    let unlisten = (): void => undefined;
    const goUp = (): void => {
      subscriber.next(up);
      unlisten();
      unlisten = onSocketClose(session, goDown);
    };
    const observer: SessionObserver = {
      messagingSessionDidStart: goUp,
      messagingSessionDidStartConnecting: goDown,
      messagingSessionDidStop: goDown,
      messagingSessionDidReceiveMessage: (message) => subscriber.next({ kind: 'message', message }),
    };
    session.addObserver(observer);
    if (isEstablished(session)) goUp();
    return contained(() => {
      unlisten();
      session.removeObserver(observer);
    }, onError);
  });
}

function isSession(source: unknown): source is MessagingSessionLike {
  const { addObserver, removeObserver } = (source ?? {}) as Partial<MessagingSessionLike>;
  return typeof addObserver === 'function' && typeof removeObserver === 'function';
}

function isPushSource(source: unknown): source is PushSource {
  const { messages$, link$ } = (source ?? {}) as Partial<PushSource>;
  return typeof messages$?.subscribe === 'function' && typeof link$?.subscribe === 'function';
}
