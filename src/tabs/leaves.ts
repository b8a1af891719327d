/**
 * Leave for requests across tabs: a follower asks the leader, whose budget is everybody's. On its side whoever waits, on
 * the leader's what was given and not returned yet: a tab that dies in between keeps its leave no longer than a request lasts.
 */
import { reasonOf } from '../core/abort.ts';
import type { Permit, Priority } from '../core/ports.ts';
import { steadyNow } from '../core/time.ts';
import type { Message } from './message.ts';

type Leave = Extract<Message, { kind: 'leave' }>;

export interface LeavePorts {
  readonly post: (message: Message) => void;
  readonly acquire: (chimeBearer: string, priority: Priority, signal: AbortSignal) => Promise<Permit>;
  /** How long a request may last. */
  readonly requestTimeoutMs: number;
  readonly requestsPerSecond: number;
}

/** How long a tab waits for leave while the leader shows no sign of a request, in milliseconds. */
const PATIENCE_MS = 3_500;
/** The same, in requests at the pace of the budget. */
const PATIENCE_REQUESTS = 2;

interface Waiting {
  readonly message: Leave;
  readonly end: (permit: Permit | undefined) => void;
}

interface Given {
  readonly abort: AbortController;
  permit: Permit | undefined;
  timer: ReturnType<typeof setTimeout> | undefined;
}

export class Leaves {
  readonly #ports: LeavePorts;
  readonly #waiting = new Map<number, Waiting>();
  readonly #given = new Map<string, Given>();
  #last = 0;
  /** Until then, by the steady clock, it is to be expected that the leader gives no leave. */
  #patientUntil = 0;

  constructor(ports: LeavePorts) {
    this.#ports = ports;
  }

  get waiting(): boolean {
    return this.#waiting.size > 0;
  }

  /** The leader answers, and gives no leave, although the budget is not in use: its own requests may hang. */
  get stuck(): boolean {
    return this.waiting && steadyNow() >= this.#patientUntil;
  }

  /** The budget is in use, or rests for `pauseMs`: to wait for it is to be expected. */
  progress(pauseMs = 0): void {
    const patienceMs = Math.max(PATIENCE_MS, (PATIENCE_REQUESTS * 1_000) / this.#ports.requestsPerSecond);
    this.#patientUntil = Math.max(this.#patientUntil, steadyNow() + pauseMs + patienceMs);
  }

  /** Asks the leader. Resolves with undefined where it is for this tab to decide, after all. */
  ask(chimeBearer: string, priority: Priority, signal: AbortSignal | undefined): Promise<Permit | undefined> {
    return new Promise((resolve, reject) => {
      this.#last += 1;
      const n = this.#last;
      const onAbort = (): void => {
        this.#waiting.delete(n);
        this.#ports.post({ kind: 'done', n, used: false });
        if (signal !== undefined) reject(reasonOf(signal));
      };
      const end = (permit: Permit | undefined): void => {
        this.#waiting.delete(n);
        signal?.removeEventListener('abort', onAbort);
        resolve(permit);
      };
      const message: Leave = { kind: 'leave', n, chimeBearer, priority };
      if (!this.waiting) this.progress();
      this.#waiting.set(n, { message, end });
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#ports.post(message);
    });
  }

  /** The leader may not know of them. */
  askAgain(): void {
    for (const { message } of this.#waiting.values()) this.#ports.post(message);
  }

  /** Each goes on by this tab's own budget, and the leader hears that it is not asked any more. */
  giveUp(): void {
    for (const n of this.#waiting.keys()) this.#ports.post({ kind: 'done', n, used: true });
    this.goAlone();
  }

  /** There is nobody to ask. */
  goAlone(): void {
    for (const { end } of this.#waiting.values()) end(undefined);
  }

  granted(n: number): void {
    const { post } = this.#ports;
    const waiting = this.#waiting.get(n);
    const done = (used: boolean) => (): void => post({ kind: 'done', n, used });
    waiting?.end({ release: done(true), refund: done(false) });
  }

  /** Gives leave to another tab, when there is room. */
  give(to: string, { n, chimeBearer, priority }: Leave): void {
    const { post, acquire, requestTimeoutMs } = this.#ports;
    const key = `${to} ${n}`;
    const before = this.#given.get(key);
    if (before !== undefined) {
      // It waits for what was given: the grant has not reached it.
      if (before.permit !== undefined) post({ kind: 'grant', to, n });
      return;
    }
    const given: Given = { abort: new AbortController(), permit: undefined, timer: undefined };
    this.#given.set(key, given);
    void acquire(chimeBearer, priority, given.abort.signal).then(
      (permit) => {
        if (this.#given.get(key) !== given) return permit.refund();
        given.permit = permit;
        given.timer = setTimeout(() => this.returned(to, n, true), requestTimeoutMs);
        post({ kind: 'grant', to, n });
      },
      // The only ways in which leave is not given: it is not wanted any more, or we are closing.
      () => undefined,
    );
  }

  returned(from: string, n: number, used: boolean): void {
    this.#end(`${from} ${n}`, used);
  }

  /** This tab leads no longer. */
  takeBack(): void {
    for (const key of this.#given.keys()) this.#end(key, true);
  }

  #end(key: string, used: boolean): void {
    const given = this.#given.get(key);
    if (given === undefined) return;
    this.#given.delete(key);
    clearTimeout(given.timer);
    if (given.permit === undefined) given.abort.abort();
    else if (used) given.permit.release();
    else given.permit.refund();
  }
}
