/** The request budget of every bearer: an account each. How one account works is in `account.ts`. */
import type { Permit, Priority } from '../core/ports.ts';
import { MAX_TIMER_MS, steadyNow } from '../core/time.ts';
import { Account } from './account.ts';
import type { RateLimit } from './pace.ts';

export interface BudgetPorts {
  readonly random: () => number;
  readonly onSuspended: (chimeBearer: string, error: unknown) => void;
  readonly onResumed: (chimeBearer: string) => void;
}

/** As many accounts may stay open though they are idle: an account is some kilobytes. */
const KEEP_OPEN = 16;
/** How long after an account could be as new it is looked for. */
const SWEEP_SLACK_MS = 1_000;

export class Budget {
  readonly #limit: RateLimit;
  readonly #ports: BudgetPorts;
  readonly #accounts = new Map<string, Account>();
  /** The accounts that are suspended: few, while the accounts may be many. */
  readonly #suspended = new Set<Account>();
  #sweepTimer: ReturnType<typeof setTimeout> | undefined;
  /** When others have last spent it. */
  #emptiedAt = -Infinity;
  #closed = false;

  constructor(limit: RateLimit, ports: BudgetPorts) {
    this.#limit = limit;
    this.#ports = ports;
  }

  /** Waits for leave to make one request; rejects with the signal's reason once that is aborted, and on `close`. */
  acquire(chimeBearer: string, priority: Priority, signal?: AbortSignal): Promise<Permit> {
    return this.#account(chimeBearer).acquire(priority, signal);
  }

  /** Books requests that were made without leave: the SDK's own retries, where they cannot be switched off. */
  charge(chimeBearer: string, requests: number): void {
    this.#account(chimeBearer).charge(requests);
  }

  /** The service answered 429. Says what that costs the bearer. */
  throttle(chimeBearer: string, retryAfterMs: number | undefined): { requestsPerSecond: number; pausedForMs: number } {
    return this.#account(chimeBearer).throttle(retryAfterMs);
  }

  /** Every account begins anew with nothing saved up. */
  empty(): void {
    this.#emptiedAt = steadyNow();
    for (const account of this.#accounts.values()) account.empty();
  }

  /** The service answered something that only good credentials get. */
  answered(chimeBearer: string): void {
    this.#accounts.get(chimeBearer)?.suspension.answered();
  }

  /** The service, or the provider of the credentials, said that they are bad. */
  refused(chimeBearer: string, error: unknown): void {
    this.#account(chimeBearer).suspension.refused(error);
  }

  /** A sign that things may have changed for the better. */
  hurry(): void {
    for (const { suspension } of this.#suspended) suspension.hurry();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#sweepTimer);
    for (const account of this.#accounts.values()) account.close();
  }

  #account(chimeBearer: string): Account {
    let account = this.#accounts.get(chimeBearer);
    if (account === undefined) {
      account = this.#open(chimeBearer);
      this.#accounts.set(chimeBearer, account);
      this.#planSweep();
    }
    return account;
  }

  #open(chimeBearer: string): Account {
    const { random, onSuspended, onResumed } = this.#ports;
    const account = new Account(this.#limit, {
      random,
      onSuspended: (error) => {
        this.#suspended.add(account);
        onSuspended(chimeBearer, error);
      },
      onResumed: () => {
        this.#suspended.delete(account);
        onResumed(chimeBearer);
      },
    });
    // What was spent long ago has been earned again.
    if (steadyNow() - this.#emptiedAt < this.#refillMs) account.empty();
    if (this.#closed) account.close();
    return account;
  }

  get #refillMs(): number {
    return (this.#limit.burst / this.#limit.requestsPerSecond) * 1_000;
  }

  /** One timer for all, only while there is something to drop: that costs each account a constant number of looks. */
  #planSweep(): void {
    if (this.#sweepTimer !== undefined || this.#closed) return;
    if (this.#accounts.size - this.#suspended.size <= KEEP_OPEN) return;
    const delay = Math.min(MAX_TIMER_MS, this.#refillMs + SWEEP_SLACK_MS);
    this.#sweepTimer = setTimeout(() => this.#sweep(), delay);
  }

  #sweep(): void {
    this.#sweepTimer = undefined;
    const now = steadyNow();
    for (const [chimeBearer, account] of this.#accounts) {
      if (!account.isAsNew(now)) continue;
      account.close();
      this.#accounts.delete(chimeBearer);
    }
    this.#planSweep();
  }
}
