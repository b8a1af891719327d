/**
 * The app's own calls and the tracker share one user's budget of 10 requests/s, without knowing of each other: how many
 * 429s does each get, and how long does the app wait?
 */
import { GetChannelMessageCommand } from '@aws-sdk/client-chime-sdk-messaging';
import type { RequestRecord } from '../../src/emulator/request-log.ts';
import type { Contender } from '../contenders/contender.ts';
import { lognormal, untilNext } from '../support/chance.ts';
import { createLocalService } from '../support/local-service.ts';
import { put } from '../support/messages.ts';
import { mean, quantile } from '../support/numbers.ts';
import { alice, channelArn } from '../support/people.ts';
import { createLocalNetwork } from '../support/sdk-client.ts';
import { inVirtualTime, type VirtualTime } from '../support/virtual-time.ts';

export interface Pressure {
  readonly seed: number;
  /** The app's calls per second. */
  readonly appPerSecond: number;
  readonly pending: number;
  readonly minutes: number;
}

export interface PressureFigures {
  readonly contender: string;
  readonly appPerSecond: number;
  /** The contender's requests, and the share of them with a 429. */
  readonly requests: number;
  readonly throttled: number;
  readonly known: number;
  /** The app's calls; those that the SDK had to repeat; those that failed after all its attempts. */
  readonly appCalls: number;
  readonly appRetried: number;
  readonly appFailed: number;
  /** The app's wait for a response, in milliseconds. */
  readonly appMean: number;
  readonly app99: number;
  readonly appMax: number;
}

const home = channelArn('the-app');
const lobby = channelArn('lobby');

/** `contender` undefined: the app alone. */
export async function underPressure(contender: Contender | undefined, pressure: Pressure): Promise<PressureFigures> {
  const { appPerSecond, pending, minutes } = pressure;
  const network = await createLocalNetwork();
  return inVirtualTime(pressure, async (time) => {
    const service = createLocalService(time, {
      flow: ({ channelArn: at }) =>
        at === home ? undefined : { outcome: 'SENT', afterMs: lognormal(300_000, 0.5, time.random) },
    });
    network.connect(service, time);
    let known = 0;
    const onKnown = (): void => void (known += 1);
    const follower = contender?.create({ client: network.client, bearer: alice, onKnown });
    const { messageId: MessageId } = put(service, alice, home, 'home');
    const input = { ChannelArn: home, MessageId, ChimeBearer: alice };
    const app = callRegularly(() => network.client.send(new GetChannelMessageCommand(input)), appPerSecond, time);
    for (let i = 0; i < pending; i += 1) follower?.follow(put(service, alice, lobby, `m${i}`));
    await time.pass(minutes * 60_000);
    app.stop();
    await follower?.close();
    await time.pass(30_000);
    const ofTracker = service.log.filter((record) => record.channelArn === lobby);
    const { waits, retried, failed } = app;
    return {
      contender: contender?.name ?? 'the app alone',
      appPerSecond,
      requests: ofTracker.length,
      throttled: ofTracker.filter(isThrottled).length,
      known,
      appCalls: waits.length,
      appRetried: retried,
      appFailed: failed,
      appMean: mean(waits),
      app99: quantile(waits, 0.99),
      appMax: Math.max(...waits),
    };
  });
}

function isThrottled({ status }: RequestRecord): boolean {
  return status === 429;
}

interface Calls {
  readonly waits: number[];
  retried: number;
  failed: number;
  readonly stop: () => void;
}

/** Independent calls. */
function callRegularly(
  call: () => Promise<{ $metadata: { attempts?: number | undefined } }>,
  perSecond: number,
  time: VirtualTime,
): Calls {
  const calls = { waits: [] as number[], retried: 0, failed: 0, stop: () => stop() };
  const one = async (): Promise<void> => {
    const begun = time.now();
    try {
      const { $metadata } = await call();
      if (($metadata.attempts ?? 1) > 1) calls.retried += 1;
    } catch {
      calls.failed += 1;
    }
    calls.waits.push(time.now() - begun);
  };
  let stop = (): void => undefined;
  const next = (): void => {
    stop = time.after(untilNext(perSecond, time.random), () => {
      next();
      void one();
    });
  };
  next();
  return calls;
}
