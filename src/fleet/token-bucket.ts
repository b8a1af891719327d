/**
 * The token bucket of one bearer, which all processes share. Polls leave a token for the next send. `redis/scripts.ts` has the
 * same rules as a script. Pure.
 */
import type { Priority } from '../core/ports/http.ts';
import type { SharedRate } from './engine.ts';

export interface Bucket {
  readonly tokens: number;
  /** When `tokens` was counted, by the engine's clock. */
  readonly at: number;
  /** No token before that. */
  readonly pausedUntil: number;
}

/** Tokens that polls and reconciles spare for sends, where the bucket can hold more than one. */
export function reserveFor(priority: Priority, { burst }: SharedRate): number {
  return priority === 'send' || burst < 2 ? 0 : 1;
}

export function emptyBucket(at: number): Bucket {
  return { tokens: 0, at, pausedUntil: 0 };
}

/** The bucket with the tokens for the time that has passed: none for the time of a pause. */
export function refill(
  { tokens, at, pausedUntil }: Bucket,
  { requestsPerSecond, burst }: SharedRate,
  now: number,
): Bucket {
  const since = Math.max(at, Math.min(pausedUntil, now));
  const added = (Math.max(0, now - since) * requestsPerSecond) / 1_000;
  return { tokens: Math.min(burst, tokens + added), at: Math.max(at, now), pausedUntil };
}

/** Takes a token from a bucket that was just refilled; `waitMs` is 0 where there was one. */
export function takeToken(
  bucket: Bucket,
  priority: Priority,
  rate: SharedRate,
): { readonly bucket: Bucket; readonly waitMs: number } {
  const { tokens, at, pausedUntil } = bucket;
  const wanted = 1 + reserveFor(priority, rate);
  if (at >= pausedUntil && tokens >= wanted) return { bucket: { ...bucket, tokens: tokens - 1 }, waitMs: 0 };
  const missing = Math.max(0, wanted - tokens);
  const waitMs = Math.max(0, pausedUntil - at) + (missing * 1_000) / rate.requestsPerSecond;
  return { bucket, waitMs: Math.max(1, Math.ceil(waitMs)) };
}
