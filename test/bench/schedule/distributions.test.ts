import { describe, expect, it } from '@jest/globals';
import { distributions, normalTail } from '../../../bench/schedule/distributions.ts';
import { randomOf } from '../../support/seeds.ts';

describe.each(distributions)('the distribution $name', (distribution) => {
  const random = randomOf(1);
  const drawn = Array.from({ length: 40_000 }, () => distribution.sample(random));

  it.each([0.1, 0.5, 1, 1.5, 2, 3, 5, 20, 60, 300])('has as many pending at %d s as are drawn', (age) => {
    const pending = drawn.filter((seconds) => seconds > age).length / drawn.length;
    expect(Math.abs(pending - distribution.survival(age))).toBeLessThan(0.01);
  });

  it('has the mean of its survival function', () => {
    let area = 0;
    for (let age = 0.001, before = 0; age < 100_000; before = age, age *= 1.0005) {
      area += (age - before) * distribution.survival((age + before) / 2);
    }
    expect(area / distribution.mean).toBeCloseTo(1, 3);
  });
});

describe('the normal tail', () => {
  it.each([
    [0, 0.5],
    [1, 0.158655],
    [-1, 0.841345],
    [1.959964, 0.025],
    [4, 3.16712e-5],
  ])('above %d is %d', (z, tail) => {
    expect(normalTail(z) / tail).toBeCloseTo(1, 5);
  });
});
