/** When to send again a message whose answer never came: exponential backoff with full jitter. Pure. */

const FIRST_MS = 1_000;
const MAX_MS = 30_000;

/** Milliseconds until the next try, after `attempts` that brought no answer. `random` is in [0, 1). */
export function retryDelay(attempts: number, random: number): number {
  return random * Math.min(MAX_MS, FIRST_MS * 2 ** Math.min(attempts, 16));
}

/**
 * Milliseconds until the next try of a token that is in use, after `attempts` that said so: its first request may be
 * under way.
 */
export function conflictDelay(attempts: number): number {
  return FIRST_MS * 2 ** attempts;
}
