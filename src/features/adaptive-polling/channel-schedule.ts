/**
 * The observations of one channel (or of all of them), and the polls planned from them. A plan is made only when it is
 * needed, and a new one only now and then: while push works, learning costs next to nothing.
 */
import { ageOf, edgeBefore, EDGES_PER_10_PERCENT, PARTS } from './age-grid.ts';
import { sinceChangePoint } from './change-point.ts';
import { refine } from './exact-ends.ts';
import { optimalInspections } from './inspection-schedule.ts';
import { estimateDistribution, survival } from './estimate-distribution.ts';
import { isExact, Observations } from './observations.ts';

/** Observations from one plan to the next, at most; each of the first ten makes a new plan. */
const SCHEDULE_EVERY = 8;
/**
 * How often a poll comes early, where polls alone teach: a plan that is too late must learn that it is. In the
 * beginning it is oftener by one in as many as were observed.
 */
const EARLY_SHARE = 0.02;
/** By how much of the wait, at most. */
const EARLIER = 0.3;
/** Edges between two polls least, up to the latest age that was observed. Beyond it polls are a tenth apart. */
const GAP = 2;
/** The least that a poll is later than the age at which a message was pending. */
const LATER = 1.02;

export class ChannelSchedule {
  readonly #observations = new Observations();
  #unscheduled = 0;
  /** The plan: for each edge from `#first` on, the next poll, in parts of the way from one edge to the next. */
  #next: Uint16Array = new Uint16Array();
  #first = 0;
  #earlyShare = 0;

  /** The number of observations. */
  get size(): number {
    return this.#observations.size;
  }

  get bytes(): number {
    return this.#observations.bytes + this.#next.byteLength;
  }

  /** Between which ages messages were done, in milliseconds; the oldest observation first. */
  get observed(): (readonly [afterMs: number, byMs: number])[] {
    const latest = this.#observations.latest();
    return latest.map(({ after, part }) => [ageOf(after), ageOf(part / PARTS)] as const).toReversed();
  }

  observe(afterMs: number, byMs: number): void {
    this.#observations.add(afterMs, byMs);
    this.#unscheduled += 1;
  }

  /** Whether enough was observed since the last plan for a new one. */
  get isStale(): boolean {
    return this.#unscheduled > 0 && this.#unscheduled >= Math.min(SCHEDULE_EVERY, this.size / 10);
  }

  /** The age of the next poll by the last plan; undefined where there is none, or beyond its end. */
  nextPollAge(pendingAtMs: number, random: number): number | undefined {
    const next = this.#next[Math.max(0, edgeBefore(pendingAtMs) - this.#first)];
    if (next === undefined) return undefined;
    const planned = ageOf(next / PARTS);
    const early = random < this.#earlyShare ? (EARLIER * random) / this.#earlyShare : 0;
    return Math.max(planned - early * (planned - pendingAtMs), pendingAtMs * LATER);
  }

  /** Makes a new plan from all observations. */
  plan(): void {
    let intervals = this.#observations.latest();
    let distribution = estimateDistribution(intervals);
    const count = sinceChangePoint(intervals, distribution);
    if (count < intervals.length) {
      this.#observations.keep(count);
      intervals = intervals.slice(0, count);
      distribution = estimateDistribution(intervals);
    }
    const left = survival(intervals, distribution);
    const ages = left.map((_, edge) => (edge > 0 ? ageOf(distribution.first + edge) : 0));
    this.#unscheduled = 0;
    this.#first = distribution.first;
    const latest = Math.max(...intervals.map(({ by }) => by)) - distribution.first;
    const looks = optimalInspections(ages, left, (edge) => (edge < latest ? GAP : EDGES_PER_10_PERCENT));
    this.#next = refine(
      looks.map((edge) => distribution.first + edge),
      intervals,
    );
    // Push tells the exact time: a plan by its observations cannot be late unnoticed.
    const vague = intervals.filter((interval) => !isExact(interval)).length / intervals.length;
    this.#earlyShare = (EARLY_SHARE + 1 / intervals.length) * vague;
  }
}
