/**
 * Whether an operation fails whatever it is asked for. Then one is tried now and then, and the others wait for it: thousands
 * that fail tell no more than one. A single key that fails again and again says nothing of the others.
 */
import type { StoreOperation } from '../../shared/errors.ts';
import { monotonicNow } from '../../shared/time.ts';

/** Of so many keys in a row, without one that was done. */
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

  /** Says whether it was down. */
  done(operation: StoreOperation): boolean {
    const wasDown = this.isDown(operation);
    this.#failing.delete(operation);
    return wasDown;
  }

  /** Whether one may be tried now although it is down; if so, it is. */
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
