/** The budget of each bearer, in memory. */
import type { Priority } from '../../core/ports/http.ts';
import type { FleetPermits, SharedRate } from '../engine.ts';
import { emptyBucket, refill, takeToken, type Bucket } from '../token-bucket.ts';

export class MemoryPermits implements FleetPermits {
  readonly #buckets = new Map<string, Bucket>();

  take(chimeBearer: string, priority: Priority, rate: SharedRate): Promise<number> {
    const { bucket, waitMs } = takeToken(this.#bucket(chimeBearer, rate), priority, rate);
    this.#buckets.set(chimeBearer, bucket);
    return Promise.resolve(waitMs);
  }

  refund(chimeBearer: string, rate: SharedRate): Promise<void> {
    const bucket = this.#bucket(chimeBearer, rate);
    this.#buckets.set(chimeBearer, { ...bucket, tokens: Math.min(rate.burst, bucket.tokens + 1) });
    return Promise.resolve();
  }

  pause(chimeBearer: string, ms: number): Promise<void> {
    const now = Date.now();
    const before = this.#buckets.get(chimeBearer)?.pausedUntil ?? 0;
    this.#buckets.set(chimeBearer, { ...emptyBucket(now), pausedUntil: Math.max(before, now + ms) });
    return Promise.resolve();
  }

  #bucket(chimeBearer: string, rate: SharedRate): Bucket {
    const now = Date.now();
    return refill(this.#buckets.get(chimeBearer) ?? { tokens: rate.burst, at: now, pausedUntil: 0 }, rate, now);
  }
}
