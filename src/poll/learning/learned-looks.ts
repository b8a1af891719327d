/**
 * What was observed of one channel (or of all of them), and the looks planned from it. The plan is made when it is asked
 * for, and anew only now and then: while push works, learning costs next to nothing.
 */
import { ageOf, edgeBefore, EDGES_PER_TENTH } from './age-bins.ts';
import { latestOfOneLaw } from './change.ts';
import { planLooks } from './inspection-plan.ts';
import { estimate, survival } from './law.ts';
import { Observations } from './observations.ts';

/** Observations from one plan to the next, at most; the first ten make a new plan each. */
const PLAN_EVERY = 8;
/** How often a look comes early, where polls alone teach: a plan that is too late must learn that it is. */
const EARLY_SHARE = 0.05;
/** By how much of the wait, at most. */
const EARLIER = 0.3;

export class LearnedLooks {
  readonly #observations = new Observations();
  #unplanned = 0;
  /** The plan: for each edge from `#first` on, the edge of the next look. */
  #next: Uint16Array = new Uint16Array();
  #first = 0;
  #earlyShare = 0;

  /** How many observations speak. */
  get size(): number {
    return this.#observations.size;
  }

  get bytes(): number {
    return this.#observations.bytes + this.#next.byteLength;
  }

  observe(afterMs: number, byMs: number): void {
    this.#observations.add(afterMs, byMs);
    this.#unplanned += 1;
  }

  nextLookAge(pendingAtMs: number, random: number): number | undefined {
    if (this.#unplanned > 0 && this.#unplanned >= Math.min(PLAN_EVERY, this.size / 10)) this.#plan();
    const next = this.#next[Math.max(0, edgeBefore(pendingAtMs) - this.#first)];
    if (next === undefined) return undefined;
    const planned = ageOf(this.#first + next);
    const early = random < this.#earlyShare ? (EARLIER * random) / this.#earlyShare : 0;
    return Math.max(planned - early * (planned - pendingAtMs), pendingAtMs * 1.1);
  }

  #plan(): void {
    let intervals = this.#observations.latest();
    let law = estimate(intervals);
    const count = latestOfOneLaw(intervals, law);
    if (count < intervals.length) {
      this.#observations.keep(count);
      intervals = intervals.slice(0, count);
      law = estimate(intervals);
    }
    const left = survival(law);
    const ages = left.map((_, edge) => (edge > 0 ? ageOf(law.first + edge) : 0));
    this.#unplanned = 0;
    this.#first = law.first;
    this.#next = planLooks(ages, left, EDGES_PER_TENTH);
    // Push tells the time itself: what it taught cannot be late unnoticed.
    this.#earlyShare = (EARLY_SHARE * intervals.filter(({ after, by }) => by - after > 2).length) / intervals.length;
  }
}
