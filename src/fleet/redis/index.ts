/** The subpath `chime-delivery/fleet/redis`: needs `bullmq` and `ioredis`. */
export { redisEngine } from './redis-engine.ts';
export type { RedisEngineOptions } from './redis-engine.ts';
export type { RedisConnection } from './client.ts';
