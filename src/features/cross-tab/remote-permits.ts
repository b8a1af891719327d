/**
 * A permit for requests across tabs: a follower asks the leader, whose budget is everybody's. On its side whoever
 * waits, on the leader's what was given and not returned yet: a tab that dies in between keeps its permit no longer
 * than a request lasts.
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
/** The same, in requests at the pace of the budget. */
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
  /** Until then, by the monotonic clock, it is to be expected that the leader gives no permit. */
  #patientUntil = 0;

  constructor(ports: RemotePermitsPorts) {
    this.#ports = ports;
  }

  get waiting(): boolean {
    return this.#waiting.size > 0;
  }

  /** The leader answers, and gives no permit, although the budget is not in use: its own requests may hang. */
  get stuck(): boolean {
    return this.waiting && monotonicNow() >= this.#patientUntil;
  }

  /** The budget is in use, or rests for `pauseMs`: to wait for it is to be expected. */
  progress(pauseMs = 0): void {
    const patienceMs = Math.max(PATIENCE_MS, (PATIENCE_REQUESTS * 1_000) / this.#ports.requestsPerSecond);
    this.#patientUntil = Math.max(this.#patientUntil, monotonicNow() + pauseMs + patienceMs);
  }

  /** Asks the leader. Resolves with undefined where it is for this tab to decide, after all. */
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

  /** The leader may not know of them. */
  requestAgain(): void {
    for (const { message } of this.#waiting.values()) this.#ports.post(message);
  }

  /** Each goes on by this tab's own budget, and the leader hears that it is not asked any more. */
  giveUp(): void {
    for (const n of this.#waiting.keys()) this.#ports.post({ kind: 'permit-return', n, used: true });
    this.fallBackToLocal();
  }

  /** There is nobody to ask. */
  fallBackToLocal(): void {
    for (const { end } of this.#waiting.values()) end(undefined);
  }

  onGranted(n: number): void {
    const { post } = this.#ports;
    const waiting = this.#waiting.get(n);
    const done = (used: boolean) => (): void => post({ kind: 'permit-return', n, used });
    waiting?.end({ release: done(true), refund: done(false) });
  }

  /** Gives a permit to another tab, when there is room. */
  grant(to: string, { n, chimeBearer, priority }: PermitRequest): void {
    const { post, acquire, requestTimeoutMs } = this.#ports;
    const key = `${to} ${n}`;
    const before = this.#grants.get(key);
    if (before !== undefined) {
      // It waits for what was given: the grant has not reached it.
      if (before.permit !== undefined) post({ kind: 'permit-grant', to, n });
      return;
    }
    const given: Grant = { abort: new AbortController(), permit: undefined, timer: undefined };
    this.#grants.set(key, given);
    void acquire(chimeBearer, priority, given.abort.signal).then(
      (permit) => {
        if (this.#grants.get(key) !== given) return permit.refund();
        given.permit = permit;
        given.timer = setTimeout(() => this.onReturned(to, n, true), requestTimeoutMs);
        post({ kind: 'permit-grant', to, n });
      },
      // The only ways in which a permit is not given: it is not wanted any more, or we are closing.
      () => undefined,
    );
  }

  onReturned(from: string, n: number, used: boolean): void {
    this.#end(`${from} ${n}`, used);
  }

  /** This tab leads no longer. */
  revokeAll(): void {
    for (const key of this.#grants.keys()) this.#end(key, true);
  }

  #end(key: string, used: boolean): void {
    const given = this.#grants.get(key);
    if (given === undefined) return;
    this.#grants.delete(key);
    clearTimeout(given.timer);
    if (given.permit === undefined) given.abort.abort();
    else if (used) given.permit.release();
    else given.permit.refund();
  }
}
