// Workers of a fleet that are killed, paused and ended, and a Redis that is killed: nothing is lost, told twice, or untrue.
// `npm run kill:fleet` does the same more often.
import { describe, expect, it } from '@jest/globals';

import { killFleet } from '../../kill/fleet/kill-fleet.ts';

const DEEDS = { kills: 4, pauses: 1, ends: 1, redisKills: 1 };

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
});
