/** The cost of messages that stay PENDING until they are given up, in a channel without observations. */
import { createDeliveryTracker } from 'chime-delivery';
import { nextDelay } from '../../src/poll/backoff.ts';
import { chance } from '../support/chance.ts';
import { countOf } from '../support/counts.ts';
import { defaultPolling as polling } from '../support/default-polling.ts';
import { createLocalService } from '../support/local-service.ts';
import { put } from '../support/messages.ts';
import { channelArn, userArn } from '../support/people.ts';
import { plainClient } from '../support/plain-client.ts';
import { inVirtualTime } from '../support/virtual-time.ts';

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

/** Requests for so many messages of one channel together, sent within 10 s. */
export function sharedPollsForEver(count: number): Promise<number> {
  return inVirtualTime({ seed: 1 }, async (time) => {
    const service = createLocalService(time, { flow: () => ({ outcome: 'NEVER', afterMs: 0 }) });
    const chimeBearer = userArn('u0');
    const client = plainClient(service, time, () => true);
    const tracker = createDeliveryTracker({ client, chimeBearer, tabs: false });
    for (let i = 0; i < count; i += 1) {
      tracker.track(put(service, chimeBearer, channelArn('c0'), `m${i}`));
      await time.pass(10_000 / count);
    }
    await time.pass(polling.giveUpAfterMs);
    await tracker.close();
    return countOf(service.log).requests;
  });
}
