/**
 * Messages that are still being processed, and no websocket: how many requests until every outcome is known, and how
 * long after it? Plain clients with the emulator's service, in virtual time, many times over.
 */
import { createDeliveryTracker, type DeliveryTracker } from 'chime-delivery';
import type { RequestRecord } from '../../src/emulator/request-log.ts';
import { countOf } from '../support/counts.ts';
import { createLocalService, type LocalService } from '../support/local-service.ts';
import { put } from '../support/messages.ts';
import { channelArn, userArn } from '../support/people.ts';
import { plainClient } from '../support/plain-client.ts';
import { inVirtualTime, type VirtualTime } from '../support/virtual-time.ts';

/** Milliseconds from the acceptance of a message to its outcome. */
export type Processing = (random: () => number) => number;

export interface Scene {
  readonly name: string;
  readonly bearers?: number;
  /** Messages of each bearer. */
  readonly each: number;
  /** For each bearer; `shared`: one for all bearers. */
  readonly channels?: number | 'shared';
  /** The time over which they are sent, evenly. */
  readonly withinMs: number;
  readonly processing: Processing;
  /** Sent by the tracker itself, all at once. */
  readonly isSent?: boolean;
  readonly seeds: number;
}

export interface PendingFigures {
  readonly requests: number;
  readonly lists: number;
  readonly throttled: number;
  /** From outcome to known, in seconds; Infinity if it never was. */
  readonly delays: readonly number[];
}

/** After the last message was sent. */
const LIMIT_MS = 900_000;
const SEED = 1;

export async function watch(scene: Scene): Promise<PendingFigures> {
  const runs: PendingFigures[] = [];
  for (let i = 0; i < scene.seeds; i += 1) {
    runs.push(await inVirtualTime({ seed: SEED + 1_000 * i }, (time) => watchOnce(scene, time)));
  }
  const mean = (pick: (run: PendingFigures) => number): number =>
    runs.reduce((sum, run) => sum + pick(run), 0) / runs.length;
  return {
    requests: mean(({ requests }) => requests),
    lists: mean(({ lists }) => lists),
    throttled: mean(({ throttled }) => throttled),
    delays: runs.flatMap(({ delays }) => delays),
  };
}

async function watchOnce(scene: Scene, time: VirtualTime): Promise<PendingFigures> {
  const { bearers = 1, each, withinMs, processing, isSent = false } = scene;
  const flow = () => ({ outcome: 'SENT', afterMs: Math.round(processing(time.random)) }) as const;
  const service = createLocalService(time, { flow });
  const client = plainClient(service, time, () => true);
  const known = new Map<string, number>();
  const trackers = Array.from({ length: bearers }, (_, i) =>
    createDeliveryTracker({ client, chimeBearer: userArn(`u${i}`), tabs: false }),
  );
  for (const tracker of trackers) {
    tracker.on('settled', ({ messageId = '' }) => known.set(messageId, time.now()));
  }
  const count = bearers * each;
  const begun = time.now();
  for (let turn = 0; turn < count; turn += 1) {
    await time.pass(begun + (withinMs * turn) / count - time.now());
    begin(trackers[turn % bearers]!, { scene, service, bearer: turn % bearers, turn, isSent });
  }
  await time.passUntil(() => known.size === count, LIMIT_MS);
  for (const tracker of trackers) await tracker.close();
  const delays = service.model.messages.map(
    ({ messageId, decidedAt = NaN }) => ((known.get(messageId) ?? Infinity) - decidedAt) / 1_000,
  );
  return { ...figuresOf(service.log), delays };
}

interface Turn {
  readonly scene: Scene;
  readonly service: LocalService;
  readonly bearer: number;
  readonly turn: number;
  readonly isSent: boolean;
}

function begin(tracker: DeliveryTracker, { scene, service, bearer, turn, isSent }: Turn): void {
  const { channels = 1, bearers = 1 } = scene;
  const own = channels === 'shared' ? 'lobby' : `u${bearer}-c${Math.floor(turn / bearers) % channels}`;
  const ChannelArn = channelArn(own);
  if (isSent) {
    const fields = { Content: 'hello', Type: 'STANDARD', Persistence: 'PERSISTENT' } as const;
    tracker.send({ ChannelArn, ...fields });
  } else tracker.track(put(service, userArn(`u${bearer}`), ChannelArn, `m${turn}`));
}

function figuresOf(log: readonly RequestRecord[]): Omit<PendingFigures, 'delays'> {
  const { requests, list, throttled } = countOf(log);
  return { requests, lists: list, throttled };
}
