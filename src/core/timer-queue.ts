/**
 * The due times of all deliveries of a tracker: one heap and one timer. It emits a delivery on `due$` when it is due, and does
 * not know why. Due times are of the monotonic clock. A delivery has one due time; a new one replaces it (the older heap item
 * is skipped when it surfaces).
 */
import FlatQueue from 'flatqueue';
import { Subject, type Observable } from 'rxjs';
import type { TrackedDelivery } from './delivery.ts';
import { clockOffset, monotonicNow } from '../shared/time.ts';

/**
 * The longest delay of the timer, in milliseconds. A timer stops while the machine sleeps, and runs its remaining time
 * afterwards: a sleep that no event reports is noticed within this time.
 */
const MAX_TIMER_DELAY_MS = 60_000;

/** If the wall clock advances by this much more than the monotonic one, in milliseconds, the machine may have slept. */
const SLEEP_MS = 10_000;

export class TimerQueue {
  readonly #heap = new FlatQueue<TrackedDelivery>();
  readonly #due = new Subject<TrackedDelivery>();
  readonly due$: Observable<TrackedDelivery> = this.#due;
  readonly #sleeps = new Subject<void>();
  /** The wall clock advanced while the monotonic one stood still: the machine slept, or the clock was set. */
  readonly sleeps$: Observable<void> = this.#sleeps;
  #offset: number | undefined;
  #planned = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #timerAt = Infinity;
  #closed = false;

  /** Sets the due time of `delivery`, replacing the one it has. */
  set(delivery: TrackedDelivery, at: number): void {
    this.#plan(delivery, at, monotonicNow());
  }

  /** Sets the due time of `delivery` unless it has an earlier one. */
  bringForward(delivery: TrackedDelivery, at: number): void {
    const now = monotonicNow();
    this.#plan(delivery, Math.min(at, delivery.dueAt), now);
  }

  #plan(delivery: TrackedDelivery, at: number, now: number): void {
    if (delivery.dueAt !== at) {
      if (delivery.dueAt === Infinity) this.#planned += 1;
      delivery.dueAt = at;
      this.#heap.push(delivery, at);
      if (this.#heap.length > 2 * this.#planned + 64) this.#rebuild();
    }
    // An overdue timer was stopped by a sleep, and may still have its remaining time to run.
    if (Math.max(at, now) < this.#timerAt || this.#timerAt < now) this.#arm(now);
  }

  clear(delivery: TrackedDelivery): void {
    if (delivery.dueAt === Infinity) return;
    delivery.dueAt = Infinity;
    this.#planned -= 1;
    if (this.#planned > 0) return;
    this.#disarm();
    this.#offset = undefined;
  }

  close(): void {
    this.#closed = true;
    this.#disarm();
    this.#heap.clear();
    this.#due.complete();
    this.#sleeps.complete();
  }

  #arm(now: number): void {
    this.#disarm();
    // Only replaced due times are left: they are no reason to wake up.
    if (this.#planned === 0) this.#heap.clear();
    const at = this.#heap.peekValue();
    if (at === undefined || this.#closed) return;
    this.#offset ??= clockOffset();
    this.#timerAt = Math.max(at, now);
    this.#timer = setTimeout(() => this.#tick(), Math.min(this.#timerAt - now, MAX_TIMER_DELAY_MS));
  }

  #disarm(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#timerAt = Infinity;
  }

  #tick(): void {
    this.#timerAt = Infinity;
    const offset = clockOffset();
    const sleptMs = offset - (this.#offset ?? offset);
    this.#offset = offset;
    if (sleptMs > SLEEP_MS) this.#sleeps.next();
    const now = monotonicNow();
    for (;;) {
      const at = this.#heap.peekValue();
      if (at === undefined || at > now) break;
      const delivery = this.#heap.pop();
      if (delivery === undefined || delivery.dueAt !== at) continue;
      this.clear(delivery);
      this.#due.next(delivery);
    }
    this.#arm(now);
  }

  /** Removes the items of replaced due times. */
  #rebuild(): void {
    const live = new Set<TrackedDelivery>();
    for (let at = this.#heap.peekValue(); at !== undefined; at = this.#heap.peekValue()) {
      const delivery = this.#heap.pop();
      if (delivery?.dueAt === at) live.add(delivery);
    }
    for (const delivery of live) this.#heap.push(delivery, delivery.dueAt);
  }
}
