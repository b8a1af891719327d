/** How much memory of Redis a million pending deliveries take, and how fast a worker takes ten thousand over. */
import { redisEngine } from 'chime-delivery/fleet/redis';
import { createDeliveryFleet, type DeliveryFleet } from 'chime-delivery/fleet';
import { Redis } from 'ioredis';
import { RedisServer } from '../../examples/support/redis-server.ts';
import { Keys } from '../../src/fleet/redis/keys.ts';
import { localService } from './service.ts';
import { messageOf } from './cost.ts';
import { until, Worker } from './workers.ts';

const BATCH = 2_000;
const SHARDS = 256;
const BEARERS = 2_000;
const FEW_BEARERS = 100;

/** Bytes of Redis for one pending delivery without content, once the workers have taken it in. */
export async function bytesOf(deliveries: number): Promise<number> {
  const server = await RedisServer.start('everysec');
  const redis = new Redis(server.url);
  const client = localService({ messages: () => 0, isDecided: () => false });
  const fleet = createDeliveryFleet({
    engine: redisEngine({ connection: server.url, name: 'memory' }),
    clientFor: () => client,
    role: 'client',
  });
  try {
    await fleet.ready;
    const before = await usedMemory(redis);
    await handOver(fleet, deliveries, BEARERS);
    // The words that the workers would have taken in.
    const keys = new Keys('memory');
    for (let shard = 0; shard < SHARDS; shard += 1) await redis.xtrim(keys.inbox(shard), 'MAXLEN', 0);
    return ((await usedMemory(redis)) - before) / deliveries;
  } finally {
    await fleet.close();
    redis.disconnect();
    await server.stop();
  }
}

export interface TakeOver {
  readonly deliveries: number;
  readonly ms: number;
  readonly cpuMs: number;
}

/** From the moment when a worker has all shards to the moment when it tracks everything in them. */
export async function takeOver(deliveries: number): Promise<TakeOver> {
  const server = await RedisServer.start('everysec');
  const client = localService({ messages: () => 0, isDecided: () => false });
  const name = 'take-over';
  const fleet = createDeliveryFleet({
    engine: redisEngine({ connection: server.url, name }),
    clientFor: () => client,
    role: 'client',
  });
  let worker: Worker | undefined;
  try {
    await fleet.ready;
    await handOver(fleet, deliveries, FEW_BEARERS);
    worker = await Worker.start({
      redis: server.url,
      name: 'one',
      fleet: name,
      messages: 0,
      isDecided: false,
      requestsPerSecond: 5,
    });
    const started = await worker.report();
    const ms = await until(async () => (await worker?.report())?.pending === deliveries);
    const { cpuMicros } = await worker.report();
    return { deliveries, ms, cpuMs: (cpuMicros - started.cpuMicros) / 1_000 };
  } finally {
    await worker?.stop('SIGKILL');
    await fleet.close();
    await server.stop();
  }
}

/** Whole batches, spread over the bearers. */
async function handOver(fleet: DeliveryFleet, deliveries: number, bearers: number): Promise<void> {
  for (let i = 0; i < deliveries; i += BATCH)
    await Promise.all(
      Array.from({ length: BATCH }, (_, j) => fleet.track(messageOf((i + j) % bearers, Math.floor((i + j) / bearers)))),
    );
}

async function usedMemory(redis: Redis): Promise<number> {
  return Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1]);
}
