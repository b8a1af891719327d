/**
 * This library's schedule as the poller uses it: polls scheduled by the learnt latency, or plain backoff without
 * observations.
 */
import { LatencyModel } from '../../src/features/adaptive-polling/latency-model.ts';
import { plainBackoff } from './contenders.ts';
import { costOf, type Schedule } from './cost.ts';
import type { LatencyDistribution } from './distributions.ts';

/** Push shows each message's exact time; a poll shows only that it was pending at the one before. */
export type ObservedBy = 'push' | 'polls';

const CHANNEL = 'a';

export class Learner {
  readonly timers: Schedule;
  readonly #times = new LatencyModel();
  readonly #source: ObservedBy;
  readonly #random: () => number;

  constructor(source: ObservedBy, random: () => number) {
    this.#source = source;
    this.#random = random;
    const backoff = plainBackoff(random);
    this.timers = (age, looks) => {
      const next = this.#times.nextPollAge(CHANNEL, age * 1_000, random());
      return next === undefined ? backoff(age, looks) : next / 1_000;
    };
  }

  /** Learns from messages that follow `distribution`. */
  learn(distribution: LatencyDistribution, messages: number): void {
    for (let i = 0; i < messages; i += 1) this.#learnFrom(distribution.sample(this.#random));
  }

  /**
   * The current cost of a message that follows `distribution`, without push, early polls included: the mean of some
   * drawn schedules.
   */
  cost(distribution: LatencyDistribution, draws: number): number {
    let sum = 0;
    for (let i = 0; i < draws; i += 1) sum += costOf(this.timers, distribution);
    return sum / draws;
  }

  #learnFrom(seconds: number): void {
    let [pendingAt, doneBy] = [seconds, seconds];
    if (this.#source === 'polls') {
      [pendingAt, doneBy] = [0, this.timers(0, 0)];
      for (let looks = 1; doneBy < seconds; looks += 1) [pendingAt, doneBy] = [doneBy, this.timers(doneBy, looks)];
    }
    this.#times.observe(CHANNEL, pendingAt * 1_000, doneBy * 1_000);
  }
}
