/**
 * The costs of schedules for a distribution, as multiples of the least possible cost; means over many seeded
 * replications.
 */
import { chance } from '../support/chance.ts';
import { mean } from '../support/numbers.ts';
import { costOf, type Schedule } from './cost.ts';
import type { LatencyDistribution } from './distributions.ts';
import { Learner, type ObservedBy } from './learner.ts';
import { optimalCost } from './optimum.ts';

export interface Ratio {
  readonly mean: number;
  /** Standard error of the mean. */
  readonly error: number;
}

/** One message in all replications starts from the same random state; `replications` of each. */
export interface Trial {
  readonly seed: number;
  readonly replications: number;
}

/** For a schedule without learning. */
export function ofSchedule(
  make: (random: () => number) => Schedule,
  distribution: LatencyDistribution,
  trial: Trial,
): Ratio {
  return ratio(distribution, trial, (random) => costOf(make(random), distribution));
}

/** After `messages` observations. */
export function afterLearning(
  source: ObservedBy,
  distribution: LatencyDistribution,
  messages: number,
  trial: Trial,
): Ratio {
  return ratio(distribution, trial, (random) => {
    const learner = new Learner(source, random);
    learner.learn(distribution, messages);
    return learner.cost(distribution, 20);
  });
}

/** Over the first `messages`. */
export function whileLearning(
  source: ObservedBy,
  distribution: LatencyDistribution,
  messages: number,
  trial: Trial,
): Ratio {
  return ratio(distribution, trial, (random) => meanCost(new Learner(source, random), distribution, messages));
}

/**
 * After `before` messages of one distribution: over the next `messages`, that follow another, and after they were
 * observed.
 */
export function afterChange(
  source: ObservedBy,
  [from, to]: readonly [LatencyDistribution, LatencyDistribution],
  [before, messages]: readonly [number, number],
  trial: Trial,
): { readonly during: Ratio; readonly after: Ratio } {
  const changed = (random: () => number): Learner => {
    const learner = new Learner(source, random);
    learner.learn(from, before);
    return learner;
  };
  return {
    during: ratio(to, trial, (random) => meanCost(changed(random), to, messages)),
    after: ratio(to, trial, (random) => {
      const learner = changed(random);
      // There are polls meanwhile, as with a real poller.
      meanCost(learner, to, messages);
      return learner.cost(to, 20);
    }),
  };
}

/**
 * Over messages that each follow the next of `distributions`, as a multiple of the cost with full knowledge of all of
 * them.
 */
export function whileDrifting(source: ObservedBy, distributions: readonly LatencyDistribution[], trial: Trial): Ratio {
  const least = mean(distributions.map((distribution) => optimalCost(distribution)));
  return summary(trial, (random) => {
    const learner = new Learner(source, random);
    const costs = distributions.map((distribution) => {
      const cost = learner.cost(distribution, 1);
      learner.learn(distribution, 1);
      return cost;
    });
    return mean(costs) / least;
  });
}

/** The representative of many ratios. */
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
