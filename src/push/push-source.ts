/**
 * The push sources: a `MessagingSession` of amazon-chime-sdk-js (recognized by its shape; the package is not imported), or a
 * `PushSource` for an app's own socket. Both become one stream of signals; `connection.ts` derives from it whether push is up.
 */
import { endWith, map, merge, Observable } from 'rxjs';
import { InvalidArgumentError } from '../shared/errors.ts';
import { expectReadable } from '../shared/validate.ts';
import type { PushMessage } from './parse-event.ts';
import { contained, fromObservable, type OnError } from './from-observable.ts';
import { isEstablished, onSocketClose } from './session-internals.ts';

/** An app's own websocket to Chime. */
export interface PushSource {
  /** The messages, as a session's observer gets them: the event type, the headers, and the payload as a JSON string. */
  readonly messages$: Observable<PushMessage>;
  /** `up` when SESSION_ESTABLISHED has arrived, `down` as soon as the socket is not known to work. */
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
  | { readonly kind: 'up' }
  /** `isEnd`: it does not come back by itself. */
  | { readonly kind: 'down'; readonly isEnd: boolean }
  | { readonly kind: 'message'; readonly message: PushMessage };

const up: Signal = { kind: 'up' };
const down: Signal = { kind: 'down', isEnd: false };
const ended: Signal = { kind: 'down', isEnd: true };

/**
 * The signals of `source`; throws `InvalidArgumentError` if it is neither. `onError` gets the errors that `source` throws
 * when it is detached.
 */
export function signalsOf(source: MessagingSessionLike | PushSource, onError?: OnError): Observable<Signal> {
  return expectReadable('source', source, () => toSignals(source, onError));
}

function toSignals(source: unknown, onError?: OnError): Observable<Signal> {
  if (isSession(source)) return fromSession(source, onError);
  if (isPushSource(source)) {
    const { messages$, link$ } = source;
    return merge(
      fromObservable(link$, onError).pipe(map((state) => (state === 'up' ? up : down))),
      // Once the messages have ended, push is down, whatever `link$` says.
      fromObservable(messages$, onError).pipe(
        map((message): Signal => ({ kind: 'message', message })),
        endWith(ended),
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
    const setDown = (): void => subscriber.next(down);
    let unlisten = (): void => undefined;
    const watch = new ReconnectWatch(() => subscriber.next(ended));
    const setUp = (): void => {
      watch.end();
      subscriber.next(up);
      unlisten();
      unlisten = onSocketClose(session, setDown);
    };
    const observer: SessionObserver = {
      messagingSessionDidStart: setUp,
      messagingSessionDidStartConnecting: () => {
        setDown();
        watch.begin();
      },
      messagingSessionDidStop: () => {
        watch.end();
        subscriber.next(ended);
      },
      messagingSessionDidReceiveMessage: (message) => subscriber.next({ kind: 'message', message }),
    };
    session.addObserver(observer);
    if (isEstablished(session)) setUp();
    return contained(() => {
      watch.end();
      unlisten();
      session.removeObserver(observer);
    }, onError);
  });
}

/**
 * A session whose reconnected socket is refused (close code 4401) is never heard of again (measured): it has ended, if nothing
 * follows a reconnect for this long, in milliseconds. Its own limit (`reconnectTimeoutMs`) is 10 s by default.
 */
const RECONNECT_MS = 60_000;

class ReconnectWatch {
  readonly #onEnd: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(onEnd: () => void) {
    this.#onEnd = onEnd;
  }

  begin(): void {
    this.end();
    this.#timer = setTimeout(this.#onEnd, RECONNECT_MS);
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}

function isSession(source: unknown): source is MessagingSessionLike {
  const { addObserver, removeObserver } = (source ?? {}) as Partial<MessagingSessionLike>;
  return typeof addObserver === 'function' && typeof removeObserver === 'function';
}

function isPushSource(source: unknown): source is PushSource {
  const { messages$, link$ } = (source ?? {}) as Partial<PushSource>;
  return typeof messages$?.subscribe === 'function' && typeof link$?.subscribe === 'function';
}
