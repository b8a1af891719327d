/**
 * When to act on which delivery: one heap of due times and one timer for a whole tracker.
 * It knows no reason for a due time and does nothing itself: whoever planned one hears of it on `due$`.
 * Due times are of the monotonic clock. An entry has one; a newer one replaces it (the older heap item is skipped when it surfaces).
 */
import FlatQueue from 'flatqueue';
import { Subject, type Observable } from 'rxjs';
import type { Entry } from './entry.ts';
import { clockOffset, steadyNow } from './time.ts';

/**
 * The longest nap of the timer, in milliseconds. A timer does not run while the machine sleeps, and goes on with its rest
 * afterwards: so a sleep that nobody reports is noticed within this.
 */
const MAX_NAP_MS = 60_000;

/** The wall clock went on by so much more than the monotonic one, in milliseconds, that the machine may have slept. */
const SLEEP_MS = 10_000;

export class Schedule {
  readonly #heap = new FlatQueue<Entry>();
  readonly #due = new Subject<Entry>();
  readonly due$: Observable<Entry> = this.#due;
  readonly #sleeps = new Subject<void>();
  /** The wall clock went on while the monotonic one stood still: the machine slept, or somebody set the clock. */
  readonly sleeps$: Observable<void> = this.#sleeps;
  #offset: number | undefined;
  #planned = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #timerAt = Infinity;
  #closed = false;

  /** Plans `entry` for `at`, instead of what was planned for it. */
  set(entry: Entry, at: number): void {
    this.#plan(entry, at, steadyNow());
  }

  /** Plans `entry` for `at` unless something earlier is planned. */
  bringForward(entry: Entry, at: number): void {
    const now = steadyNow();
    this.#plan(entry, Math.min(at, entry.dueAt), now);
  }

  #plan(entry: Entry, at: number, now: number): void {
    if (entry.dueAt !== at) {
      if (entry.dueAt === Infinity) this.#planned += 1;
      entry.dueAt = at;
      this.#heap.push(entry, at);
      if (this.#heap.length > 2 * this.#planned + 64) this.#rebuild();
    }
    // A timer that is overdue was held up by a sleep, and may have the rest of its time before it.
    if (Math.max(at, now) < this.#timerAt || this.#timerAt < now) this.#arm(now);
  }

  clear(entry: Entry): void {
    if (entry.dueAt === Infinity) return;
    entry.dueAt = Infinity;
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
    this.#timer = setTimeout(() => this.#tick(), Math.min(this.#timerAt - now, MAX_NAP_MS));
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
    const now = steadyNow();
    for (;;) {
      const at = this.#heap.peekValue();
      if (at === undefined || at > now) break;
      const entry = this.#heap.pop();
      if (entry === undefined || entry.dueAt !== at) continue;
      this.clear(entry);
      this.#due.next(entry);
    }
    this.#arm(now);
  }

  /** Leaves out what is planned no more. */
  #rebuild(): void {
    const live = new Set<Entry>();
    for (let at = this.#heap.peekValue(); at !== undefined; at = this.#heap.peekValue()) {
      const entry = this.#heap.pop();
      if (entry?.dueAt === at) live.add(entry);
    }
    for (const entry of live) this.#heap.push(entry, entry.dueAt);
  }
}
