/**
 * One bearer's budget, kept by Bottleneck: its reservoir is the requests that may leave. Who waits, waits here and not in
 * Bottleneck: that is asked only for as many leaves as its reservoir has, in one job of that weight, so that who goes is
 * chosen when there is room, and a hidden tab's slow timers are paid once per batch. What time is worth, and what a 429
 * costs, is `pace.ts`; whether anything may leave at all, `suspension.ts`.
 */
import type Bottleneck from 'bottleneck/light.js';
import { reasonOf } from '../core/abort.ts';
import { TrackerClosedError } from '../core/errors.ts';
import type { Permit, Priority } from '../core/ports.ts';
import { MAX_TIMER_MS, steadyNow } from '../core/time.ts';
import { Claims, type Claim } from './claims.ts';
import { DepartureLimiter } from './departure-limiter.ts';
import { fullPace, isPaused, pay, rateAt, throttled, waitFor, type Pace, type RateLimit } from './pace.ts';
import { Suspension, type SuspensionPorts } from './suspension.ts';

export class Account {
  readonly suspension: Suspension;
  readonly #limit: RateLimit;
  readonly #limiter: () => Bottleneck;
  readonly #claims = new Claims();
  readonly #departures: DepartureLimiter;
  #pace: Pace;
  /** What Bottleneck last said its reservoir is. Nobody else changes it, so it is what can leave at once. */
  #reservoir: number;
  /** Leaves earned, or given back while none may leave, less requests made without leave: booked with the next refill. */
  #credit = 0;
  /** Leaves that Bottleneck was asked for and is still to give: it sets a timer, which a hidden tab may keep for a minute. */
  #asked = 0;
  /** The part of `#credit` that takes back the reservoir: it is taken back once only. */
  #lost = 0;
  /**
   * Leaves that Bottleneck has given and nobody has used, or that were given back: they go out as soon as one may run. To
   * hand them back to Bottleneck would cost the next one a timer of its own, a whole second in a hidden tab.
   */
  #drawn = 0;
  #running = 0;
  #pumping = false;
  #closed = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param limiter the bearer's, made when it is first asked for */
  constructor(limit: RateLimit, limiter: () => Bottleneck, ports: Omit<SuspensionPorts, 'onOpening'>) {
    this.#limit = limit;
    this.#limiter = limiter;
    this.suspension = new Suspension({ ...ports, onOpening: () => void this.#pump() });
    this.#pace = fullPace(limit, steadyNow());
    this.#departures = new DepartureLimiter(limit, () => this.#pace);
    this.#reservoir = limit.burst;
  }

  acquire(priority: Priority, signal: AbortSignal | undefined): Promise<Permit> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) return reject(reasonOf(signal));
      if (this.#closed) return reject(new TrackerClosedError());
      const onAbort = (): void => {
        this.#claims.delete(claim, priority);
        if (signal !== undefined) reject(reasonOf(signal));
      };
      const unlisten = (): void => signal?.removeEventListener('abort', onAbort);
      const claim: Claim = {
        grant: (permit) => {
          unlisten();
          resolve(permit);
        },
        refuse: (reason) => {
          unlisten();
          reject(reason);
        },
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#claims.add(claim, priority);
      void this.#pump();
    });
  }

  charge(requests: number): void {
    const drawn = Math.min(this.#drawn, requests);
    this.#drawn -= drawn;
    this.#credit -= requests - drawn;
    this.#departures.charge(requests);
  }

  throttle(retryAfterMs: number | undefined): { requestsPerSecond: number; pausedForMs: number } {
    const now = steadyNow();
    this.#departures.empty();
    this.#pace = throttled(this.#pace, this.#limit, now, retryAfterMs);
    this.#lose();
    return { requestsPerSecond: this.#pace.rate, pausedForMs: this.#pace.pausedUntil - now };
  }

  /** What was saved up is gone: somebody else may just have spent as much. */
  empty(): void {
    this.#pace = { ...this.#pace, paidUntil: Math.max(this.#pace.paidUntil, steadyNow()) };
    this.#departures.empty();
    this.#lose();
    this.#asked = 0;
  }

  /** Whether it has been idle for so long that a new account would be the same. */
  isAsNew(now: number): boolean {
    if (this.#running > 0 || this.#claims.size > 0 || this.#pumping || this.#credit < 0) return false;
    if (this.suspension.allowance < Infinity) return false;
    if (rateAt(this.#pace, this.#limit, now) < this.#limit.requestsPerSecond) return false;
    if (!this.#departures.isFull) return false;
    const saved = this.#reservoir + this.#drawn + this.#credit;
    return saved + pay(this.#pace, this.#limit, now).requests >= this.#limit.burst;
  }

  /** Refuses everybody who waits, and leaves no timer. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.suspension.close();
    this.#departures.close();
    const reason = new TrackerClosedError();
    for (let claim = this.#claims.next(); claim !== undefined; claim = this.#claims.next()) claim.refuse(reason);
  }

  async #pump(): Promise<void> {
    this.#grant();
    if (this.#pumping) return;
    this.#pumping = true;
    try {
      while (this.#wanted() > 0) {
        const limiter = this.#limiter();
        await this.#refill(limiter);
        const wanted = this.#wanted();
        if (wanted < 1) return;
        const weight = Math.min(Math.floor(this.#reservoir), wanted);
        if (weight < 1 || isPaused(this.#pace, steadyNow())) return this.#sleep();
        this.#reservoir -= weight;
        this.#asked = weight;
        await limiter.schedule({ weight }, async () => this.#draw());
      }
    } finally {
      this.#pumping = false;
    }
  }

  /**
   * Leaves to ask Bottleneck for: for all who wait, also for those who cannot run yet. In a hidden tab the next wake-up
   * may be a minute away, and then they must not wait for another one.
   */
  #wanted(): number {
    if (this.#closed) return 0;
    const most = this.suspension.allowance === Infinity ? Math.floor(this.#limit.burst) : 1;
    return Math.min(this.#claims.size, most) - this.#drawn;
  }

  async #refill(limiter: Bottleneck): Promise<void> {
    this.#earn();
    const by = Math.min(this.#credit, this.#room);
    this.#credit = 0;
    this.#lost = 0;
    if (by !== 0) this.#reservoir = await limiter.incrementReservoir(by);
  }

  /** What was saved up is gone; what is owed stays owed. */
  #lose(): void {
    this.#credit = Math.min(0, this.#credit + this.#lost) - this.#reservoir;
    this.#lost = this.#reservoir;
    this.#drawn = 0;
  }

  /** Leaves that fit in beside those that have not gone out yet, wherever they are. */
  get #room(): number {
    return this.#limit.burst - this.#reservoir - this.#asked - this.#drawn;
  }

  /**
   * Turns the time until now into leaves. To be done before any goes out: while all that a burst holds was waiting (for its
   * turn to run, or for a slow timer), the time was worth nothing, and it must not be paid for when they have left.
   */
  #earn(): void {
    const { requests, pace } = pay(this.#pace, this.#limit, steadyNow(), Math.max(0, this.#room - this.#credit));
    this.#pace = pace;
    this.#credit += requests;
  }

  #sleep(): void {
    clearTimeout(this.#timer);
    const ms = waitFor(Math.max(0, 1 - this.#reservoir), this.#pace, this.#limit, steadyNow());
    this.#timer = setTimeout(() => void this.#pump(), Math.min(ms, MAX_TIMER_MS));
  }

  #draw(): void {
    const leaves = this.#asked;
    this.#asked = 0;
    // Bottleneck took its time: a 429 that came meanwhile has taken these leaves, too.
    if (isPaused(this.#pace, steadyNow())) return;
    this.#drawn += leaves;
    this.#grant();
  }

  /** Lets out whoever may run now, the most urgent first, as far as there are leaves. */
  #grant(): void {
    if (this.#drawn > 0) this.#earn();
    while (this.#drawn > 0 && this.#running < this.#limit.maxConcurrent && this.suspension.allowance > 0) {
      const claim = this.#claims.next();
      if (claim === undefined) break;
      this.#drawn -= 1;
      this.#running += 1;
      claim.grant(this.#permit(this.suspension.left()));
    }
  }

  #permit(probe: boolean): Permit {
    const release = (): void => {
      this.#running -= 1;
      if (probe) this.suspension.probed();
      void this.#pump();
    };
    return {
      depart: (signal) => this.#departures.depart(signal),
      release,
      refund: () => {
        if (isPaused(this.#pace, steadyNow())) this.#credit += 1;
        else this.#drawn += 1;
        release();
      },
    };
  }
}
