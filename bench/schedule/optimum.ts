/**
 * The least possible cost with full knowledge of the distribution: the optimal inspection schedule of Barlow, Hunter
 * and Proschan (1963), found by a dynamic program on a fine grid of ages. It has none of the limits of a real poller.
 */
import type { LatencyDistribution } from './distributions.ts';

/** Between two ages of the grid, as a ratio. */
const STEP = 1.001;
const NOBODY_LEFT = 1e-10;

/** Mean delay (s) + `perRequest` × mean requests of the best schedule. */
export function optimalCost(distribution: LatencyDistribution, perRequest = 1): number {
  const grid = [0];
  for (let age = 0.01; distribution.survival(grid.at(-1) ?? 0) > NOBODY_LEFT; age *= STEP) grid.push(age);
  const ages = [...grid, ...(distribution.steps ?? [])].toSorted((one, other) => one - other);
  const left = ages.map((age) => distribution.survival(age));
  // rest[i]: the cost of the polls after age i, for all messages together. The best next poll is never earlier for an
  // older message, so the search continues down from where the last one ended.
  const rest = ages.map(() => 0);
  let next = ages.length - 1;
  for (let i = ages.length - 2; i >= 0; i -= 1) {
    let least = Infinity;
    for (let j = next; j > i; j -= 1) {
      const cost = (left[i] ?? 0) * ((ages[j] ?? 0) - (ages[i] ?? 0) + perRequest) + (rest[j] ?? 0);
      if (cost >= least) continue;
      least = cost;
      next = j;
    }
    rest[i] = least;
  }
  return (rest[0] ?? NaN) - distribution.mean;
}
