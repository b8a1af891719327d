/**
 * The app's handle on one delivery: its state now, its state as a stream, and a promise of its end.
 * Everything is made when first asked for: most handles are never read.
 */
import { filter, firstValueFrom, map, Observable, ReplaySubject, Subject, throwIfEmpty } from 'rxjs';
import { toDeliveryState, type DeliveryState, type TerminalState } from './delivery-state.ts';
import type { DeliveryRecord } from './delivery-record.ts';
import { isTerminal } from './status.ts';
import { HandledPromise } from '../shared/handled-promise.ts';
import { guarded } from '../shared/subscribers.ts';

/** One tracked message. */
export interface Delivery {
  /** Stable: the request token for `send`, the MessageId for `track` and `wrap`. */
  readonly id: string;
  /** A frozen snapshot of now. */
  readonly state: DeliveryState;
  /** The state now and each change of it; completes after the terminal one, and when tracking ends without one. */
  readonly state$: Observable<DeliveryState>;
  /**
   * The terminal state. Rejects with `TrackerClosedError` if the tracker is closed before, with
   * `DeliveryForgottenError` after `forget`; never as an unhandled rejection, and neither is what its `then` and `finally`
   * return. An async function that awaits it, and `Promise.all`, make promises of their own: handle it there.
   */
  readonly settled: Promise<TerminalState>;
}

/** The one handle of `delivery`. */
export function handleOf(delivery: TrackedDelivery): Delivery {
  return (delivery.handle ??= new DeliveryHandle(delivery));
}

/** The snapshot of `record`, the same object while nothing changed. */
export function snapshotOf(delivery: TrackedDelivery, record: DeliveryRecord = delivery.record): DeliveryState {
  if (delivery.snapshot?.of !== record) delivery.snapshot = { of: record, state: toDeliveryState(record) };
  return delivery.snapshot.state;
}

/** Tells those who watch `delivery` what was announced of it. */
export function notifyWatchers(delivery: TrackedDelivery, record: DeliveryRecord): void {
  if (delivery.watchers === undefined) return;
  delivery.watchers.next(record);
  if (isTerminal(record.status)) delivery.watchers.complete();
}

/** Ends the tracking of `delivery` without an outcome: its stream completes, its promise rejects with `reason`. */
export function stopTracking(delivery: TrackedDelivery, reason: Error): void {
  delivery.endError = reason;
  delivery.watchers?.complete();
}

class DeliveryHandle implements Delivery {
  readonly #delivery: TrackedDelivery;
  #settled: Promise<TerminalState> | undefined;

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
    if (this.#settled === undefined) {
      const delivery = this.#delivery;
      const settled = firstValueFrom(
        this.state$.pipe(
          filter((state): state is TerminalState => isTerminal(state.status)),
          throwIfEmpty(() => delivery.endError),
        ),
      );
      this.#settled = HandledPromise.from(settled);
    }
    return this.#settled;
  }
}

function watchDelivery(delivery: TrackedDelivery): Observable<DeliveryState> {
  return new Observable((subscriber) => {
    const now = delivery.record;
    if (isTerminal(now.status) || delivery.endError !== undefined) {
      subscriber.next(snapshotOf(delivery, now));
      return subscriber.complete();
    }
    // Listening begins before the state is handed out: that may be what causes the next one.
    const later$ = new ReplaySubject<DeliveryRecord>();
    delivery.watchers ??= new Subject();
    const subscription = delivery.watchers.subscribe(later$);
    subscriber.next(snapshotOf(delivery, now));
    // An announcement of what was just handed out may still be in the queue.
    const states$ = later$.pipe(
      filter((record) => record !== now),
      map((record) => snapshotOf(delivery, record)),
    );
    subscription.add(states$.subscribe(guarded(subscriber)));
    return subscription;
  });
}

/** A delivery that is tracked: its record, and the few numbers that say when to act on it next. */
export class TrackedDelivery {
  record: DeliveryRecord;
  /** How many deliveries the registry has tracked before it. */
  readonly place: number;
  /** When to act on it next, by the monotonic clock; Infinity while nothing is planned. */
  dueAt: number = Infinity;
  /** Polls (or sends) since the pace last began anew; the exponent of the backoff. */
  attempts = 0;
  /** When the last poll began; -Infinity before the first. */
  lastAttemptAt: number = -Infinity;
  /** When the service last said that it is pending; -Infinity before. */
  lastPendingAt: number = -Infinity;
  /** It was edited while it had no outcome: a status that a read shows may be an edit's. */
  hasEdits = false;
  /** The app's handle, the snapshot last made for it, and those who watch it: each made when first asked for. */
  handle: Delivery | undefined = undefined;
  snapshot: { readonly of: DeliveryRecord; readonly state: DeliveryState } | undefined = undefined;
  watchers: Subject<DeliveryRecord> | undefined = undefined;
  /** Why tracking ended without an outcome. */
  endError: Error | undefined = undefined;

  constructor(record: DeliveryRecord, place = 0) {
    this.record = record;
    this.place = place;
  }
}
