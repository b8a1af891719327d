/** The budget of each bearer, in Redis: a token bucket by Redis' own clock. */
import type { Priority } from '../../core/ports/http.ts';
import type { FleetPermits, SharedRate } from '../engine.ts';
import { reserveFor } from '../token-bucket.ts';
import type { RedisClient } from './client.ts';
import type { Keys } from './keys.ts';

export class RedisPermits implements FleetPermits {
  readonly #client: RedisClient;
  readonly #keys: Keys;

  constructor(client: RedisClient, keys: Keys) {
    this.#client = client;
    this.#keys = keys;
  }

  async take(chimeBearer: string, priority: Priority, rate: SharedRate): Promise<number> {
    const { requestsPerSecond, burst } = rate;
    const wanted = 1 + reserveFor(priority, rate);
    return Number(
      await this.#client.run('fleetTake', this.#keys.bucket(chimeBearer), requestsPerSecond, burst, wanted),
    );
  }

  async refund(chimeBearer: string, { burst }: SharedRate): Promise<void> {
    await this.#client.run('fleetRefund', this.#keys.bucket(chimeBearer), burst);
  }

  async pause(chimeBearer: string, ms: number): Promise<void> {
    await this.#client.run('fleetPause', this.#keys.bucket(chimeBearer), Math.ceil(ms));
  }
}
