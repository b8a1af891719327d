/** How processes share: the busiest second of one bearer, small bearers beside a large one, and shards when workers come and go. */
import { createDeliveryFleet, type DeliveryFleet } from 'chime-delivery/fleet';
import { redisEngine } from 'chime-delivery/fleet/redis';
import { RedisServer } from '../../examples/support/redis-server.ts';
import { quantile } from '../support/numbers.ts';
import { messageOf } from './cost.ts';
import { localService } from './service.ts';
import { until } from './workers.ts';

const SMALL = 49;
const OF_SMALL = 4;
const LARGE = 2_000;
/** The flow decides after so long. */
const FLOW_MS = 800;

export interface Sharing {
  /** Milliseconds until an outcome of the small bearers was known, in the median. */
  readonly medianMs: number;
  /** Requests in the busiest second of any bearer. */
  readonly busiest: number;
}

/** Four processes; the large bearer has `large` messages. */
export async function share(large: number): Promise<Sharing> {
  const server = await RedisServer.start('everysec');
  const times = new Map<number, number[]>();
  const sentAt = new Map<number, number>();
  const client = localService({
    messages: (bearer) => (bearer === SMALL ? large : OF_SMALL),
    isDecided: (bearer) => Date.now() - (sentAt.get(bearer) ?? Infinity) > FLOW_MS,
    onRequest: (bearer) => times.set(bearer, [...(times.get(bearer) ?? []), performance.now()]),
  });
  const fleets = Array.from({ length: 4 }, (_, i) =>
    createDeliveryFleet({
      engine: redisEngine({ connection: server.url, name: 'sharing' }),
      clientFor: () => client,
      name: `process-${i}`,
      shards: 64,
    }),
  );
  try {
    await until(() => Promise.resolve(fleets.reduce((sum, { stats }) => sum + stats.held, 0) === 64));
    const delays: number[] = [];
    let left = SMALL * OF_SMALL;
    fleets[0]?.outcomes('bench', ({ chimeBearer, settledAt, trackedAt }) => {
      if (chimeBearer.endsWith(`/${SMALL}`)) return;
      left -= 1;
      delays.push(settledAt - trackedAt);
    });
    const track = (bearer: number, count: number): Promise<unknown>[] => {
      sentAt.set(bearer, Date.now());
      return Array.from({ length: count }, (_, i) => fleetOf(fleets, i).track(messageOf(bearer, i)));
    };
    const all = [...track(SMALL, large), ...Array.from({ length: SMALL }, (_, i) => track(i, OF_SMALL)).flat()];
    await Promise.all(all);
    await until(() => Promise.resolve(left === 0));
    return { medianMs: quantile(delays, 0.5), busiest: Math.max(...[...times.values()].map(busiestSecond)) };
  } finally {
    await Promise.all(fleets.map((fleet) => fleet.close()));
    await server.stop();
  }
}

export { LARGE, SMALL };

export interface Scaling {
  readonly change: string;
  readonly ms: number;
}

/** The milliseconds until the workers hold the same number of shards, give or take one. */
export async function scale(): Promise<Scaling[]> {
  const server = await RedisServer.start('everysec');
  const client = localService({ messages: () => 0, isDecided: () => false });
  const start = (i: number): DeliveryFleet =>
    createDeliveryFleet({
      engine: redisEngine({ connection: server.url, name: 'scaling' }),
      clientFor: () => client,
      name: `process-${i}`,
    });
  const fleets = [start(0)];
  const isEven = (): Promise<boolean> => {
    const held = fleets.map(({ stats }) => stats.held);
    const total = held.reduce((sum, each) => sum + each, 0);
    return Promise.resolve(total === 256 && Math.max(...held) - Math.min(...held) <= 1);
  };
  try {
    const first = await until(isEven);
    fleets.push(start(1), start(2), start(3));
    const out = await until(isEven);
    const leaving = fleets.splice(0, 2).map((fleet) => fleet.close());
    const back = await until(isEven);
    await Promise.all(leaving);
    return [
      { change: 'the first worker', ms: first },
      { change: '1 to 4 workers', ms: out },
      { change: '4 to 2 workers', ms: back },
    ];
  } finally {
    await Promise.all(fleets.map((fleet) => fleet.close()));
    await server.stop();
  }
}

function fleetOf(fleets: readonly DeliveryFleet[], i: number): DeliveryFleet {
  const fleet = fleets[i % fleets.length];
  if (fleet === undefined) throw new Error('Expected a fleet.');
  return fleet;
}

function busiestSecond(times: readonly number[]): number {
  return Math.max(...times.map((at, i) => times.slice(i).filter((other) => other < at + 1_000).length));
}
