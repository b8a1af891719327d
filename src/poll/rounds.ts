/** The reconcile that is under way: which deliveries it still waits for, and the report when every one was answered once. */
import type { Entry } from '../core/entry.ts';

/** What a reconcile came to. */
export interface ReconcileReport {
  /** Deliveries that were pending when it began, or when it was asked for again meanwhile. */
  readonly asked: number;
  /** How many of them have a terminal status now, however it was learnt. */
  readonly settled: number;
  /** How many are still pending. */
  readonly pending: number;
  /** HTTP requests that were made for them. */
  readonly requests: number;
}

interface Round {
  readonly report: Promise<ReconcileReport>;
  readonly asked: Set<Entry>;
  readonly waiting: Set<Entry>;
  readonly settled: Set<Entry>;
  /** Deliveries that became pending since it began, or since it was joined last. */
  readonly newcomers: Set<Entry>;
  requests: number;
  resolve(report: ReconcileReport): void;
  reject(reason: Error): void;
}

export class Rounds {
  #round: Round | undefined;

  get isUnderWay(): boolean {
    return this.#round !== undefined;
  }

  /**
   * Begins one for everything pending, or joins the one under way with what has become pending since.
   *
   * @returns its report, and the deliveries to ask for
   */
  begin(pending: () => Iterable<Entry>): { readonly report: Promise<ReconcileReport>; readonly ask: Iterable<Entry> } {
    const round = (this.#round ??= newRound());
    const ask = round.asked.size === 0 ? [...pending()] : [...round.newcomers];
    round.newcomers.clear();
    for (const entry of ask) {
      round.asked.add(entry);
      round.waiting.add(entry);
    }
    this.#endIfDone(round);
    return { report: round.report, ask };
  }

  /** `entry` has become pending. */
  added(entry: Entry): void {
    this.#round?.newcomers.add(entry);
  }

  /** One HTTP request left, for all of `entries` together. */
  requested(entries: Iterable<Entry>): void {
    const round = this.#round;
    if (round !== undefined && [...entries].some((entry) => round.waiting.has(entry))) round.requests += 1;
  }

  /** `entry` was answered, or needs no answer any more. */
  answered(entry: Entry, settled: boolean): void {
    const round = this.#round;
    if (round === undefined) return;
    // It may end after it was answered, while others are waited for.
    if (settled && round.asked.has(entry)) round.settled.add(entry);
    if (settled) round.newcomers.delete(entry);
    if (round.waiting.delete(entry)) this.#endIfDone(round);
  }

  close(reason: Error): void {
    this.#round?.reject(reason);
    this.#round = undefined;
  }

  #endIfDone(round: Round): void {
    if (round.waiting.size > 0) return;
    this.#round = undefined;
    const { asked, settled, requests } = round;
    round.resolve({ asked: asked.size, settled: settled.size, pending: asked.size - settled.size, requests });
  }
}

function newRound(): Round {
  let resolve: Round['resolve'] = () => undefined;
  let reject: Round['reject'] = () => undefined;
  const report = new Promise<ReconcileReport>((onDone, onClosed) => {
    resolve = onDone;
    reject = onClosed;
  });
  const sets = { asked: new Set<Entry>(), waiting: new Set<Entry>(), settled: new Set<Entry>() };
  return { report, ...sets, newcomers: new Set(), requests: 0, resolve, reject };
}
