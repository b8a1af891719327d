/** The cost of a message that stays PENDING until it is given up, in a channel without observations. */
import { nextDelay } from '../../src/poll/backoff.ts';
import { chance } from '../support/chance.ts';

const polling = {
  firstDelayMs: 1_800,
  factor: 1.2,
  maxDelayMs: 60_000,
  quietMs: 20_000,
  giveUpAfterMs: 48 * 3_600_000,
};

/** Requests, for each seed. */
export function pollsForEver(seeds: number): number[] {
  return Array.from({ length: seeds }, (_, seed) => {
    const random = chance(seed);
    let tries = 0;
    for (let ageMs = 0; ageMs < polling.giveUpAfterMs; tries += 1)
      ageMs += nextDelay({ attempts: tries, ageMs, pushUp: false }, polling, random());
    return tries;
  });
}
