/**
 * When to act on which delivery: one heap of due times and one timer for a whole tracker. It knows no reason for a due
 * time and does nothing itself: whoever planned one hears of it on `due$`. Due times are of the monotonic clock. A
 * delivery has one; a newer one replaces it (the older heap item is skipped when it surfaces).
 */
import FlatQueue from 'flatqueue';
import { Subject, type Observable } from 'rxjs';
import type { TrackedDelivery } from './delivery.ts';
import { clockOffset, monotonicNow } from '../shared/time.ts';

/**
 * The longest delay of the timer, in milliseconds. A timer does not run while the machine sleeps, and goes on with its
 * rest afterwards: so a sleep that nobody reports is noticed within this.
 */
const MAX_TIMER_DELAY_MS = 60_000;

/** The wall clock went on by so much more than the monotonic one, in milliseconds, that the machine may have slept. */
const SLEEP_MS = 10_000;

export class TimerQueue {
  readonly #heap = new FlatQueue<TrackedDelivery>();
  readonly #due = new Subject<TrackedDelivery>();
  readonly due$: Observable<TrackedDelivery> = this.#due;
  readonly #sleeps = new Subject<void>();
  /** The wall clock went on while the monotonic one stood still: the machine slept, or somebody set the clock. */
  readonly sleeps$: Observable<void> = this.#sleeps;
  #offset: number | undefined;
  #planned = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #timerAt = Infinity;
  #closed = false;

  /** Plans `delivery` for `at`, instead of what was planned for it. */
  set(delivery: TrackedDelivery, at: number): void {
    this.#plan(delivery, at, monotonicNow());
  }

  /** Plans `delivery` for `at` unless something earlier is planned. */
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
    // A timer that is overdue was held up by a sleep, and may have the rest of its time before it.
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
    // What is left over of older plans is no reason to wake up.
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

  /** Leaves out what is planned no more. */
  #rebuild(): void {
    const live = new Set<TrackedDelivery>();
    for (let at = this.#heap.peekValue(); at !== undefined; at = this.#heap.peekValue()) {
      const delivery = this.#heap.pop();
      if (delivery?.dueAt === at) live.add(delivery);
    }
    for (const delivery of live) this.#heap.push(delivery, delivery.dueAt);
  }
}
