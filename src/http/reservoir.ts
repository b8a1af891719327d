/**
 * One bearer's tokens, one for each HTTP request. Bottleneck has them in its reservoir, and gives them to the jobs in
 * its queue, the most urgent first. Here is what it cannot do: tokens for the time that has passed
 * (`adaptive-rate.ts`), debt, and a reservoir of no more than may be used now.
 *
 * A permit takes its token as it is given, and the token is spent as its request departs. Until then the permit holds
 * it, and what is held and what is in the reservoir are together no more than a burst: so no more depart than a
 * reservoir of that size allows, however long permits are held. Where time has earned more, the one that holds its
 * token for longest loses it. A permit without one (it has lost it, or its request departs again, as a retry of the
 * SDK's own) takes another as its request departs, before all that wait.
 *
 * Debt: requests that were made without a token (`charge`) are taken from the savings as the reservoir is filled next,
 * and what these do not cover is owed. A 429 shows that the savings were none. It takes them first, so that what was
 * charged for the same answer is owed in full (10 charged with 5 saved: 10 are owed), and it never cancels a debt.
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

/** In Bottleneck's queue. Between the departures and the sends are the turns of lanes that have waited for long. */
const PRIORITIES: Record<Lane, number> = { departure: 0, send: 2, reconcile: 3, poll: 4 };
const TURN = 1;

const nothing = (): Promise<void> => Promise.resolve();

export class Reservoir {
  readonly #limit: RateLimit;
  readonly #places: () => number;
  readonly #queue = new PriorityQueue();
  readonly #bottleneck: Bottleneck<Lane>;
  #rate: RateState;
  /** Tokens that may not be used now: there are fewer places. Below zero: owed. */
  #credit = 0;
  /** Permits that hold a token; the oldest first. */
  readonly #held = new Set<object>();
  /** Requests that have departed since the time was paid: until then their tokens leave no room for others. */
  #departed = 0;
  /** What is saved up is to be taken away. */
  #isLost = false;
  #isDue = false;
  #filled = Promise.resolve();
  #jobs = 0;
  #closed = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param places how many permits may be given now, if there are tokens */
  constructor(limit: RateLimit, places: () => number) {
    this.#limit = limit;
    this.#places = places;
    this.#rate = initialRate(limit, monotonicNow());
    // Bottleneck counts by the wall clock: no job waits for the time of the one before, which may lie days ahead.
    this.#bottleneck = new Bottleneck({ reservoir: limit.burst, minTime: -Infinity, Promise: ImmediatePromise });
    this.#bottleneck.on('queued', ({ args: [lane] }) => {
      if (lane === 'departure') this.fill();
    });
    // Not in the job itself: Bottleneck sets a timer before that, which in a hidden tab takes a second, or a minute.
    this.#bottleneck.on('scheduled', ({ args: [lane] }) => this.#grant(lane));
  }

  /** Waits for a token, and resolves with what `take` gives, which is called as it comes. */
  take<T>(lane: Lane, signal: AbortSignal | undefined, take: () => T): Promise<T> {
    const taken = this.#queue.add(lane, signal, take);
    this.fill();
    void this.#filled.then(() => {
      // There may be a job of one who has gone away, or had a turn.
      if (this.#bottleneck.queued(PRIORITIES[lane]) < this.#queue.sizeOf(lane)) this.#schedule(lane, PRIORITIES[lane]);
    });
    return taken;
  }

  giveBack(): void {
    this.#credit += 1;
    this.fill();
  }

  /** `permit` holds the token that was just taken, unless a 429 that came meanwhile has taken it. */
  hold(permit: object): void {
    if (!isPaused(this.#rate, monotonicNow())) this.#held.add(permit);
  }

  /** The request of `permit` departs: now, or when it has a token and those who wait to depart have gone. */
  beforeDispatch(permit: object, signal: AbortSignal | undefined, onCounted: () => void): Promise<void> | undefined {
    const holds = this.#held.delete(permit);
    if (!holds || this.#queue.sizeOf('departure') > 0) {
      if (holds) this.#credit += 1;
      return this.take('departure', signal, onCounted);
    }
    this.#departed += 1;
    this.fill();
    onCounted();
  }

  /** `permit` holds no token any more. Returns whether it did. */
  drop(permit: object): boolean {
    return this.#held.delete(permit);
  }

  charge(requests: number): void {
    this.#credit -= requests;
  }

  throttle(retryAfterMs: number | undefined): { requestsPerSecond: number; pausedForMs: number } {
    const now = monotonicNow();
    this.#rate = afterThrottle(this.#rate, this.#limit, now, retryAfterMs);
    this.#lose();
    return { requestsPerSecond: this.#rate.rate, pausedForMs: this.#rate.pausedUntil - now };
  }

  /** What was saved up is gone: somebody else may just have spent as much. */
  empty(): void {
    this.#rate = { ...this.#rate, refilledUntil: Math.max(this.#rate.refilledUntil, monotonicNow()) };
    this.#lose();
  }

  /** Whether it has been idle for so long that a new one would be the same. */
  isAsNew(now: number): boolean {
    if (this.#queue.size > 0 || currentRate(this.#rate, this.#limit, now) < this.#limit.requestsPerSecond) return false;
    return Math.min(0, this.#credit) + refill(this.#rate, this.#limit, now).requests >= this.#limit.burst;
  }

  /** Refuses everybody who waits, and leaves no timer. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#queue.close();
    void this.#bottleneck.stop({ dropWaitingJobs: true });
  }

  /** Brings the reservoir to what may be used now. One after the other: what the one has put in, the next must see. */
  fill(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    this.#filled = this.#filled.then(() => this.#fill());
  }

  async #fill(): Promise<void> {
    this.#isDue = false;
    const saved = await this.#bottleneck.currentReservoir();
    if (this.#closed) return;
    const now = monotonicNow();
    let tokens = this.#credit + (this.#isLost ? 0 : saved);
    this.#isLost = false;
    const { burst } = this.#limit;
    const { requests, rate } = refill(this.#rate, this.#limit, now, Math.max(0, burst - tokens - this.#departed));
    this.#rate = rate;
    this.#departed = 0;
    tokens = Math.min(burst, tokens + requests);
    for (const permit of this.#held) if (tokens + this.#held.size > burst) this.#held.delete(permit);
    const paused = isPaused(rate, now);
    const most = paused ? 0 : this.#places() + this.#bottleneck.queued(PRIORITIES.departure);
    const reservoir = Math.max(0, Math.min(tokens, most));
    this.#credit = tokens - reservoir;
    clearTimeout(this.#timer);
    if ((paused || tokens < most) && this.#queue.size > reservoir) {
      const ms = delayFor(1 - Math.min(tokens, tokens % 1), rate, this.#limit, now);
      this.#timer = setTimeout(() => this.fill(), Math.min(ms, MAX_TIMER_MS));
    }
    if (reservoir !== saved) await this.#bottleneck.incrementReservoir(reservoir - saved);
  }

  #lose(): void {
    this.#credit = Math.min(0, this.#credit);
    this.#held.clear();
    this.#isLost = true;
    this.fill();
  }

  #grant(lane: Lane): void {
    const due = this.#queue.grant(lane);
    if (due === undefined) this.giveBack();
    else for (const other of due) this.#schedule(other, TURN);
  }

  #schedule(lane: Lane, priority: number): void {
    // An id of Bottleneck's own would be made with `Math.random`, which a test may have replaced.
    this.#jobs += 1;
    this.#bottleneck.schedule({ id: String(this.#jobs), priority }, nothing, lane).catch(() => undefined);
  }
}
