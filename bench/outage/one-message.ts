/**
 * One message sent into an outage of 60 s, after push has shown the latencies of 50 messages of that flow: how many
 * requests until its outcome is known, and how long after it? Many times over, each in its own world.
 */
import { SendChannelMessageCommand } from '@aws-sdk/client-chime-sdk-messaging';
import type { Contender } from '../contenders/contender.ts';
import { between, lognormal } from '../support/chance.ts';
import { countOf } from '../support/counts.ts';
import { createLocalService } from '../support/local-service.ts';
import { mean, quantile } from '../support/numbers.ts';
import { alice, channelArn } from '../support/people.ts';
import { asPush } from '../support/push.ts';
import { createLocalNetwork, type LocalNetwork } from '../support/sdk-client.ts';
import { inVirtualTime, type VirtualTime } from '../support/virtual-time.ts';

export interface OneMessage {
  readonly repeats: number;
  readonly seed: number;
}

export interface OneMessageFigures {
  readonly contender: string;
  /** Requests for the message beside its send, on average. */
  readonly requests: number;
  /** From the service's decision until it is known, in seconds: on average, and the slowest in twenty. */
  readonly delay: number;
  readonly delay95: number;
}

export const flow = { median: 1_500, sigma: 0.3 };
const OUTAGE_MS = 60_000;
const HEARD = 50;
const PUSH_MS = 30;

export async function oneMessage(contender: Contender, { repeats, seed }: OneMessage): Promise<OneMessageFigures> {
  const runs: { requests: number; delay: number }[] = [];
  const network = await createLocalNetwork();
  for (let i = 0; i < repeats; i += 1) {
    runs.push(await inVirtualTime({ seed: seed + 1_000 * i }, (time) => oneOutage(contender, network, time)));
  }
  const delays = runs.map(({ delay }) => delay);
  return {
    contender: contender.name,
    requests: mean(runs.map(({ requests }) => requests)),
    delay: mean(delays),
    delay95: quantile(delays, 0.95),
  };
}

async function oneOutage(
  contender: Contender,
  network: LocalNetwork,
  time: VirtualTime,
): Promise<{ requests: number; delay: number }> {
  let connected = true;
  const service = createLocalService(
    time,
    { flow: () => ({ outcome: 'SENT', afterMs: lognormal(flow.median, flow.sigma, time.random) }) },
    (event) => void time.after(PUSH_MS, () => connected && follower.push(asPush(event))),
  );
  network.connect(service, time);
  const known = new Map<string, number>();
  const onKnown = (messageId: string): void => void known.set(messageId, time.now());
  const follower = contender.create({ client: network.client, bearer: alice, onKnown });
  const send = async (): Promise<string> => {
    const fields = { Content: 'hello', Type: 'STANDARD', Persistence: 'PERSISTENT' } as const;
    const input = { ...fields, ChannelArn: channelArn('lobby'), ChimeBearer: alice };
    let sent = '';
    const answer = network.client
      .send(new SendChannelMessageCommand(input))
      .then(({ ChannelArn = '', MessageId = '' }) => {
        follower.follow({ channelArn: ChannelArn, messageId: MessageId });
        sent = MessageId;
      });
    await time.passUntil(() => sent !== '', 10_000);
    await answer;
    return sent;
  };
  follower.link('up');
  for (let i = 0; i < HEARD; i += 1) {
    const messageId = await send();
    await time.passUntil(() => known.has(messageId), OUTAGE_MS);
    await time.pass(between(500, 3_000, time.random));
  }
  const before = service.log.length;
  connected = false;
  follower.link('down');
  const end = time.now() + OUTAGE_MS;
  await time.pass(between(0, OUTAGE_MS - 10_000, time.random));
  const messageId = await send();
  await time.passUntil(() => known.has(messageId), end - time.now());
  connected = true;
  follower.link('up');
  await time.passUntil(() => known.has(messageId), OUTAGE_MS);
  await follower.close();
  const decidedAt = service.model.messages.at(-1)?.decidedAt ?? NaN;
  const delay = ((known.get(messageId) ?? NaN) - decidedAt) / 1_000;
  return { requests: countOf(service.log.slice(before)).requests, delay };
}
