import { describe, expect, it } from '@jest/globals';
import { ageOf, PARTS } from '../../../src/features/adaptive-polling/age-grid.ts';
import { Observations } from '../../../src/features/adaptive-polling/observations.ts';

describe('observations', () => {
  it('are returned as edges, the latest first', () => {
    const observations = new Observations();
    observations.add(ageOf(3), ageOf(9));
    observations.add(ageOf(5), ageOf(7));
    expect(observations.latest()).toEqual([
      { after: 5, by: 7, part: 7 * PARTS },
      { after: 3, by: 9, part: 9 * PARTS },
    ]);
  });

  it('span a cell even if the time is exact, or is the send itself', () => {
    const observations = new Observations();
    observations.add(ageOf(5), ageOf(5));
    observations.add(0, 0);
    expect(observations.latest()).toEqual([
      { after: 0, by: 1, part: 1 },
      { after: 4, by: 5, part: 5 * PARTS },
    ]);
  });

  it('store an end more precisely than by its edge', () => {
    const observations = new Observations();
    observations.add(0, 60_000);
    const [{ by, part } = { by: 0, part: 0 }] = observations.latest();
    expect(Math.ceil(part / PARTS)).toBe(by);
    expect(ageOf(part / PARTS)).toBeGreaterThanOrEqual(60_000);
    expect(ageOf(part / PARTS)).toBeLessThan(60_050);
  });

  it('beyond 200 replace the oldest', () => {
    const observations = new Observations();
    for (let i = 0; i < 1_000; i += 1) observations.add(ageOf(i), ageOf(i + 1));
    expect(observations.latest()).toEqual(
      Array.from({ length: 200 }, (_, i) => ({ after: 999 - i, by: 1_000 - i, part: (1_000 - i) * PARTS })),
    );
  });

  it('are cut to the requested number, and more can be added', () => {
    const observations = new Observations();
    for (let i = 0; i < 5; i += 1) observations.add(ageOf(i), ageOf(i + 1));
    observations.keep(2);
    observations.add(ageOf(9), ageOf(10));
    expect(observations.latest().map(({ by }) => by)).toEqual([10, 5, 4]);
  });
});
