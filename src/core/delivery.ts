/**
 * A tracked delivery, and the app's handle on it: the current state, a stream of states, and a promise of the terminal one.
 * All parts of the handle are created lazily: most handles are never read.
 */
import { filter, firstValueFrom, map, Observable, ReplaySubject, Subject, throwIfEmpty } from 'rxjs';
import { toDeliveryState, type DeliveryState, type SendingState, type TerminalState } from './delivery-state.ts';
import type { DeliveryRecord } from './delivery-record.ts';
import type { Evidence } from './evidence.ts';
import { isTerminal } from './status.ts';
import { HandledPromise } from '../shared/handled-promise.ts';
import { guarded } from '../shared/subscribers.ts';

/** One tracked message. */
export interface Delivery {
  /** Stable: the request token for `send`, the MessageId for `track` and `wrap`. */
  readonly id: string;
  /** A frozen snapshot of the current state. */
  readonly state: DeliveryState;
  /** The current state and each new one; completes after the terminal state, and when tracking ends without one. */
  readonly state$: Observable<DeliveryState>;
  /**
   * The terminal state. Rejects with `TrackerClosedError` if the tracker is closed before, and with `DeliveryForgottenError`
   * after `forget`. These rejections never count as unhandled, neither here nor in the promises that `then` and `finally`
   * return. An async function that awaits it, and `Promise.all`, create promises of their own: handle the rejection there.
   */
  readonly settled: Promise<TerminalState>;
  /**
   * The first state after SENDING: PENDING once the service has the message, or the end that came before. Rejects as `settled`
   * does, and never as an unhandled rejection.
   */
  readonly accepted: Promise<Exclude<DeliveryState, SendingState>>;
}

/** The handle of `delivery`, always the same object. */
export function handleOf(delivery: TrackedDelivery): Delivery {
  return (delivery.handle ??= new DeliveryHandle(delivery));
}

/** The public state of `record`; the same object while nothing changed. */
export function snapshotOf(delivery: TrackedDelivery, record: DeliveryRecord = delivery.record): DeliveryState {
  if (delivery.snapshot?.of !== record) delivery.snapshot = { of: record, state: toDeliveryState(record) };
  return delivery.snapshot.state;
}

/** Emits `record` to the subscribers of `delivery`, and completes them after a terminal status. */
export function notifyWatchers(delivery: TrackedDelivery, record: DeliveryRecord): void {
  if (delivery.watchers === undefined) return;
  delivery.watchers.next(record);
  if (isTerminal(record.status)) delivery.watchers.complete();
}

/** Ends tracking without an outcome: the stream completes, and the promise rejects with `reason`. */
export function stopTracking(delivery: TrackedDelivery, reason: Error): void {
  delivery.endError = reason;
  delivery.watchers?.complete();
}

class DeliveryHandle implements Delivery {
  readonly #delivery: TrackedDelivery;
  #settled: Promise<TerminalState> | undefined;
  #accepted: Delivery['accepted'] | undefined;

  constructor(delivery: TrackedDelivery) {
    this.#delivery = delivery;
  }

  get id(): string {
    return this.#delivery.record.id;
  }

  get state(): DeliveryState {
    return snapshotOf(this.#delivery);
  }

  get state$(): Observable<DeliveryState> {
    return watchDelivery(this.#delivery);
  }

  get settled(): Promise<TerminalState> {
    return (this.#settled ??= this.#first((state): state is TerminalState => isTerminal(state.status)));
  }

  get accepted(): Delivery['accepted'] {
    return (this.#accepted ??= this.#first(
      (state): state is Exclude<DeliveryState, SendingState> => state.status !== 'SENDING',
    ));
  }

  #first<S extends DeliveryState>(isIt: (state: DeliveryState) => state is S): Promise<S> {
    const delivery = this.#delivery;
    const first = firstValueFrom(
      this.state$.pipe(
        filter(isIt),
        throwIfEmpty(() => delivery.endError),
      ),
    );
    return HandledPromise.from(first);
  }
}

function watchDelivery(delivery: TrackedDelivery): Observable<DeliveryState> {
  return new Observable((subscriber) => {
    const now = delivery.record;
    if (isTerminal(now.status) || delivery.endError !== undefined) {
      subscriber.next(snapshotOf(delivery, now));
      return subscriber.complete();
    }
    // Subscribe before emitting the current state: the subscriber may cause the next one.
    const later$ = new ReplaySubject<DeliveryRecord>();
    delivery.watchers ??= new Subject();
    const subscription = delivery.watchers.subscribe(later$);
    subscriber.next(snapshotOf(delivery, now));
    // The notification for the state that was just emitted may still be queued.
    const states$ = later$.pipe(
      filter((record) => record !== now),
      map((record) => snapshotOf(delivery, record)),
    );
    subscription.add(states$.subscribe(guarded(subscriber)));
    return subscription;
  });
}

/** A tracked delivery: its record, its schedule, and its handle. */
export class TrackedDelivery {
  record: DeliveryRecord;
  /** How many deliveries the registry had tracked before this one. */
  readonly place: number;
  /** When to act on it next, by the monotonic clock; Infinity while no timer is set. */
  dueAt: number = Infinity;
  /** Polls (or sends) since the backoff last restarted; the exponent of the backoff. */
  attempts = 0;
  /** When the last poll began; -Infinity before the first. */
  lastAttemptAt: number = -Infinity;
  /** When the service last reported PENDING; -Infinity before. */
  lastPendingAt: number = -Infinity;
  /** Edits of the message are tracked: a status that a read shows may be an edit's. */
  hasEdits = false;
  /** Of an edit: the message, where it was tracked as the edit began. It may be forgotten since, and a late read may still show it. */
  message: TrackedDelivery | undefined = undefined;
  /** The app's handle, its last snapshot, and its subscribers; each is created on first use. */
  handle: Delivery | undefined = undefined;
  snapshot: { readonly of: DeliveryRecord; readonly state: DeliveryState } | undefined = undefined;
  watchers: Subject<DeliveryRecord> | undefined = undefined;
  /** What was learnt of it last, new or not. */
  lastEvidence: Evidence | undefined = undefined;
  /** Why tracking ended without an outcome. */
  endError: Error | undefined = undefined;

  constructor(record: DeliveryRecord, place = 0) {
    this.record = record;
    this.place = place;
  }
}
