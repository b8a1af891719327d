/** Reports failing store operations: once per outage of an operation, and not too often if outages follow each other. */
import type { StoreOperation } from '../../shared/errors.ts';
import { monotonicNow } from '../../shared/time.ts';

/** The least time between two reports about one operation, in milliseconds. */
const REPORT_EVERY_MS = 60_000;

export class Outages {
  readonly #onOutage: (operation: StoreOperation, cause: unknown) => void;
  readonly #failing = new Set<StoreOperation>();
  readonly #reportedAt = new Map<StoreOperation, number>();

  constructor(onOutage: (operation: StoreOperation, cause: unknown) => void) {
    this.#onOutage = onOutage;
  }

  failed(operation: StoreOperation, cause: unknown): void {
    if (this.#failing.has(operation)) return;
    const now = monotonicNow();
    if (now - (this.#reportedAt.get(operation) ?? -Infinity) < REPORT_EVERY_MS) return;
    this.#failing.add(operation);
    this.#reportedAt.set(operation, now);
    this.#onOutage(operation, cause);
  }

  done(operation: StoreOperation): void {
    this.#failing.delete(operation);
  }
}
