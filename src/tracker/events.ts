/**
 * The tracker's events on eventemitter3: their names and what a listener gets. A listener that throws, or returns a promise
 * that rejects, harms no other. The tracker decides what is announced when.
 */
import { EventEmitter } from 'eventemitter3';
import { callSafely } from '../shared/call-safely.ts';
import type {
  DeliveryState,
  DeniedState,
  FailedState,
  SentState,
  TerminalState,
  UnknownState,
} from '../core/delivery-state.ts';
import { InvalidArgumentError, ListenerError } from '../shared/errors.ts';
import { nearest } from '../shared/nearest.ts';
import type { Logger } from '../shared/client.ts';

/** What happened to the budget of one bearer when the service answered 429. */
export interface Throttled {
  readonly chimeBearer: string;
  /** The bearer's rate from now on. */
  readonly requestsPerSecond: number;
  /** No request leaves for this long, in milliseconds. */
  readonly pausedForMs: number;
}

/** Push of one bearer began or ceased to be relied on. */
export type LinkChange =
  | { readonly chimeBearer: string; readonly state: 'up' }
  /**
   * `halfOpen`: the socket claims to be up, and has delivered nothing of what happened. `ended`: push does not come back by
   * itself, since the session has given up (after `reconnectTimeoutMs` without a connection, say): the app has to start it
   * again. A session drops first, and gives up later: then the event comes a second time, with `ended`.
   */
  | {
      readonly chimeBearer: string;
      readonly state: 'down';
      readonly halfOpen: boolean;
      readonly ended?: true;
    };

/** The events of a tracker and what their listeners get. */
export interface DeliveryEvents {
  /** Any visible change of any delivery: its status, or its MessageId becoming known. */
  update: (state: DeliveryState) => void;
  sent: (state: SentState) => void;
  /** Not delivered: `status` says whether FAILED or DENIED. */
  failed: (state: FailedState | DeniedState) => void;
  unknown: (state: UnknownState) => void;
  /** Any terminal status; once per delivery. */
  settled: (state: TerminalState) => void;
  /** The credentials are bad or expired: requests stop, deliveries stay pending. Gets the service's error. */
  suspended: (error: unknown) => void;
  /** The credentials work again. */
  resumed: () => void;
  throttled: (throttled: Throttled) => void;
  /** Push began or ceased to be relied on; a half-open socket is one way of ceasing. */
  link: (change: LinkChange) => void;
  /** Something that the app should mend, such as a missing IAM permission. */
  error: (error: Error) => void;
}

export type DeliveryEvent = keyof DeliveryEvents;

const names: Readonly<Record<DeliveryEvent, true>> = {
  update: true,
  sent: true,
  failed: true,
  unknown: true,
  settled: true,
  suspended: true,
  resumed: true,
  throttled: true,
  link: true,
  error: true,
};

/** A listener for an event that does not exist would never be called. */
export function expectEvent(event: unknown): void {
  if (typeof event === 'string' && Object.hasOwn(names, event)) return;
  const all = Object.keys(names);
  const hint =
    typeof event === 'string' ? `an event (did you mean '${nearest(event, all)}'?)` : `one of ${all.join(', ')}`;
  throw new InvalidArgumentError('event', hint, event);
}

/** A listener for one event, or for any of several. It may be async. */
export type DeliveryListener<E extends DeliveryEvent> = (...payload: Parameters<DeliveryEvents[E]>) => unknown;

type Guarded = (...payload: unknown[]) => void;

export class DeliveryEmitter {
  readonly #emitter = new EventEmitter<DeliveryEvent>();
  readonly #guarded = new Map<DeliveryEvent, WeakMap<object, Guarded>>();
  readonly #logger: Logger | undefined;
  #closed = false;

  constructor(logger: Logger | undefined) {
    this.#logger = logger;
  }

  on<E extends DeliveryEvent>(event: E, listener: DeliveryListener<E>): void {
    this.#emitter.on(event, this.#wrapListener(event, listener));
  }

  once<E extends DeliveryEvent>(event: E, listener: DeliveryListener<E>): void {
    this.#emitter.once(event, this.#wrapListener(event, listener));
  }

  off<E extends DeliveryEvent>(event: E, listener: DeliveryListener<E>): void {
    const guarded = this.#guarded.get(event)?.get(listener);
    if (guarded !== undefined) this.#emitter.off(event, guarded);
  }

  emit<E extends DeliveryEvent>(event: E, ...payload: Parameters<DeliveryEvents[E]>): void {
    this.#emitter.emit(event, ...payload);
  }

  hasListeners(event: DeliveryEvent): boolean {
    return this.#emitter.listenerCount(event) > 0;
  }

  /** No listener gets an event any more. */
  get closed(): boolean {
    return this.#closed;
  }

  close(): void {
    this.#closed = true;
    this.#emitter.removeAllListeners();
  }

  #wrapListener<E extends DeliveryEvent>(event: E, listener: DeliveryListener<E>): Guarded {
    const known = this.#guarded.get(event) ?? new WeakMap<object, Guarded>();
    this.#guarded.set(event, known);
    let guarded = known.get(listener);
    if (guarded === undefined) {
      guarded = (...payload) =>
        callSafely(
          () => listener(...(payload as Parameters<DeliveryEvents[E]>)),
          (cause) => this.#reportListenerError(event, cause),
        );
      known.set(listener, guarded);
    }
    return guarded;
  }

  #reportListenerError(event: DeliveryEvent, cause: unknown): void {
    const error = new ListenerError(event, cause);
    this.#logger?.error(error.message, error);
    // A listener for 'error' that throws is not told of itself.
    if (event !== 'error') this.emit('error', error);
  }
}
