/** The engine of a fleet on Redis, for one command. Needs `bullmq` and `ioredis`. */
import type { FleetEngine, FleetInspection } from '../fleet/engine.ts';
import { messageOf } from './command.ts';

export interface FleetAddress {
  readonly redis: string;
  readonly name: string;
}

export const fleetOptions = {
  redis: { type: 'string' },
  name: { type: 'string', default: 'default' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** @returns the exit code: that of `work`, or 1 where there is no such fleet */
export async function withEngine(
  { redis, name }: FleetAddress,
  work: (engine: FleetEngine, inspection: FleetInspection) => Promise<number>,
): Promise<number> {
  // Only these commands need Redis, and its packages are optional.
  const loaded = await import('../fleet/redis/redis-engine.ts').catch((error: unknown) => error as Error);
  if (loaded instanceof Error) {
    console.error(`The command needs two more packages: npm install bullmq ioredis (${loaded.message.split('\n')[0]})`);
    return 1;
  }
  const engine = loaded.redisEngine({ connection: redis, name });
  try {
    const inspection = await engine.inspect();
    if (inspection.shards.length > 0) return await work(engine, inspection);
    console.error(`No fleet named ${name} has ever used this Redis.`);
    return 1;
  } catch (error) {
    console.error(`Redis at ${redis} does not answer: ${messageOf(error)}`);
    return 1;
  } finally {
    await engine.close();
  }
}
