// Judges a world by the guarantees of docs/concepts.md: each outcome at the moment of its event, the rest at the end of
// the world. Violations are recorded; nothing is thrown.

import type { AppSession } from '../app-session.ts';
import type { ObserverPorts } from '../observer.ts';
import { judgeBudget } from './budget.ts';
import { judgeDuplicates } from './duplicates.ts';
import { judgeFairShare } from './fair-share.ts';
import { Facts, type InvariantName, type Report } from './facts.ts';
import { judgeFigures } from './figures.ts';
import { judgeAfterClose, judgeSilence } from './left-behind.ts';
import { judgeForgotten } from './nothing-forgotten.ts';
import { judgeOnce } from './one-outcome.ts';
import { judgePushFirst } from './push-first.ts';
import { judgeOutcome, judgeRejections } from './true-outcome.ts';

export interface Broken {
  readonly invariant: InvariantName;
  /** Milliseconds since the world began. */
  readonly at: number;
  readonly where: string;
  readonly what: string;
}

export class Judge {
  readonly broken: Broken[] = [];
  readonly #deliveries: Facts;

  constructor(deliveries: ConstructorParameters<typeof Facts>[0]) {
    this.#deliveries = new Facts(deliveries);
  }

  readonly report: Report = (invariant, where, what) => {
    this.broken.push({ invariant, at: this.#deliveries.time.now, where, what });
  };

  outcome(session: AppSession, ...settled: Parameters<ObserverPorts['onSettled']>): void {
    judgeOutcome(this.#deliveries, session, ...settled, this.report);
  }

  /** The faults have just ended. */
  afterTroubles(): void {
    for (const session of this.#deliveries.sessions) judgeFairShare(this.#deliveries, session, this.report);
  }

  /** Everything has worked for long, and every tracker that was not closed is still open. */
  beforeClosing(): void {
    for (const session of this.#deliveries.sessions) {
      judgeOnce(session, this.report);
      judgeRejections(this.#deliveries, session, this.report);
      judgeBudget(this.#deliveries, session, this.report);
      judgeSilence(session, this.report);
      if (session.state !== 'open') continue;
      judgeForgotten(this.#deliveries, session, this.report);
      judgeFigures(this.#deliveries, session, this.report);
    }
    judgeDuplicates(this.#deliveries, this.report);
    judgePushFirst(this.#deliveries, this.report);
  }

  afterClose(session: AppSession): void {
    judgeAfterClose(session, this.report);
  }

  /** The world has gone on for a while after everything was closed. */
  longAfter(): void {
    for (const session of this.#deliveries.sessions) judgeSilence(session, this.report);
  }
}
