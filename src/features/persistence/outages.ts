/** Which operations of the store fail, and who is told: once per outage, and not too often where one follows the other. */
import type { StoreOperation } from '../../shared/errors.ts';
import { monotonicNow } from '../../shared/time.ts';

/** A store that fails now and then is told of at most this often, per operation; milliseconds. */
const REPORT_EVERY_MS = 60_000;

export class Outages {
  readonly #onOutage: (operation: StoreOperation, cause: unknown) => void;
  readonly #now = new Set<StoreOperation>();
  readonly #reportedAt = new Map<StoreOperation, number>();

  constructor(onOutage: (operation: StoreOperation, cause: unknown) => void) {
    this.#onOutage = onOutage;
  }

  failed(operation: StoreOperation, cause: unknown): void {
    if (this.#now.has(operation)) return;
    const now = monotonicNow();
    if (now - (this.#reportedAt.get(operation) ?? -Infinity) < REPORT_EVERY_MS) return;
    this.#now.add(operation);
    this.#reportedAt.set(operation, now);
    this.#onOutage(operation, cause);
  }

  done(operation: StoreOperation): void {
    this.#now.delete(operation);
  }
}
