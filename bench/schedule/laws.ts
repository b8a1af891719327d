/** Laws of processing time: how long a message stays pending. In seconds; chance is passed in. */
import { lognormal as drawLognormal } from '../support/chance.ts';

export interface Law {
  readonly name: string;
  /** The part of messages that is still pending at age `t`. */
  survival(t: number): number;
  readonly mean: number;
  /** One processing time; `random` gives numbers in [0, 1). */
  sample(random: () => number): number;
}

export function uniform(name: string, from: number, to: number): Law {
  return {
    name,
    survival: (t) => Math.min(1, Math.max(0, (to - t) / (to - from))),
    mean: (from + to) / 2,
    sample: (random) => from + random() * (to - from),
  };
}

export function lognormal(name: string, median: number, sigma: number): Law {
  return {
    name,
    survival: (t) => (t <= 0 ? 1 : normalTail(Math.log(t / median) / sigma)),
    mean: median * Math.exp(sigma ** 2 / 2),
    sample: (random) => drawLognormal(median, sigma, random),
  };
}

export function exponential(name: string, mean: number): Law {
  return {
    name,
    survival: (t) => Math.exp(-Math.max(0, t) / mean),
    mean,
    sample: (random) => -mean * Math.log(1 - random()),
  };
}

/** Pareto from `least`; whatever would take longer than `cap` takes `cap`. */
export function pareto(name: string, alpha: number, least: number, cap: number): Law {
  return {
    name,
    survival: (t) => (t >= cap ? 0 : Math.min(1, (Math.max(t, least) / least) ** -alpha)),
    mean: least + (least ** alpha * (cap ** (1 - alpha) - least ** (1 - alpha))) / (1 - alpha),
    sample: (random) => Math.min(cap, least * (1 - random()) ** (-1 / alpha)),
  };
}

/** `share` of the messages by one law, the rest by the other. */
export function mixture(name: string, share: number, one: Law, other: Law): Law {
  return {
    name,
    survival: (t) => share * one.survival(t) + (1 - share) * other.survival(t),
    mean: share * one.mean + (1 - share) * other.mean,
    sample: (random) => (random() < share ? one : other).sample(random),
  };
}

/** The part of a standard normal law above `z`; its relative error is below 2e-7 (`erfcc` of Numerical Recipes). */
export function normalTail(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + x / 2);
  const series = coefficients.reduceRight((sum, coefficient) => sum * t + coefficient, 0);
  const tail = (t * Math.exp(-x * x + series)) / 2;
  return z >= 0 ? tail : 1 - tail;
}

const coefficients = [
  -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223,
  0.17087277,
];

/** What the schedules are judged by. */
export const laws: readonly Law[] = [
  uniform('steady', 2.95, 3.05),
  lognormal('σ 0.3', 1.5, 0.3),
  lognormal('σ 0.8', 1.5, 0.8),
  mixture('two humps', 0.9, lognormal('short', 0.8, 0.3), lognormal('long', 60, 0.5)),
  exponential('exponential', 5),
  pareto('Pareto', 1.2, 0.5, 3_600),
];
