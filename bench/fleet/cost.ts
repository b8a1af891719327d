/** What a delivery costs from `track` to the confirmed outcome: CPU time of Redis, and of the workers. */
import { createDeliveryFleet } from 'chime-delivery/fleet';
import { redisEngine } from 'chime-delivery/fleet/redis';
import { Redis } from 'ioredis';
import { RedisServer } from '../../examples/support/redis-server.ts';
import { bearerOf, CHANNELS, localService, messageIdOf } from './service.ts';
import type { WorkerReport } from './worker.ts';
import { until, Worker } from './workers.ts';

export interface Cost {
  readonly workers: number;
  readonly deliveries: number;
  readonly redisMicros: number;
  readonly workerMicros: number;
  readonly settledPerSecond: number;
}

const BEARERS = 200;

export async function costOf(workers: number, each: number): Promise<Cost> {
  const server = await RedisServer.start('everysec');
  const redis = new Redis(server.url);
  const name = 'cost';
  const client = localService({ messages: () => each, isDecided: () => true });
  const fleet = createDeliveryFleet({
    engine: redisEngine({ connection: server.url, name }),
    clientFor: () => client,
    role: 'client',
  });
  const running: Worker[] = [];
  try {
    await fleet.ready;
    const deliveries = BEARERS * each;
    const before = await redisMicros(redis);
    for (let bearer = 0; bearer < BEARERS; bearer += 1)
      await Promise.all(Array.from({ length: each }, (_, i) => fleet.track(messageOf(bearer, i))));
    const orders = { redis: server.url, fleet: name, messages: each, isDecided: true, requestsPerSecond: 10_000 };
    running.push(
      ...(await Promise.all(
        Array.from({ length: workers }, (_, i) => Worker.start({ ...orders, name: `worker-${i}` })),
      )),
    );
    const started = (await Promise.all(running.map((worker) => worker.report()))).map(({ cpuMicros }) => cpuMicros);
    const reports = (): Promise<WorkerReport[]> => Promise.all(running.map((worker) => worker.report()));
    const isDone = async (): Promise<boolean> => {
      const now = await reports();
      // What a worker has settled may be told by another one, after a hand-over: the records decide.
      const settled = now.reduce((sum, each) => sum + each.settled, 0);
      if (settled < deliveries / 2 || now.some((each) => each.pending > 0)) return false;
      const { shards } = await fleet.inspect();
      return shards.every((shard) => shard.pending === 0);
    };
    const settling = performance.now();
    await until(isDone);
    const seconds = (performance.now() - settling) / 1_000;
    const ended = await reports();
    let told = 0;
    const consumer = fleet.outcomes('bench', () => void (told += 1), { concurrency: 256 });
    await until(() => Promise.resolve(told === deliveries));
    await consumer.close();
    const workerMicros = ended.reduce((sum, { cpuMicros }, i) => sum + cpuMicros - (started[i] ?? 0), 0);
    return {
      workers,
      deliveries,
      redisMicros: ((await redisMicros(redis)) - before) / deliveries,
      workerMicros: workerMicros / deliveries,
      settledPerSecond: deliveries / seconds,
    };
  } finally {
    for (const worker of running) await worker.stop('SIGKILL');
    await fleet.close();
    redis.disconnect();
    await server.stop();
  }
}

export function messageOf(bearer: number, index: number): Record<'channelArn' | 'messageId' | 'chimeBearer', string> {
  return {
    channelArn: `${CHANNELS}${bearer}`,
    messageId: messageIdOf(bearer, index),
    chimeBearer: bearerOf(bearer),
  };
}

async function redisMicros(redis: Redis): Promise<number> {
  const info = await redis.info('cpu');
  const seconds = (field: string): number => Number(new RegExp(`${field}:(\\S+)`).exec(info)?.[1]);
  return (seconds('used_cpu_user') + seconds('used_cpu_sys')) * 1e6;
}
