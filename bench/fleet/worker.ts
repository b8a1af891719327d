/** One worker of the fleet in a process of its own. It answers to any message with its CPU time and its numbers. */
import { createDeliveryFleet } from 'chime-delivery/fleet';
import { redisEngine } from 'chime-delivery/fleet/redis';
import { localService } from './service.ts';

export interface WorkerOrders {
  readonly redis: string;
  readonly name: string;
  readonly fleet: string;
  readonly messages: number;
  readonly isDecided: boolean;
  readonly requestsPerSecond: number;
}

export interface WorkerReport {
  readonly cpuMicros: number;
  readonly held: number;
  readonly pending: number;
  readonly settled: number;
}

const orders = JSON.parse(process.argv[2] ?? '{}') as WorkerOrders;
const client = localService({ messages: () => orders.messages, isDecided: () => orders.isDecided });
const fleet = createDeliveryFleet({
  engine: redisEngine({ connection: orders.redis, name: orders.fleet }),
  clientFor: () => client,
  role: 'worker',
  name: orders.name,
  rateLimit: { requestsPerSecond: orders.requestsPerSecond, burst: 4, maxConcurrent: 20 },
});
await fleet.ready;
const report = (): void => {
  const { user, system } = process.cpuUsage();
  const { held, pending, settled } = fleet.stats;
  process.send?.({ cpuMicros: user + system, held, pending, settled: settled.SENT } satisfies WorkerReport);
};
process.on('message', report);
process.once('SIGTERM', () => void fleet.close().then(() => process.exit(0)));
report();
