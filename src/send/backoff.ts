/** The delays between the attempts of one send: exponential backoff with full jitter. Pure. */

const FIRST_MS = 1_000;
const MAX_MS = 30_000;

/** Milliseconds until the next attempt, after `attempts` without an answer. `random` is in [0, 1). */
export function retryDelay(attempts: number, random: number): number {
  return random * Math.min(MAX_MS, FIRST_MS * 2 ** Math.min(attempts, 16));
}

/**
 * Milliseconds until the next attempt after `attempts` conflicts: the first request with the same token may still be in
 * progress, or (of an edit) the message may still be processed.
 */
export function conflictDelay(attempts: number): number {
  return Math.min(MAX_MS, FIRST_MS * 2 ** Math.min(attempts, 16));
}
