/**
 * A thousand clients of one channel after a shared outage: for 60 s their sends went out and nothing else came through,
 * then every websocket is back at the same moment. All share the channel's budget of 30 lists/s.
 */
import type { Contender, Follower } from '../contenders/contender.ts';
import { countOf, type Counts } from '../support/counts.ts';
import { createLocalService } from '../support/local-service.ts';
import { put } from '../support/messages.ts';
import { quantile } from '../support/numbers.ts';
import { channelArn, userArn } from '../support/people.ts';
import { plainClient } from '../support/plain-client.ts';
import { inVirtualTime } from '../support/virtual-time.ts';

export interface Herd {
  readonly clients: number;
  /** Pending messages of each client. */
  readonly each: number;
  readonly seed: number;
}

export interface HerdFigures extends Counts {
  readonly contender: string;
  readonly clients: number;
  readonly each: number;
  /** Until a client knows all of its own outcomes, in seconds; Infinity if it did not within the limit. */
  readonly median: number;
  readonly slowest20th: number;
  readonly last: number;
}

const OUTAGE_MS = 60_000;
export const limitMs = 600_000;

export async function reconnect(contender: Contender, herd: Herd): Promise<HerdFigures> {
  const { clients, each } = herd;
  return inVirtualTime(herd, async (time) => {
    const service = createLocalService(time, { flow: () => ({ outcome: 'SENT', afterMs: 1_500 }) });
    let online = false;
    const channel = channelArn('lobby');
    const missing = Array.from({ length: clients }, () => each);
    const knewAt: number[] = [];
    const followers = missing.map((_, i): Follower => {
      const onKnown = (): void => {
        missing[i] = (missing[i] ?? 0) - 1;
        if (missing[i] === 0) knewAt.push(time.now());
      };
      const client = plainClient(service, time, () => online);
      return contender.create({ client, bearer: userArn(`u${i}`), onKnown });
    });
    for (const follower of followers) {
      follower.link('up');
      follower.link('down');
    }
    const turns = followers.flatMap((follower, i) =>
      Array.from({ length: each }, () => ({ follower, i, at: time.random() })),
    );
    turns.sort((a, b) => a.at - b.at);
    for (const [turn, { follower, i }] of turns.entries()) {
      follower.follow(put(service, userArn(`u${i}`), channel, `m${turn}`));
      await time.pass(OUTAGE_MS / turns.length);
    }
    await time.pass(2_000);
    online = true;
    const begun = time.now();
    const before = service.log.length;
    for (const follower of followers) follower.link('up');
    await time.passUntil(() => knewAt.length === clients, limitMs);
    const counts = countOf(service.log.slice(before));
    for (const follower of followers) await follower.close();
    const seconds = followers.map((_, i) => ((knewAt[i] ?? Infinity) - begun) / 1_000);
    return {
      contender: contender.name,
      clients,
      each,
      ...counts,
      median: quantile(seconds, 0.5),
      slowest20th: quantile(seconds, 0.95),
      last: Math.max(...seconds),
    };
  });
}
