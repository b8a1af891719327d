/**
 * When to act on which delivery: one heap of due times and one timer for a whole tracker.
 * It knows no reason for a due time and does nothing itself: whoever planned one hears of it on `due$`.
 * An entry has one due time; a newer one replaces it (the older heap item is skipped when it surfaces).
 */
import FlatQueue from 'flatqueue';
import { Subject, type Observable } from 'rxjs';
import type { Entry } from './entry.ts';
import { CLOCK_SLIP_MS, MAX_TIMER_MS } from './time.ts';

export class Schedule {
  readonly #heap = new FlatQueue<Entry>();
  readonly #due = new Subject<Entry>();
  readonly due$: Observable<Entry> = this.#due;
  #planned = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #timerAt = Infinity;
  #armedAt = 0;
  #closed = false;

  /** Plans `entry` for `at`, instead of what was planned for it. */
  set(entry: Entry, at: number): void {
    if (entry.dueAt === at) return;
    if (entry.dueAt === Infinity) this.#planned += 1;
    entry.dueAt = at;
    this.#heap.push(entry, at);
    if (this.#heap.length > 2 * this.#planned + 64) this.#compact();
    if (at < this.#timerAt) this.#arm();
  }

  /** Plans `entry` for `at` unless something earlier is planned. */
  bringForward(entry: Entry, at: number): void {
    if (at < entry.dueAt) this.set(entry, at);
  }

  clear(entry: Entry): void {
    if (entry.dueAt === Infinity) return;
    entry.dueAt = Infinity;
    this.#planned -= 1;
    if (this.#planned === 0) this.#disarm();
  }

  close(): void {
    this.#closed = true;
    this.#disarm();
    this.#heap.clear();
    this.#due.complete();
  }

  #arm(): void {
    this.#disarm();
    const at = this.#heap.peekValue();
    if (at === undefined || this.#closed) return;
    this.#armedAt = Date.now();
    this.#timerAt = at;
    this.#timer = setTimeout(() => this.#tick(), Math.min(Math.max(at - this.#armedAt, 0), MAX_TIMER_MS));
  }

  #disarm(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#timerAt = Infinity;
  }

  #tick(): void {
    this.#timerAt = Infinity;
    const now = Date.now();
    if (now < this.#armedAt - CLOCK_SLIP_MS) this.#shift(now - this.#armedAt);
    for (;;) {
      const at = this.#heap.peekValue();
      if (at === undefined || at > now) break;
      const entry = this.#heap.pop();
      if (entry === undefined || entry.dueAt !== at) continue;
      this.clear(entry);
      this.#due.next(entry);
    }
    this.#arm();
  }

  /** Moves the whole plan by `ms`, so that a clock that was set back makes nothing late. */
  #shift(ms: number): void {
    for (const entry of this.#drain()) {
      entry.dueAt += ms;
      this.#heap.push(entry, entry.dueAt);
    }
  }

  #compact(): void {
    for (const entry of this.#drain()) this.#heap.push(entry, entry.dueAt);
  }

  #drain(): Set<Entry> {
    const live = new Set<Entry>();
    for (let at = this.#heap.peekValue(); at !== undefined; at = this.#heap.peekValue()) {
      const entry = this.#heap.pop();
      if (entry?.dueAt === at) live.add(entry);
    }
    return live;
  }
}
