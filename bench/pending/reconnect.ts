/**
 * Some messages pending in one channel after a reconnect: how soon does a client that has listened to the channel
 * before know all outcomes?
 */
import { chimeDelivery } from '../contenders/chime-delivery.ts';
import { countOf } from '../support/counts.ts';
import { createLocalService } from '../support/local-service.ts';
import { put } from '../support/messages.ts';
import { mean } from '../support/numbers.ts';
import { alice, channelArn, userArn } from '../support/people.ts';
import { plainClient } from '../support/plain-client.ts';
import { asPush } from '../support/push.ts';
import { inVirtualTime, type VirtualTime } from '../support/virtual-time.ts';

export interface Reconnect {
  readonly pending: number;
  /** Earlier messages in the channel, and their sender. */
  readonly heard: number;
  readonly by: string;
}

export interface ReconnectFigures {
  readonly requests: number;
  /** From the reconnect until all are known. */
  readonly seconds: number;
}

const SEEDS = 20;
const OUTAGE_MS = 60_000;

export async function afterReconnect(scene: Reconnect): Promise<ReconnectFigures> {
  const runs: ReconnectFigures[] = [];
  for (let i = 0; i < SEEDS; i += 1)
    runs.push(await inVirtualTime({ seed: 1 + 1_000 * i }, (time) => once(scene, time)));
  return {
    requests: mean(runs.map(({ requests }) => requests)),
    seconds: mean(runs.map(({ seconds }) => seconds)),
  };
}

async function once({ pending, heard, by }: Reconnect, time: VirtualTime): Promise<ReconnectFigures> {
  let isUp = true;
  const service = createLocalService(
    time,
    { flow: () => ({ outcome: 'SENT', afterMs: 1_500 }) },
    (event) => void time.after(30, () => isUp && follower.push(asPush(event))),
  );
  let known = 0;
  const onKnown = (): void => void (known += 1);
  const client = plainClient(service, time, () => isUp);
  const follower = chimeDelivery().create({ client, bearer: alice, onKnown });
  const lobby = channelArn('lobby');
  follower.link('up');
  for (let i = 0; i < heard; i += 1) {
    put(service, userArn(by), lobby, `h${i}`);
    await time.pass(5_000);
  }
  isUp = false;
  follower.link('down');
  for (let i = 0; i < pending; i += 1) {
    follower.follow(put(service, alice, lobby, `m${i}`));
    await time.pass(OUTAGE_MS / pending);
  }
  await time.pass(2_000);
  const before = service.log.length;
  const begun = time.now();
  isUp = true;
  follower.link('up');
  await time.passUntil(() => known === pending, OUTAGE_MS);
  await follower.close();
  return { requests: countOf(service.log.slice(before)).requests, seconds: (time.now() - begun) / 1_000 };
}
