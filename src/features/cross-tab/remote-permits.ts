/**
 * Permits across tabs: a follower requests them from the leader, which grants them from its rate limit. A follower keeps its
 * waiting requests, and the leader keeps the permits that were not returned yet: a tab that ends keeps its permit no longer
 * than a request may last.
 */
import { abortReason } from '../../shared/abort.ts';
import type { Permit, Priority } from '../../core/ports/http.ts';
import { monotonicNow } from '../../shared/time.ts';
import type { TabMessage } from './protocol.ts';

type PermitRequest = Extract<TabMessage, { kind: 'permit-request' }>;

export interface RemotePermitsPorts {
  readonly post: (message: TabMessage) => void;
  readonly acquire: (chimeBearer: string, priority: Priority, signal: AbortSignal) => Promise<Permit>;
  /** How long a request may last. */
  readonly requestTimeoutMs: number;
  readonly requestsPerSecond: number;
}

/** How long a tab waits for a permit while the leader shows no sign of a request, in milliseconds. */
const PATIENCE_MS = 3_500;
/** The same, in requests at the rate limit. */
const PATIENCE_REQUESTS = 2;

interface Waiting {
  readonly message: PermitRequest;
  readonly end: (permit: Permit | undefined) => void;
}

interface Grant {
  readonly abort: AbortController;
  permit: Permit | undefined;
  timer: ReturnType<typeof setTimeout> | undefined;
}

export class RemotePermits {
  readonly #ports: RemotePermitsPorts;
  readonly #waiting = new Map<number, Waiting>();
  readonly #grants = new Map<string, Grant>();
  #last = 0;
  /** Until then, by the monotonic clock, it is normal that the leader grants no permit. */
  #patientUntil = 0;

  constructor(ports: RemotePermitsPorts) {
    this.#ports = ports;
  }

  get waiting(): boolean {
    return this.#waiting.size > 0;
  }

  /** The leader answers, but grants no permit although the rate limit is not used up: its own requests may hang. */
  get stuck(): boolean {
    return this.waiting && monotonicNow() >= this.#patientUntil;
  }

  /** The rate limit is in use, or paused for `pauseMs`: it is normal to wait. */
  progress(pauseMs = 0): void {
    const patienceMs = Math.max(PATIENCE_MS, (PATIENCE_REQUESTS * 1_000) / this.#ports.requestsPerSecond);
    this.#patientUntil = Math.max(this.#patientUntil, monotonicNow() + pauseMs + patienceMs);
  }

  /** Requests a permit from the leader. Resolves with undefined if this tab has to use its local rate limit instead. */
  request(chimeBearer: string, priority: Priority, signal: AbortSignal | undefined): Promise<Permit | undefined> {
    return new Promise((resolve, reject) => {
      this.#last += 1;
      const n = this.#last;
      const onAbort = (): void => {
        this.#waiting.delete(n);
        this.#ports.post({ kind: 'permit-return', n, used: false });
        if (signal !== undefined) reject(abortReason(signal));
      };
      const end = (permit: Permit | undefined): void => {
        this.#waiting.delete(n);
        signal?.removeEventListener('abort', onAbort);
        resolve(permit);
      };
      const message: PermitRequest = { kind: 'permit-request', n, chimeBearer, priority };
      if (!this.waiting) this.progress();
      this.#waiting.set(n, { message, end });
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#ports.post(message);
    });
  }

  /** Repeats all waiting requests: the leader may not know them. */
  requestAgain(): void {
    for (const { message } of this.#waiting.values()) this.#ports.post(message);
  }

  /** Withdraws all waiting requests; they continue with the local rate limit. */
  giveUp(): void {
    for (const n of this.#waiting.keys()) this.#ports.post({ kind: 'permit-return', n, used: true });
    this.fallBackToLocal();
  }

  /** No other tab grants permits: all waiting requests continue with the local rate limit. */
  fallBackToLocal(): void {
    for (const { end } of this.#waiting.values()) end(undefined);
  }

  onGranted(n: number): void {
    const { post } = this.#ports;
    const waiting = this.#waiting.get(n);
    const done = (used: boolean) => (): void => post({ kind: 'permit-return', n, used });
    waiting?.end({ release: done(true), refund: done(false) });
  }

  /** Grants a permit to another tab, once the rate limit allows. */
  grant(to: string, { n, chimeBearer, priority }: PermitRequest): void {
    const { post, acquire, requestTimeoutMs } = this.#ports;
    const key = `${to} ${n}`;
    const before = this.#grants.get(key);
    if (before !== undefined) {
      // The tab still waits: the grant has not reached it.
      if (before.permit !== undefined) post({ kind: 'permit-grant', to, n });
      return;
    }
    const grant: Grant = { abort: new AbortController(), permit: undefined, timer: undefined };
    this.#grants.set(key, grant);
    void acquire(chimeBearer, priority, grant.abort.signal).then(
      (permit) => {
        if (this.#grants.get(key) !== grant) return permit.refund();
        grant.permit = permit;
        grant.timer = setTimeout(() => this.onReturned(to, n, true), requestTimeoutMs);
        post({ kind: 'permit-grant', to, n });
      },
      // Rejected only if the permit is no longer wanted, or this tab is closing.
      () => undefined,
    );
  }

  onReturned(from: string, n: number, used: boolean): void {
    this.#end(`${from} ${n}`, used);
  }

  /** This tab no longer leads: ends all grants. */
  revokeAll(): void {
    for (const key of this.#grants.keys()) this.#end(key, true);
  }

  #end(key: string, used: boolean): void {
    const grant = this.#grants.get(key);
    if (grant === undefined) return;
    this.#grants.delete(key);
    clearTimeout(grant.timer);
    if (grant.permit === undefined) grant.abort.abort();
    else if (used) grant.permit.release();
    else grant.permit.refund();
  }
}
