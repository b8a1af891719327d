import { describe, expect, it } from '@jest/globals';
import { contenders } from '../../../bench/schedule/contenders.ts';
import { costOf } from '../../../bench/schedule/cost.ts';
import { exponential, distributions, uniform } from '../../../bench/schedule/distributions.ts';
import { optimalCost } from '../../../bench/schedule/optimum.ts';
import { searchSize } from '../../support/search-size.ts';
import { randomOf } from '../../support/seeds.ts';

const searched = searchSize({ part: distributions.slice(0, 1), whole: distributions });

describe('the least cost', () => {
  it('for an exponential distribution equals that of the best fixed delay, which has a formula', () => {
    // It is memoryless: V = d + 1 + exp(-d / 5) V.
    const costs = Array.from({ length: 10_000 }, (_, i) => (i + 1) / 1_000).map(
      (delay) => (delay + 1) / (1 - Math.exp(-delay / 5)) - 5,
    );
    expect(optimalCost(exponential('any', 5))).toBeCloseTo(Math.min(...costs), 3);
  });

  it('for a narrow distribution is one request at its end', () => {
    expect(optimalCost(uniform('any', 2.95, 3.05))).toBeCloseTo(1 + 0.05, 2);
  });

  it('for a wide distribution with an expensive request equals that of the best of all one and two polls', () => {
    const distribution = uniform('any', 0, 10);
    const least = Math.min(
      ...Array.from({ length: 1_000 }, (_, i) => costOf((age) => (age < i / 100 ? i / 100 : 10), distribution, 4)),
    );
    expect(optimalCost(distribution, 4) / least).toBeCloseTo(1, 3);
  });

  it.each(searched)('for the distribution $name is undercut by no schedule', (distribution) => {
    for (const make of Object.values(contenders)) {
      const random = randomOf(1);
      const costs = Array.from({ length: 10 }, () => costOf(make(random), distribution));
      expect(costs.reduce((sum, cost) => sum + cost, 0) / costs.length).toBeGreaterThan(optimalCost(distribution));
    }
  });
});

describe('the cost of a schedule', () => {
  it.each(distributions)('for the distribution $name equals what simulated messages pay', (distribution) => {
    const random = randomOf(2);
    const delays = Array.from({ length: 40_000 }, () => {
      const doneAt = distribution.sample(random);
      const looks = Math.ceil(doneAt / 2);
      return looks * 2 - doneAt + looks;
    });
    const paid = delays.reduce((sum, cost) => sum + cost, 0) / delays.length;
    expect(costOf((age) => age + 2, distribution) / paid).toBeCloseTo(1, 1);
  });
});
