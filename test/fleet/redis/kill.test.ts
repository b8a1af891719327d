// Workers of a fleet that are killed, paused, ended and cut off, and a Redis that is killed: nothing is lost, told twice, or untrue.
// `npm run kill:fleet` does the same more often.
import { describe, expect, it } from '@jest/globals';

import { killFleet } from '../../kill/fleet/kill-fleet.ts';

const DEEDS = { kills: 4, pauses: 1, ends: 1, redisKills: 1, stalls: 1, cuts: 2 };
/** Two workers, each with half of the shards: many writes are under way when one stalls. */
const STALLS = { kills: 0, stalls: 3, workers: 1 };
const RUNS = 4;

describe('a fleet', () => {
  it('loses nothing, and tells each outcome once, while its workers and its Redis are killed', async () => {
    const { handedOver, lost, toldTwice, untrue, duplicated, throttled } = await killFleet(DEEDS);
    expect({ lost, toldTwice, untrue, duplicated, throttled }).toEqual({
      lost: [],
      toldTwice: [],
      untrue: [],
      duplicated: [],
      throttled: 0,
    });
    expect(handedOver).toBeGreaterThan(100);
  });

  it.each(['update', 'settle'] as const)('tells an outcome twice without the fence of `%s`', async (without) => {
    let toldTwice: readonly string[] = [];
    // A stall may find no write under way.
    for (let run = 0; run < RUNS && toldTwice.length === 0; run += 1)
      ({ toldTwice } = await killFleet({ ...STALLS, without }));
    expect(toldTwice).not.toEqual([]);
  });
});
