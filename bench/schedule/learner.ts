/** This library's schedule as the poller follows it: looks planned by what was learnt, the plain backoff where that is nothing. */
import { ProcessingTimes } from '../../src/poll/learning/processing-times.ts';
import { plainBackoff } from './contenders.ts';
import { costOf, type Schedule } from './cost.ts';
import type { Law } from './laws.ts';

/** Push tells each message's own time; a look tells only that it was pending at the one before. */
export type Teacher = 'push' | 'polls';

const CHANNEL = 'a';

export class Learner {
  readonly schedule: Schedule;
  readonly #times = new ProcessingTimes();
  readonly #teacher: Teacher;
  readonly #random: () => number;

  constructor(teacher: Teacher, random: () => number) {
    this.#teacher = teacher;
    this.#random = random;
    const backoff = plainBackoff(random);
    this.schedule = (age, looks) => {
      const next = this.#times.nextLookAge(CHANNEL, age * 1_000, random());
      return next === undefined ? backoff(age, looks) : next / 1_000;
    };
  }

  /** Learns from messages that follow `law`. */
  learn(law: Law, messages: number): void {
    for (let i = 0; i < messages; i += 1) this.#learnFrom(law.sample(this.#random));
  }

  /** What a message that follows `law` costs now, without push, early looks and all: the mean of some drawn schedules. */
  cost(law: Law, draws: number): number {
    let sum = 0;
    for (let i = 0; i < draws; i += 1) sum += costOf(this.schedule, law);
    return sum / draws;
  }

  #learnFrom(seconds: number): void {
    let [pendingAt, doneBy] = [seconds, seconds];
    if (this.#teacher === 'polls') {
      [pendingAt, doneBy] = [0, this.schedule(0, 0)];
      for (let looks = 1; doneBy < seconds; looks += 1) [pendingAt, doneBy] = [doneBy, this.schedule(doneBy, looks)];
    }
    this.#times.observe(CHANNEL, pendingAt * 1_000, doneBy * 1_000);
  }
}
