/**
 * The request budget of every bearer, kept by Bottleneck: one limiter per bearer, whose reservoir is the requests that
 * may leave. Requests wait here, by priority, and not in Bottleneck: it is asked only for as many as its reservoir has, in
 * one job of that weight, so that who goes is chosen when there is room, and a hidden tab's slow timers are paid once per
 * batch. What time is worth, and what a 429 costs, is `pace.ts`; whether anything may leave at all, `suspension.ts`.
 */
import Bottleneck from 'bottleneck/light.js';
import { reasonOf } from '../core/abort.ts';
import { TrackerClosedError } from '../core/errors.ts';
import type { Permit, Priority } from '../core/ports.ts';
import { CLOCK_SLIP_MS, MAX_TIMER_MS } from '../core/time.ts';
import { Account, type Claim } from './account.ts';
import { isPaused, pay, rateAt, throttled, waitFor, type RateLimit } from './pace.ts';
import { Suspension } from './suspension.ts';

/** More bearers than this, and idle accounts are dropped before a new one is opened. */
const SWEEP_ABOVE = 100;

export interface BudgetPorts {
  readonly random: () => number;
  readonly onSuspended: (chimeBearer: string, error: unknown) => void;
  readonly onResumed: (chimeBearer: string) => void;
}

export class Budget {
  readonly #limit: RateLimit;
  readonly #ports: BudgetPorts;
  readonly #limiters: Bottleneck.Group;
  readonly #accounts = new Map<string, Account>();
  #closed = false;

  constructor(limit: RateLimit, ports: BudgetPorts) {
    this.#limit = limit;
    this.#ports = ports;
    this.#limiters = new Bottleneck.Group({ reservoir: limit.burst });
    // The group's own clean-up would bring back a full reservoir beside our account of it: `#sweep` removes both together.
    clearInterval(this.#limiters.interval);
  }

  /** Waits for leave to make one request; rejects with the signal's reason once that is aborted, and on `close`. */
  acquire(chimeBearer: string, priority: Priority, signal?: AbortSignal): Promise<Permit> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) return reject(reasonOf(signal));
      if (this.#closed) return reject(new TrackerClosedError());
      const account = this.#account(chimeBearer);
      const lane = account.lanes[priority];
      const onAbort = (): void => {
        lane.delete(claim);
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
      lane.add(claim);
      void this.#pump(chimeBearer, account);
    });
  }

  /** Books requests that were made without leave: the SDK's own retries, where they cannot be switched off. */
  charge(chimeBearer: string, requests: number): void {
    this.#account(chimeBearer).credit -= requests;
  }

  /** The service answered 429. Says what that costs the bearer. */
  throttle(chimeBearer: string, retryAfterMs: number | undefined): { requestsPerSecond: number; pausedForMs: number } {
    const account = this.#account(chimeBearer);
    const now = Date.now();
    account.pace = throttled(account.pace, this.#limit, now, retryAfterMs);
    // What was saved up is gone; what is owed stays owed.
    account.credit = Math.min(0, account.credit) - account.reservoir;
    account.drawn = 0;
    return { requestsPerSecond: account.pace.rate, pausedForMs: account.pace.pausedUntil - now };
  }

  /** The service answered something that only good credentials get. */
  answered(chimeBearer: string): void {
    this.#account(chimeBearer).suspension.answered();
  }

  /** The service, or the provider of the credentials, said that they are bad. */
  refused(chimeBearer: string, error: unknown): void {
    this.#account(chimeBearer).suspension.refused(error);
  }

  /** A sign that things may have changed for the better. */
  hurry(): void {
    for (const { suspension } of this.#accounts.values()) suspension.hurry();
  }

  close(): void {
    this.#closed = true;
    const reason = new TrackerClosedError();
    for (const account of this.#accounts.values()) {
      clearTimeout(account.timer);
      account.suspension.close();
      for (let claim = account.next(); claim !== undefined; claim = account.next()) claim.refuse(reason);
    }
  }

  #account(chimeBearer: string): Account {
    let account = this.#accounts.get(chimeBearer);
    if (account === undefined) {
      if (this.#accounts.size >= SWEEP_ABOVE) this.#sweep();
      account = this.#open(chimeBearer);
      this.#accounts.set(chimeBearer, account);
    }
    return account;
  }

  #open(chimeBearer: string): Account {
    const { random, onSuspended, onResumed } = this.#ports;
    const suspension = new Suspension({
      random,
      onOpening: () => void this.#pump(chimeBearer, account),
      onSuspended: (error) => onSuspended(chimeBearer, error),
      onResumed: () => onResumed(chimeBearer),
    });
    const account: Account = new Account(this.#limit, suspension);
    return account;
  }

  async #pump(chimeBearer: string, account: Account): Promise<void> {
    this.#grant(chimeBearer, account);
    if (account.pumping) return;
    account.pumping = true;
    try {
      while (this.#wanted(account) > 0) {
        const limiter = await this.#limiter(chimeBearer, account);
        await this.#refill(limiter, account);
        const wanted = this.#wanted(account);
        if (wanted < 1) return;
        const weight = Math.min(Math.floor(account.reservoir), wanted);
        if (weight < 1 || isPaused(account.pace, Date.now())) return this.#sleep(chimeBearer, account);
        account.reservoir -= weight;
        await limiter.schedule({ weight }, async () => this.#draw(chimeBearer, account, weight));
      }
    } finally {
      account.pumping = false;
    }
  }

  /**
   * Leaves to ask Bottleneck for: for all who wait, also for those who cannot run yet. In a hidden tab the next wake-up
   * may be a minute away, and then they must not wait for another one.
   */
  #wanted(account: Account): number {
    if (this.#closed) return 0;
    const most = account.suspension.allowance === Infinity ? Math.floor(this.#limit.burst) : 1;
    return Math.min(account.waiting, most) - account.drawn;
  }

  /** Bottleneck believes that time only moves forward: when the clock was set back, a new limiter takes over. */
  async #limiter(chimeBearer: string, account: Account): Promise<Bottleneck> {
    const now = Date.now();
    const slipped = now < account.seenAt - CLOCK_SLIP_MS;
    account.seenAt = now;
    if (slipped) await this.#limiters.deleteKey(chimeBearer);
    const limiter = withoutNaps(this.#limiters.key(chimeBearer));
    if (!slipped) return limiter;
    account.reservoir = await limiter.incrementReservoir(account.reservoir - this.#limit.burst);
    return limiter;
  }

  async #refill(limiter: Bottleneck, account: Account): Promise<void> {
    const room = this.#limit.burst - account.reservoir - account.drawn;
    const { requests, pace } = pay(account.pace, this.#limit, Date.now(), room - account.credit);
    const by = Math.min(requests + account.credit, room);
    account.pace = pace;
    account.credit = 0;
    if (by !== 0) account.reservoir = await limiter.incrementReservoir(by);
  }

  #sleep(chimeBearer: string, account: Account): void {
    clearTimeout(account.timer);
    const ms = waitFor(Math.max(0, 1 - account.reservoir), account.pace, this.#limit, Date.now());
    account.timer = setTimeout(() => void this.#pump(chimeBearer, account), Math.min(ms, MAX_TIMER_MS));
  }

  #draw(chimeBearer: string, account: Account, leaves: number): void {
    // Bottleneck took its time: a 429 that came meanwhile has taken these leaves, too.
    if (isPaused(account.pace, Date.now())) return;
    account.drawn += leaves;
    this.#grant(chimeBearer, account);
  }

  /** Lets out whoever may run now, the most urgent first, as far as there are leaves. */
  #grant(chimeBearer: string, account: Account): void {
    while (account.drawn > 0 && account.running < this.#limit.maxConcurrent && account.suspension.allowance > 0) {
      const claim = this.#closed ? undefined : account.next();
      if (claim === undefined) break;
      account.drawn -= 1;
      account.running += 1;
      claim.grant(this.#permit(chimeBearer, account, account.suspension.left()));
    }
    if (account.waiting > 0) return;
    account.credit += account.drawn;
    account.drawn = 0;
  }

  #permit(chimeBearer: string, account: Account, probe: boolean): Permit {
    const release = (): void => {
      account.running -= 1;
      if (probe) account.suspension.probed();
      void this.#pump(chimeBearer, account);
    };
    return {
      release,
      refund: () => {
        account.credit += 1;
        release();
      },
    };
  }

  /** Drops accounts that have been idle for so long that a new one would be the same. */
  #sweep(): void {
    const now = Date.now();
    for (const [chimeBearer, account] of this.#accounts) {
      if (account.running > 0 || account.waiting > 0 || account.pumping || account.credit < 0) continue;
      if (account.suspension.allowance < Infinity) continue;
      if (rateAt(account.pace, this.#limit, now) < this.#limit.requestsPerSecond) continue;
      if (account.reservoir + pay(account.pace, this.#limit, now).requests < this.#limit.burst) continue;
      clearTimeout(account.timer);
      this.#accounts.delete(chimeBearer);
      void this.#limiters.deleteKey(chimeBearer);
    }
  }
}

/**
 * Bottleneck's local store waits for a timer of 0 ms before each step, though none of them waits for anything: four in a
 * row for one job. In a hidden tab, where each costs a second, that made 0.8 requests a second of 5 (measured in
 * Chromium). A later Bottleneck without this field is only slow again.
 */
function withoutNaps(limiter: Bottleneck): Bottleneck {
  // oxlint-disable-next-line no-underscore-dangle
  const store = limiter._store;
  if (store?.yieldLoop !== undefined) store.yieldLoop = () => Promise.resolve();
  return limiter;
}
