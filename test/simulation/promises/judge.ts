// Judges a world by the promises of DESIGN.md: each outcome at the moment it is announced, the rest when the world is over.
// What is broken is written down; nothing is thrown.

import type { Life } from '../life.ts';
import type { Listening } from '../witness.ts';
import { judgeBudget } from './budget.ts';
import { judgeDuplicates } from './duplicates.ts';
import { judgeFairShare } from './fair-share.ts';
import { Facts, type PromiseName, type Report } from './facts.ts';
import { judgeFigures } from './figures.ts';
import { judgeAfterClose, judgeSilence } from './left-behind.ts';
import { judgeForgotten } from './nothing-forgotten.ts';
import { judgeOnce } from './one-outcome.ts';
import { judgePushFirst } from './push-first.ts';
import { judgeOutcome, judgeRejections } from './true-outcome.ts';

export interface Broken {
  readonly promise: PromiseName;
  /** Milliseconds since the world began. */
  readonly at: number;
  readonly where: string;
  readonly what: string;
}

export class Judge {
  readonly broken: Broken[] = [];
  readonly #facts: Facts;

  constructor(facts: ConstructorParameters<typeof Facts>[0]) {
    this.#facts = new Facts(facts);
  }

  readonly report: Report = (promise, where, what) => {
    this.broken.push({ promise, at: this.#facts.time.now, where, what });
  };

  outcome(life: Life, ...settled: Parameters<Listening['onSettled']>): void {
    judgeOutcome(this.#facts, life, ...settled, this.report);
  }

  /** The troubles have just ended. */
  afterTroubles(): void {
    for (const life of this.#facts.lives) judgeFairShare(this.#facts, life, this.report);
  }

  /** All has been well for long, and every tracker that was not closed is still open. */
  beforeClosing(): void {
    for (const life of this.#facts.lives) {
      judgeOnce(life, this.report);
      judgeRejections(this.#facts, life, this.report);
      judgeBudget(this.#facts, life, this.report);
      judgeSilence(life, this.report);
      if (life.state !== 'open') continue;
      judgeForgotten(this.#facts, life, this.report);
      judgeFigures(this.#facts, life, this.report);
    }
    judgeDuplicates(this.#facts, this.report);
    judgePushFirst(this.#facts, this.report);
  }

  afterClose(life: Life): void {
    judgeAfterClose(life, this.report);
  }

  /** The world has gone on for a while after everything was closed. */
  longAfter(): void {
    for (const life of this.#facts.lives) judgeSilence(life, this.report);
  }
}
