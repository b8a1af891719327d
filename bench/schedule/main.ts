/**
 * The quality of the schedule of polls without push: its cost beside the optimum for the known distribution, and beside
 * others.
 */
import { rounded } from '../support/numbers.ts';
import type { Cell, Findings } from '../support/section.ts';
import { contenders } from './contenders.ts';
import { drift, distributions, type LatencyDistribution } from './distributions.ts';
import {
  afterChange,
  afterLearning,
  geometricMean,
  ofSchedule,
  whileDrifting,
  whileLearning,
  type Ratio,
  type Trial,
} from './measure.ts';
import { optimalCost } from './optimum.ts';
import { picture } from './picture.ts';

const SEED = 1;
const trial: Trial = { seed: SEED, replications: 300 };
const simpleTrial: Trial = { seed: SEED, replications: 5_000 };
const changeTrial: Trial = { seed: SEED, replications: 60 };
const MANY = 200;
const FIRST = 20;
const AFTER_CHANGE = 100;
/** The number of distributions in the first table: all of them are too wide for one. */
const HALF = 6;

/** A way of polling, with its cost for each distribution as a multiple of the least. */
export interface Quality {
  readonly contender: string;
  readonly ratios: Readonly<Record<string, Ratio>>;
  readonly mean: number;
  readonly worst: number;
}

export function schedule(): Promise<Findings> {
  const qualities = [
    quality(`chime-delivery, ${MANY} messages by push`, (distribution) =>
      afterLearning('push', distribution, MANY, trial),
    ),
    quality(`chime-delivery, ${MANY} messages by polls`, (distribution) =>
      afterLearning('polls', distribution, MANY, trial),
    ),
    quality(`chime-delivery, its first ${FIRST}, by push`, (distribution) =>
      whileLearning('push', distribution, FIRST, trial),
    ),
    quality(`chime-delivery, its first ${FIRST}, by polls`, (distribution) =>
      whileLearning('polls', distribution, FIRST, trial),
    ),
    ...Object.entries(contenders).map(([name, make]) =>
      quality(name, (distribution) => ofSchedule(make, distribution, simpleTrial)),
    ),
  ];
  const changes = distributions.map((from, i) => change(from, distributions[(i + 1) % distributions.length]!));
  const drifts = (['push', 'polls'] as const).map((source) => ({
    'observed by': source,
    'cost over all messages': rounded(whileDrifting(source, drift, changeTrial).mean),
  }));
  const least = Object.fromEntries(distributions.map((distribution) => [distribution.name, optimalCost(distribution)]));
  return Promise.resolve({
    tables: [
      {
        title: 'Mean delay + 1 s × mean requests, as a multiple of the least possible',
        rows: qualities.map((one) => ({
          ...row(one, distributions.slice(0, HALF)),
          mean: rounded(one.mean),
          worst: rounded(one.worst),
        })),
      },
      {
        title: 'The same for the other distributions',
        rows: qualities.map((one) => row(one, distributions.slice(HALF))),
        notes,
      },
      {
        title: `The distribution drifts: lognormal, σ 0.3, its median from 1 to 6 s over ${drift.length} messages`,
        rows: drifts,
      },
      {
        title: `The distribution changes after ${MANY} messages: over the next ${AFTER_CHANGE}, and after them`,
        rows: changes,
      },
    ],
    figures: { seed: SEED, least, qualities, changes, drifts },
    pictures: [picture(qualities)],
  });
}

const notes = [
  'Without push. The least possible: the optimal inspection schedule with full knowledge of the distribution and no other limits.',
  'Distributions: uniform 2.95-3.05 s; lognormal, median 1.5 s, σ 0.3 and 0.8; 90 % lognormal, median 0.8 s, σ 0.3, and 10 % median 60 s,',
  'σ 0.5; exponential, mean 5 s; Pareto, α 1.2, from 0.5 s, capped at 1 h; Weibull, shape 0.7 and 3, scale 3 s; two steps: 0.2-0.4 s',
  'or 8-9 s; always 60 s; always 0.1 s; cold starts: σ 0.3, and 3 s more for 10 %; 5 % long: σ 0.3, but 5 % take 1 000-1 800 s.',
  'mean: geometric.',
  `Exact mean cost over the distribution; ${trial.replications} replications (${changeTrial.replications} of a change), seed ${SEED}.`,
  'The waiter polls for the first time at once; exponential: half of each delay is jitter.',
];

function quality(contender: string, measure: (distribution: LatencyDistribution) => Ratio): Quality {
  const ratios = Object.fromEntries(distributions.map((distribution) => [distribution.name, measure(distribution)]));
  const means = Object.values(ratios).map(({ mean }) => mean);
  return { contender, ratios, mean: geometricMean(means), worst: Math.max(...means) };
}

function row({ contender, ratios }: Quality, columns: readonly LatencyDistribution[]): Record<string, Cell> {
  const byLaw = columns.map(({ name }) => [name, rounded(ratios[name]?.mean ?? NaN)] as const);
  return { contender, ...Object.fromEntries(byLaw) };
}

function change(from: LatencyDistribution, to: LatencyDistribution): Record<string, Cell> {
  const push = afterChange('push', [from, to], [MANY, AFTER_CHANGE], changeTrial);
  const polls = afterChange('polls', [from, to], [MANY, AFTER_CHANGE], changeTrial);
  return {
    from: from.name,
    to: to.name,
    'push: over': rounded(push.during.mean),
    after: rounded(push.after.mean),
    'polls: over': rounded(polls.during.mean),
    'after ': rounded(polls.after.mean),
  };
}
