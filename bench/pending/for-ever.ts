/** The cost of a message that stays PENDING until it is given up, in a channel without observations. */
import { nextDelay } from '../../src/poll/backoff.ts';
import { chance } from '../support/chance.ts';
import { defaultPolling as polling } from '../support/default-polling.ts';

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
