/**
 * The end of an outage: messages were sent, the machine slept for a minute, all outcomes exist, and the websocket
 * returns without announcing any of them. How many requests until all are known, and how long?
 */
import type { Contender } from '../contenders/contender.ts';
import { countOf, type Counts } from '../support/counts.ts';
import { createLocalService } from '../support/local-service.ts';
import { put } from '../support/messages.ts';
import { alice, channelArn, userArn } from '../support/people.ts';
import { createLocalNetwork } from '../support/sdk-client.ts';
import { inVirtualTime } from '../support/virtual-time.ts';

export interface Outage {
  readonly pending: number;
  readonly channels: number;
  readonly seed: number;
  /** The share of messages that the flow denies: they are not stored, and no list shows them. */
  readonly denied?: number;
  /** Messages of other members for each own. */
  readonly others?: number;
  /** Timers fire at full multiples of this. */
  readonly alignMs?: number;
}

export interface OutageFigures extends Counts {
  readonly contender: string;
  readonly pending: number;
  readonly channels: number;
  /** Until all are known; the limit if they never were. */
  readonly seconds: number;
  readonly known: number;
}

const SENDING_MS = 10_000;
const SLEEP_MS = 60_000;
export const limitMs = 900_000;

export async function afterOutage(contender: Contender, outage: Outage): Promise<OutageFigures> {
  const { pending, channels, denied = 0, others = 0, alignMs = 0 } = outage;
  const network = await createLocalNetwork();
  return inVirtualTime(outage, async (time) => {
    const service = createLocalService(time, {
      flow: () => ({ outcome: time.random() < denied ? 'DENIED' : 'SENT', afterMs: 1_500 }),
    });
    network.connect(service, time);
    const known = new Set<string>();
    const onKnown = (messageId: string): void => void known.add(messageId);
    const follower = contender.create({ client: network.client, bearer: alice, onKnown });
    follower.link('up');
    for (let i = 0; i < pending; i += 1) {
      const channel = channelArn(`c${i % channels}`);
      follower.follow(put(service, alice, channel, `a${i}`));
      for (let other = 0; other < others; other += 1) put(service, userArn('bob'), channel, `b${i}-${other}`);
      await time.pass(SENDING_MS / pending);
    }
    // With aligned timers, the link does not return at exactly the moment for which they wait.
    await time.pass(2_000 + alignMs * 0.4);
    time.sleep(SLEEP_MS);
    const begun = time.now();
    follower.link('down');
    follower.link('up');
    await time.passUntil(() => known.size === pending, limitMs);
    const seconds = (time.now() - begun) / 1_000;
    await follower.close();
    return { contender: contender.name, pending, channels, ...countOf(service.log), seconds, known: known.size };
  });
}
