/**
 * Whether an operation fails for all keys. Then one is tried now and then as a probe, and the others wait for it. A single key
 * that fails repeatedly does not count as an outage.
 */
import type { StoreOperation } from '../../shared/errors.ts';
import { monotonicNow } from '../../shared/time.ts';

/** An operation is down after failures of this many keys without a success. */
const KEYS = 3;
const PROBE_EVERY_MS = 1_000;

export class StoreHealth {
  readonly #failing = new Map<StoreOperation, Set<string>>();
  readonly #probedAt = new Map<StoreOperation, number>();

  isDown(operation: StoreOperation): boolean {
    return (this.#failing.get(operation)?.size ?? 0) >= KEYS;
  }

  failed(operation: StoreOperation, key: string): void {
    const keys = this.#failing.get(operation) ?? new Set();
    if (keys.size < KEYS) this.#failing.set(operation, keys.add(key));
  }

  /** Returns whether the operation was down. */
  done(operation: StoreOperation): boolean {
    const wasDown = this.isDown(operation);
    this.#failing.delete(operation);
    return wasDown;
  }

  /** Whether a probe may be made now; if so, it counts as made. */
  probe(operation: StoreOperation): boolean {
    const now = monotonicNow();
    if (now - (this.#probedAt.get(operation) ?? -Infinity) < PROBE_EVERY_MS) return false;
    this.#probedAt.set(operation, now);
    return true;
  }

  clear(): void {
    this.#failing.clear();
    this.#probedAt.clear();
  }
}
