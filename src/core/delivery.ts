/**
 * The app's handle on one delivery: its state now, its state as a stream, and a promise of its end.
 * Everything is made when first asked for: most handles are never looked at.
 */
import { filter, firstValueFrom, map, Observable, ReplaySubject, Subject, throwIfEmpty } from 'rxjs';
import { toDeliveryState, type DeliveryState, type TerminalState } from './delivery-state.ts';
import type { Entry } from './entry.ts';
import type { Known } from './known.ts';
import { isTerminal } from './message.ts';
import { QuietPromise } from './quiet-promise.ts';
import { guarded } from './subscribers.ts';

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

/** The one handle of `entry`. */
export function deliveryOf(entry: Entry): Delivery {
  return (entry.handle ??= new TrackedDelivery(entry));
}

/** The snapshot of `known`, the same object while nothing changed. */
export function stateOf(entry: Entry, known: Known = entry.known): DeliveryState {
  if (entry.snapshot?.of !== known) entry.snapshot = { of: known, state: toDeliveryState(known) };
  return entry.snapshot.state;
}

/** Tells those who watch `entry` what was announced of it. */
export function tellWatchers(entry: Entry, known: Known): void {
  if (entry.watchers === undefined) return;
  entry.watchers.next(known);
  if (isTerminal(known.status)) entry.watchers.complete();
}

/** Ends the tracking of `entry` without an outcome: its stream completes, its promise rejects with `reason`. */
export function endTracking(entry: Entry, reason: Error): void {
  entry.ended = reason;
  entry.watchers?.complete();
}

class TrackedDelivery implements Delivery {
  readonly #entry: Entry;
  #settled: Promise<TerminalState> | undefined;

  constructor(entry: Entry) {
    this.#entry = entry;
  }

  get id(): string {
    return this.#entry.known.id;
  }

  get state(): DeliveryState {
    return stateOf(this.#entry);
  }

  get state$(): Observable<DeliveryState> {
    return watchEntry(this.#entry);
  }

  get settled(): Promise<TerminalState> {
    if (this.#settled === undefined) {
      const entry = this.#entry;
      const settled = firstValueFrom(
        this.state$.pipe(
          filter((state): state is TerminalState => isTerminal(state.status)),
          throwIfEmpty(() => entry.ended),
        ),
      );
      this.#settled = QuietPromise.from(settled);
    }
    return this.#settled;
  }
}

function watchEntry(entry: Entry): Observable<DeliveryState> {
  return new Observable((subscriber) => {
    const now = entry.known;
    if (isTerminal(now.status) || entry.ended !== undefined) {
      subscriber.next(stateOf(entry, now));
      return subscriber.complete();
    }
    // Listening begins before the state is handed out: that may be what causes the next one.
    const later$ = new ReplaySubject<Known>();
    entry.watchers ??= new Subject();
    const subscription = entry.watchers.subscribe(later$);
    subscriber.next(stateOf(entry, now));
    // An announcement of what was just handed out may still be in the queue.
    const states$ = later$.pipe(
      filter((known) => known !== now),
      map((known) => stateOf(entry, known)),
    );
    subscription.add(states$.subscribe(guarded(subscriber)));
    return subscription;
  });
}
