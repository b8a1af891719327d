/**
 * Counts the requests of one bearer as they leave, whenever they got their permits: a token bucket of its own, as large and as
 * fast as the one that gives the permits. A request that leaves as it gets its permit never waits here. Those that were held
 * up together (by slow credentials, a slow store) leave one after the other.
 */
import { reasonOf } from '../core/abort.ts';
import { TrackerClosedError } from '../core/errors.ts';
import { LinkedMap } from '../core/linked-map.ts';
import { MAX_TIMER_MS, steadyNow } from '../core/time.ts';
import { isPaused, rateAt, type Pace, type RateLimit } from './pace.ts';

/** Both buckets add up the same times in different steps. */
const ROUNDING = 1e-3;

export class DepartureLimiter {
  readonly #limit: RateLimit;
  readonly #paceNow: () => Pace;
  readonly #waiting = new LinkedMap<() => void, undefined>();
  #tokens: number;
  #filledAt: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(limit: RateLimit, paceNow: () => Pace) {
    this.#limit = limit;
    this.#paceNow = paceNow;
    this.#tokens = limit.burst;
    this.#filledAt = steadyNow();
  }

  /** Books a request that leaves now; where none may, resolves when this one may, and rejects once `signal` is aborted. */
  depart(signal: AbortSignal | undefined): Promise<void> | undefined {
    if (this.#waiting.size === 0 && this.#take()) return undefined;
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) return reject(reasonOf(signal));
      if (this.#closed) return reject(new TrackerClosedError());
      const go = (): void => {
        signal?.removeEventListener('abort', onAbort);
        this.#waiting.delete(go);
        if (this.#closed) reject(new TrackerClosedError());
        else resolve();
      };
      const onAbort = (): void => {
        this.#waiting.delete(go);
        if (this.#waiting.size === 0) clearTimeout(this.#timer);
        if (signal !== undefined) reject(reasonOf(signal));
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#waiting.add(go, undefined);
      if (this.#waiting.size === 1) this.#sleep();
    });
  }

  /** Requests have left without asking. */
  charge(requests: number): void {
    this.#fill();
    this.#tokens -= requests;
  }

  /** What was saved up is gone; what is owed stays owed. */
  empty(): void {
    this.#fill();
    this.#tokens = Math.min(0, this.#tokens);
  }

  /** Whether it is as a new one would be. */
  get isFull(): boolean {
    this.#fill();
    return this.#waiting.size === 0 && this.#tokens >= this.#limit.burst;
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    for (const { key: go } of this.#waiting) go();
  }

  #take(): boolean {
    this.#fill();
    if (this.#closed || this.#tokens < 1 - ROUNDING || isPaused(this.#paceNow(), steadyNow())) return false;
    this.#tokens -= 1;
    return true;
  }

  #fill(): void {
    const now = steadyNow();
    const pace = this.#paceNow();
    // A pause is worth nothing.
    const from = Math.max(this.#filledAt, Math.min(pace.pausedUntil, now));
    const earned = (Math.max(0, now - from) / 1_000) * rateAt(pace, this.#limit, now);
    this.#tokens = Math.min(this.#limit.burst, this.#tokens + earned);
    this.#filledAt = now;
  }

  #sleep(): void {
    const now = steadyNow();
    const pace = this.#paceNow();
    const pauseMs = isPaused(pace, now) ? pace.pausedUntil - now : 0;
    const ms = pauseMs + Math.ceil((Math.max(0, 1 - this.#tokens) / rateAt(pace, this.#limit, now)) * 1_000);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#release(), Math.min(ms, MAX_TIMER_MS));
  }

  #release(): void {
    for (const { key: go } of this.#waiting) {
      if (!this.#take()) break;
      go();
    }
    if (this.#waiting.size > 0) this.#sleep();
  }
}
