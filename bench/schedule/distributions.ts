/** Distributions of processing time: how long a message stays pending. In seconds; randomness is a parameter. */
import { lognormal as drawLognormal } from '../support/chance.ts';

export interface LatencyDistribution {
  readonly name: string;
  /** The share of messages that is still pending at age `t`. */
  survival(t: number): number;
  readonly mean: number;
  /** Ages at which the distribution changes abruptly. */
  readonly steps?: readonly number[];
  /** One processing time; `random` returns numbers in [0, 1). */
  sample(random: () => number): number;
}

export function uniform(name: string, from: number, to: number): LatencyDistribution {
  return {
    name,
    steps: [to],
    survival: (t) => Math.min(1, Math.max(0, (to - t) / (to - from))),
    mean: (from + to) / 2,
    sample: (random) => from + random() * (to - from),
  };
}

export function lognormal(name: string, median: number, sigma: number): LatencyDistribution {
  return {
    name,
    survival: (t) => (t <= 0 ? 1 : normalTail(Math.log(t / median) / sigma)),
    mean: median * Math.exp(sigma ** 2 / 2),
    sample: (random) => drawLognormal(median, sigma, random),
  };
}

export function exponential(name: string, mean: number): LatencyDistribution {
  return {
    name,
    survival: (t) => Math.exp(-Math.max(0, t) / mean),
    mean,
    sample: (random) => -mean * Math.log(1 - random()),
  };
}

/** Every message takes `seconds`. */
export function constant(name: string, seconds: number): LatencyDistribution {
  return { name, steps: [seconds], survival: (t) => (t < seconds ? 1 : 0), mean: seconds, sample: () => seconds };
}

/** Weibull: an end is the likelier the older a message is if `shape` is above 1, and the less likely if it is below. */
export function weibull(name: string, shape: number, scale: number): LatencyDistribution {
  return {
    name,
    survival: (t) => Math.exp(-((Math.max(0, t) / scale) ** shape)),
    mean: scale * gamma(1 + 1 / shape),
    sample: (random) => scale * (-Math.log(1 - random())) ** (1 / shape),
  };
}

/** The same distribution, with every message later by `seconds`. */
export function delayed(distribution: LatencyDistribution, seconds: number): LatencyDistribution {
  return {
    name: distribution.name,
    survival: (t) => distribution.survival(t - seconds),
    mean: distribution.mean + seconds,
    sample: (random) => distribution.sample(random) + seconds,
  };
}

/** Pareto from `least`; a time above `cap` becomes `cap`. */
export function pareto(name: string, alpha: number, least: number, cap: number): LatencyDistribution {
  return {
    name,
    survival: (t) => (t >= cap ? 0 : Math.min(1, (Math.max(t, least) / least) ** -alpha)),
    mean: least + (least ** alpha * (cap ** (1 - alpha) - least ** (1 - alpha))) / (1 - alpha),
    sample: (random) => Math.min(cap, least * (1 - random()) ** (-1 / alpha)),
  };
}

/** `share` of the messages by one distribution, the rest by the other. */
export function mixture(
  name: string,
  share: number,
  one: LatencyDistribution,
  other: LatencyDistribution,
): LatencyDistribution {
  return {
    name,
    survival: (t) => share * one.survival(t) + (1 - share) * other.survival(t),
    mean: share * one.mean + (1 - share) * other.mean,
    sample: (random) => (random() < share ? one : other).sample(random),
  };
}

/**
 * The share of a standard normal distribution above `z`; its relative error is below 2e-7 (`erfcc` of Numerical
 * Recipes).
 */
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

/** The gamma function, by Stirling's series; its relative error is below 1e-7. */
export function gamma(x: number): number {
  if (x < 8) return gamma(x + 1) / x;
  return Math.sqrt((2 * Math.PI) / x) * (x / Math.E) ** x * Math.exp(1 / (12 * x) - 1 / (360 * x ** 3));
}

const warm = lognormal('σ 0.3', 1.5, 0.3);

/** The distributions by which the schedules are judged. */
export const distributions: readonly LatencyDistribution[] = [
  uniform('uniform', 2.95, 3.05),
  warm,
  lognormal('σ 0.8', 1.5, 0.8),
  mixture('two humps', 0.9, lognormal('short', 0.8, 0.3), lognormal('long', 60, 0.5)),
  exponential('exponential', 5),
  pareto('Pareto', 1.2, 0.5, 3_600),
  weibull('Weibull 0.7', 0.7, 3),
  weibull('Weibull 3', 3, 3),
  mixture('two steps', 0.5, uniform('short', 0.2, 0.4), uniform('long', 8, 9)),
  constant('60 s', 60),
  constant('0.1 s', 0.1),
  mixture('cold starts', 0.9, warm, delayed(warm, 3)),
  mixture('5 % long', 0.95, warm, uniform('long', 1_000, 1_800)),
];

/** A flow that becomes slower with every message, from a median of 1 s to one of 6 s. */
export const drift: readonly LatencyDistribution[] = Array.from({ length: 300 }, (_, i) =>
  lognormal('drift', 1 + (5 * i) / 299, 0.3),
);
