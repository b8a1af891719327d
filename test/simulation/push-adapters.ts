// What a tracker attaches: a session with the private fields of amazon-chime-sdk-js's, one without them, or an app's
// own push source. They only pass signals on; `socket.ts` decides when.

import { Subject } from 'rxjs';
import type { MessagingSessionLike, PushMessage, PushSource, SessionObserver } from 'chime-delivery';
import type { DevicePlan } from './plan.ts';

/** The signals of a websocket to whatever is attached. */
export interface PushAdapter {
  readonly source: MessagingSessionLike | PushSource;
  connecting(reconnecting: boolean): void;
  /** Established. */
  started(): void;
  /** The socket closed; a session reports that to no observer. */
  closed(): void;
  stopped(): void;
  message(message: PushMessage): void;
  /** The current subscribers. */
  readonly listeners: number;
}

export function pushAdapterOf({ push, bearer, prefetch }: DevicePlan): PushAdapter {
  if (push === 'push-source') return sourceAdapter();
  return new SessionAdapter(
    push === 'session' ? { userArn: bearer, ...(prefetch ? { prefetchOn: 'connect' } : {}) } : {},
  );
}

const OPEN = 2;
const CLOSED = 4;

class SessionAdapter implements PushAdapter, MessagingSessionLike {
  /** The private fields that show more than the observer gets. */
  readonly configuration: { readonly userArn?: string; readonly prefetchOn?: string };
  webSocket: SimulatedWebSocket | undefined;
  isSessionEstablished: boolean | undefined;
  readonly #observers = new Set<SessionObserver>();
  readonly #isOpenBook: boolean;

  constructor(configuration: { readonly userArn?: string; readonly prefetchOn?: string }) {
    this.configuration = configuration;
    this.#isOpenBook = configuration.userArn !== undefined;
  }

  get source(): MessagingSessionLike {
    return this;
  }

  get listeners(): number {
    return this.#observers.size + (this.webSocket?.listeners.size ?? 0);
  }

  addObserver(observer: SessionObserver): void {
    this.#observers.add(observer);
  }

  removeObserver(observer: SessionObserver): void {
    this.#observers.delete(observer);
  }

  connecting(reconnecting: boolean): void {
    for (const observer of Array.from(this.#observers)) observer.messagingSessionDidStartConnecting?.(reconnecting);
  }

  started(): void {
    if (this.#isOpenBook) {
      this.webSocket = new SimulatedWebSocket();
      this.isSessionEstablished = true;
    }
    for (const observer of Array.from(this.#observers)) observer.messagingSessionDidStart?.();
    this.message({ type: 'SESSION_ESTABLISHED', headers: {}, payload: null });
  }

  closed(): void {
    if (this.#isOpenBook) this.isSessionEstablished = false;
    this.webSocket?.close();
  }

  stopped(): void {
    this.closed();
    for (const observer of Array.from(this.#observers)) observer.messagingSessionDidStop?.({ code: 4999 });
  }

  message(message: PushMessage): void {
    for (const observer of Array.from(this.#observers)) observer.messagingSessionDidReceiveMessage?.(message);
  }
}

class SimulatedWebSocket {
  readonly listeners: Set<() => void> = new Set();
  #state = OPEN;

  readyState(): number {
    return this.#state;
  }

  addEventListener(_event: string, listener: () => void): void {
    this.listeners.add(listener);
  }

  removeEventListener(_event: string, listener: () => void): void {
    this.listeners.delete(listener);
  }

  close(): void {
    this.#state = CLOSED;
    for (const listener of Array.from(this.listeners)) listener();
  }
}

function sourceAdapter(): PushAdapter {
  const messages$ = new Subject<PushMessage>();
  const link$ = new Subject<'up' | 'down'>();
  return {
    source: { messages$, link$ },
    connecting: () => undefined,
    started: () => link$.next('up'),
    closed: () => link$.next('down'),
    stopped: () => link$.next('down'),
    message: (message) => messages$.next(message),
    get listeners() {
      return Number(messages$.observed) + Number(link$.observed);
    },
  };
}
