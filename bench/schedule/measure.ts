/** The costs of schedules under a law, as multiples of the least cost that is possible; means over many seeded replications. */
import { chance } from '../support/chance.ts';
import { mean } from '../support/numbers.ts';
import { costOf, type Schedule } from './cost.ts';
import type { LatencyDistribution } from './distributions.ts';
import { Learner, type Teacher } from './learner.ts';
import { optimalCost } from './optimum.ts';

export interface Ratio {
  readonly mean: number;
  /** Standard error of the mean. */
  readonly error: number;
}

/** One message in all replications begins from the same chance; `replications` of each. */
export interface Trial {
  readonly seed: number;
  readonly replications: number;
}

/** Of a schedule that learns nothing. */
export function ofSchedule(
  make: (random: () => number) => Schedule,
  distribution: LatencyDistribution,
  trial: Trial,
): Ratio {
  return ratio(distribution, trial, (random) => costOf(make(random), distribution));
}

/** After `messages` have taught it. */
export function afterLearning(
  teacher: Teacher,
  distribution: LatencyDistribution,
  messages: number,
  trial: Trial,
): Ratio {
  return ratio(distribution, trial, (random) => {
    const learner = new Learner(teacher, random);
    learner.learn(distribution, messages);
    return learner.cost(distribution, 20);
  });
}

/** Over the first `messages`. */
export function whileLearning(
  teacher: Teacher,
  distribution: LatencyDistribution,
  messages: number,
  trial: Trial,
): Ratio {
  return ratio(distribution, trial, (random) => meanCost(new Learner(teacher, random), distribution, messages));
}

/** After `before` messages of one law: over the next `messages`, that follow another, and when they have taught it. */
export function afterChange(
  teacher: Teacher,
  [from, to]: readonly [LatencyDistribution, LatencyDistribution],
  [before, messages]: readonly [number, number],
  trial: Trial,
): { readonly during: Ratio; readonly after: Ratio } {
  const changed = (random: () => number): Learner => {
    const learner = new Learner(teacher, random);
    learner.learn(from, before);
    return learner;
  };
  return {
    during: ratio(to, trial, (random) => meanCost(changed(random), to, messages)),
    after: ratio(to, trial, (random) => {
      const learner = changed(random);
      // Somebody asks meanwhile, as a poller would.
      meanCost(learner, to, messages);
      return learner.cost(to, 20);
    }),
  };
}

/**
 * Over messages of which each follows the next of `distributions`, as a multiple of what whoever knows all of them
 * pays.
 */
export function whileDrifting(teacher: Teacher, distributions: readonly LatencyDistribution[], trial: Trial): Ratio {
  const least = mean(distributions.map((distribution) => optimalCost(distribution)));
  return summary(trial, (random) => {
    const learner = new Learner(teacher, random);
    const costs = distributions.map((distribution) => {
      const cost = learner.cost(distribution, 1);
      learner.learn(distribution, 1);
      return cost;
    });
    return mean(costs) / least;
  });
}

/** Of many ratios the one that stands for all. */
export function geometricMean(ratios: readonly number[]): number {
  return Math.exp(mean(ratios.map((one) => Math.log(one))));
}

function meanCost(learner: Learner, distribution: LatencyDistribution, messages: number): number {
  let sum = 0;
  for (let i = 0; i < messages; i += 1) {
    sum += learner.cost(distribution, 2);
    learner.learn(distribution, 1);
  }
  return sum / messages;
}

function ratio(distribution: LatencyDistribution, trial: Trial, costOnce: (random: () => number) => number): Ratio {
  const least = optimalCost(distribution);
  return summary(trial, (random) => costOnce(random) / least);
}

function summary({ seed, replications }: Trial, once: (random: () => number) => number): Ratio {
  const ratios = Array.from({ length: replications }, (_, i) => once(chance(seed * 1_000_003 + i)));
  const middle = mean(ratios);
  const variance = mean(ratios.map((one) => (one - middle) ** 2));
  return { mean: middle, error: Math.sqrt(variance / replications) };
}
