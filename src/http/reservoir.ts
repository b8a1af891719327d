/**
 * The tokens of one bearer, one for each HTTP request. Bottleneck keeps them in its reservoir and gives them to the jobs
 * in its queue by priority. This class adds what Bottleneck cannot do: refill by elapsed time (`adaptive-rate.ts`), debt,
 * and a reservoir that holds only the tokens that may be used now.
 *
 * A permit takes its token when it is granted, and spends it when its request is dispatched. Until then the permit holds
 * the token. The held tokens and the reservoir together are at most one burst, so that no more requests go out than a
 * reservoir of that size allows, however long permits are held. When the refill would exceed the burst, the permit that
 * has held its token for longest loses it. A permit without a token (it lost the token, or the SDK retries its request)
 * takes another one at dispatch, before all other waiters.
 *
 * Debt: requests that were made without a token (`charge`) are taken from the saved tokens at the next fill, and the rest
 * is owed. A 429 shows that no tokens were left at the service. It drops the saved tokens first, so that the charge for
 * the same answer is owed in full (10 charged with 5 saved: 10 are owed), and it never cancels a debt.
 */
import Bottleneck from 'bottleneck/light.js';
import { MAX_TIMER_MS, monotonicNow } from '../shared/time.ts';
import { PriorityQueue, type Lane } from './priority-queue.ts';
import { ImmediatePromise } from './immediate-promise.ts';
import {
  initialRate,
  isPaused,
  refill,
  currentRate,
  afterThrottle,
  delayFor,
  type RateState,
  type RateLimit,
} from './adaptive-rate.ts';

/** In Bottleneck's queue; the lowest number goes first. */
const PRIORITIES: Record<Lane, number> = { departure: 0, send: 2, reconcile: 3, poll: 4 };
/** For the turn of a lane that was passed over too often. */
const TURN_PRIORITY = 1;

const noJob = (): Promise<void> => Promise.resolve();

export class Reservoir {
  readonly #limit: RateLimit;
  readonly #freeSlots: () => number;
  readonly #queue = new PriorityQueue();
  readonly #bottleneck: Bottleneck<Lane>;
  #rate: RateState;
  /** Tokens beyond the reservoir: they may not be used now, since too few slots are free. Below zero: owed. */
  #credit = 0;
  /** Permits that hold a token; the oldest first. */
  readonly #held = new Set<object>();
  /** Requests dispatched since the last refill: until the next one, their tokens still count towards the burst. */
  #dispatched = 0;
  /** The next fill drops the saved tokens. */
  #dropSaved = false;
  #fillDue = false;
  #filled = Promise.resolve();
  #jobs = 0;
  #closed = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param freeSlots how many permits may be granted now, if there are tokens */
  constructor(limit: RateLimit, freeSlots: () => number) {
    this.#limit = limit;
    this.#freeSlots = freeSlots;
    this.#rate = initialRate(limit, monotonicNow());
    // `minTime`: Bottleneck uses the wall clock, and no job may wait for the time of an earlier job, days ahead perhaps.
    this.#bottleneck = new Bottleneck({ reservoir: limit.burst, minTime: -Infinity, Promise: ImmediatePromise });
    this.#bottleneck.on('queued', ({ args: [lane] }) => {
      if (lane === 'departure') this.fill();
    });
    // Not in the job itself: Bottleneck sets a timer first, which takes a second or a minute in a hidden tab.
    this.#bottleneck.on('scheduled', ({ args: [lane] }) => this.#grant(lane));
  }

  /** Waits for a token, and resolves with the result of `take`, called with the token. */
  take<T>(lane: Lane, signal: AbortSignal | undefined, take: () => T): Promise<T> {
    const taken = this.#queue.add(lane, signal, take);
    this.fill();
    void this.#filled.then(() => {
      // A job of a waiter that was aborted, or had its turn, may still be queued.
      if (this.#bottleneck.queued(PRIORITIES[lane]) < this.#queue.sizeOf(lane)) this.#schedule(lane, PRIORITIES[lane]);
    });
    return taken;
  }

  giveBack(): void {
    this.#credit += 1;
    this.fill();
  }

  /** `permit` holds the token that was just taken, unless a 429 that came meanwhile dropped it. */
  hold(permit: object): void {
    if (!isPaused(this.#rate, monotonicNow())) this.#held.add(permit);
  }

  /** Spends the token of `permit`: now, or once it has one and the requests waiting for dispatch before it have gone. */
  beforeDispatch(permit: object, signal: AbortSignal | undefined, onCounted: () => void): Promise<void> | undefined {
    const holds = this.#held.delete(permit);
    if (!holds || this.#queue.sizeOf('departure') > 0) {
      if (holds) this.#credit += 1;
      return this.take('departure', signal, onCounted);
    }
    this.#dispatched += 1;
    this.fill();
    onCounted();
  }

  /** Removes the hold of `permit`. Returns whether it held a token. */
  drop(permit: object): boolean {
    return this.#held.delete(permit);
  }

  charge(requests: number): void {
    this.#credit -= requests;
  }

  throttle(retryAfterMs: number | undefined): { requestsPerSecond: number; pausedForMs: number } {
    const now = monotonicNow();
    this.#rate = afterThrottle(this.#rate, this.#limit, now, retryAfterMs);
    this.#dropTokens();
    return { requestsPerSecond: this.#rate.rate, pausedForMs: this.#rate.pausedUntil - now };
  }

  /** Drops the saved tokens: another tab may just have spent as many. */
  empty(): void {
    this.#rate = { ...this.#rate, refilledUntil: Math.max(this.#rate.refilledUntil, monotonicNow()) };
    this.#dropTokens();
  }

  /** The rate now, and for how many milliseconds more no request leaves. */
  get budget(): { requestsPerSecond: number; pausedForMs: number } {
    const now = monotonicNow();
    const pausedForMs = isPaused(this.#rate, now) ? this.#rate.pausedUntil - now : 0;
    return { requestsPerSecond: currentRate(this.#rate, this.#limit, now), pausedForMs };
  }

  /** Whether it has been idle for so long that it equals a new one. */
  isIdle(now: number): boolean {
    if (this.#queue.size > 0 || currentRate(this.#rate, this.#limit, now) < this.#limit.requestsPerSecond) return false;
    return Math.min(0, this.#credit) + refill(this.#rate, this.#limit, now).requests >= this.#limit.burst;
  }

  /** Rejects all waiters, and leaves no timer. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#queue.close();
    void this.#bottleneck.stop({ dropWaitingJobs: true });
  }

  /** Brings the reservoir to the tokens that may be used now. Fills run one after the other: each must see the last. */
  fill(): void {
    if (this.#fillDue) return;
    this.#fillDue = true;
    this.#filled = this.#filled.then(() => this.#fill());
  }

  async #fill(): Promise<void> {
    this.#fillDue = false;
    const saved = await this.#bottleneck.currentReservoir();
    if (this.#closed) return;
    const now = monotonicNow();
    let tokens = this.#credit + (this.#dropSaved ? 0 : saved);
    this.#dropSaved = false;
    const { burst } = this.#limit;
    const { requests, rate } = refill(this.#rate, this.#limit, now, Math.max(0, burst - tokens - this.#dispatched));
    this.#rate = rate;
    this.#dispatched = 0;
    tokens = Math.min(burst, tokens + requests);
    for (const permit of this.#held) if (tokens + this.#held.size > burst) this.#held.delete(permit);
    const paused = isPaused(rate, now);
    const usable = paused ? 0 : this.#freeSlots() + this.#bottleneck.queued(PRIORITIES.departure);
    const reservoir = Math.max(0, Math.min(tokens, usable));
    this.#credit = tokens - reservoir;
    clearTimeout(this.#timer);
    if ((paused || tokens < usable) && this.#queue.size > reservoir) {
      const ms = delayFor(1 - Math.min(tokens, tokens % 1), rate, this.#limit, now);
      this.#timer = setTimeout(() => this.fill(), Math.min(ms, MAX_TIMER_MS));
    }
    if (reservoir !== saved) await this.#bottleneck.incrementReservoir(reservoir - saved);
  }

  #dropTokens(): void {
    this.#credit = Math.min(0, this.#credit);
    this.#held.clear();
    this.#dropSaved = true;
    this.fill();
  }

  #grant(lane: Lane): void {
    const due = this.#queue.grant(lane);
    if (due === undefined) this.giveBack();
    else for (const other of due) this.#schedule(other, TURN_PRIORITY);
  }

  #schedule(lane: Lane, priority: number): void {
    // Bottleneck makes its ids with `Math.random`, which a test may have replaced.
    this.#jobs += 1;
    this.#bottleneck.schedule({ id: String(this.#jobs), priority }, noJob, lane).catch(() => undefined);
  }
}
