// A small part of `npm run bench -- schedule` with wide bounds: it detects a schedule that no longer learns. (Plain
// backoff costs two to six times the minimum.)
import { describe, expect, it } from '@jest/globals';
import {
  exponential,
  lognormal,
  mixture,
  uniform,
  type LatencyDistribution,
} from '../../../bench/schedule/distributions.ts';
import { searchSize } from '../../support/search-size.ts';
import { afterChange, afterLearning, geometricMean, whileLearning } from '../../../bench/schedule/measure.ts';

const trial = { seed: 11, replications: 1 };
const narrow = uniform('uniform', 2.95, 3.05);
const forgetful = exponential('exponential', 5);
const distributions: readonly LatencyDistribution[] = [
  narrow,
  forgetful,
  lognormal('lognormal', 1.5, 0.3),
  mixture('two steady', 0.7, uniform('short', 0.9, 1), uniform('long', 8, 9)),
];

describe('the cost of the polls', () => {
  it.each(
    searchSize<readonly (readonly ['push' | 'polls', number])[]>({
      part: [['push', 1.1]],
      whole: [
        ['push', 1.1],
        ['polls', 1.25],
      ],
    }),
  )('is near the least possible after 100 messages, observed by %s', (source, most) => {
    const ratio = geometricMean(
      distributions.map((distribution) => afterLearning(source, distribution, 100, trial).mean),
    );
    expect(ratio).toBeLessThan(most);
    expect(ratio).toBeGreaterThan(1);
  });

  it('is not far from the least possible over the first 20 messages', () => {
    const ratios = distributions.map((distribution) => whileLearning('push', distribution, 20, trial).mean);
    expect(geometricMean(ratios)).toBeLessThan(1.5);
  });

  it.each(['push', 'polls'] as const)(
    'is near the least possible again 100 messages after a change, observed by %s',
    (source) => {
      const { during, after } = afterChange(source, [narrow, forgetful], [200, 100], trial);
      expect(after.mean).toBeLessThan(1.15);
      expect(during.mean).toBeLessThan(1.4);
    },
  );
});
