/** Reconcile rounds: which deliveries each still waits for, and the report when every one was answered once. */
import type { Entry } from '../core/entry.ts';

/** What a reconcile came to. */
export interface ReconcileReport {
  /** Deliveries that were pending when it began. */
  readonly asked: number;
  /** How many of them have a terminal status now, however it was learnt. */
  readonly settled: number;
  /** How many are still pending. */
  readonly pending: number;
  /** HTTP requests that were made for them. */
  readonly requests: number;
}

interface Round {
  readonly asked: ReadonlySet<Entry>;
  readonly waiting: Set<Entry>;
  readonly settled: Set<Entry>;
  requests: number;
  resolve(report: ReconcileReport): void;
  reject(reason: Error): void;
}

export class Rounds {
  readonly #rounds = new Set<Round>();

  begin(entries: Iterable<Entry>): Promise<ReconcileReport> {
    const asked = new Set(entries);
    return new Promise((resolve, reject) => {
      const round: Round = { asked, waiting: new Set(asked), settled: new Set(), requests: 0, resolve, reject };
      this.#rounds.add(round);
      this.#endIfDone(round);
    });
  }

  /** One HTTP request left, for all of `entries` together. */
  requested(entries: Iterable<Entry>): void {
    const asked = [...entries];
    for (const round of this.#rounds) if (asked.some((entry) => round.waiting.has(entry))) round.requests += 1;
  }

  /** `entry` was answered, or needs no answer any more. */
  answered(entry: Entry, settled: boolean): void {
    for (const round of this.#rounds) {
      // It may end after it was answered, while others are waited for.
      if (settled && round.asked.has(entry)) round.settled.add(entry);
      if (round.waiting.delete(entry)) this.#endIfDone(round);
    }
  }

  close(reason: Error): void {
    for (const round of this.#rounds) round.reject(reason);
    this.#rounds.clear();
  }

  #endIfDone(round: Round): void {
    if (round.waiting.size > 0) return;
    this.#rounds.delete(round);
    const { asked, settled, requests } = round;
    round.resolve({ asked: asked.size, settled: settled.size, pending: asked.size - settled.size, requests });
  }
}
