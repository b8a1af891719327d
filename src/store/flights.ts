/** Calls of the store that are under way: each has a time limit, and may end after it. */
import type { StoreOperation } from '../core/errors.ts';

/** After this, in milliseconds, nobody waits for an operation any longer. */
export const LIMIT_MS = 5_000;

/** Told of the end of an operation, however late it comes. */
export interface Ends<T> {
  readonly done: (result: T) => void;
  readonly failed: () => void;
  /** Told that it is overdue. */
  readonly overdue?: () => void;
}

export interface FlightPorts {
  readonly onDone: (operation: StoreOperation) => void;
  readonly onFailed: (operation: StoreOperation, key: string, cause: unknown) => void;
  readonly onOverdue: (operation: StoreOperation) => void;
  /** Called after one has ended or become overdue, and everything was told of that. */
  readonly onEnded: () => void;
}

interface Flight {
  readonly key: string;
  readonly timer: ReturnType<typeof setTimeout>;
}

export class Flights {
  readonly #ports: FlightPorts;
  /** Those that are not overdue. */
  readonly #inTime = new Set<Flight>();

  constructor(ports: FlightPorts) {
    this.#ports = ports;
  }

  get running(): number {
    return this.#inTime.size;
  }

  /** Resolves when it has ended, or is overdue. */
  run<T>(operation: StoreOperation, key: string, call: () => Promise<T>, ends: Ends<T>): Promise<void> {
    const { onDone, onFailed, onOverdue, onEnded } = this.#ports;
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#inTime.delete(flight);
        ends.overdue?.();
        onOverdue(operation);
        onEnded();
        resolve();
      }, LIMIT_MS);
      const flight: Flight = { key, timer };
      this.#inTime.add(flight);
      const land = (tell: () => void): void => {
        clearTimeout(timer);
        this.#inTime.delete(flight);
        tell();
        onEnded();
        resolve();
      };
      const fail = (cause: unknown): void =>
        land(() => {
          onFailed(operation, key, cause);
          ends.failed();
        });
      call().then((result) => {
        // Some drivers of unstorage give the error instead of throwing it (fs, where a file cannot be read or removed).
        if (result instanceof Error) return fail(result);
        land(() => {
          onDone(operation);
          ends.done(result);
        });
      }, fail);
    });
  }

  /** Waits for none of them any longer. Gives their keys. */
  abandon(): string[] {
    const all = [...this.#inTime];
    for (const { timer } of all) clearTimeout(timer);
    this.#inTime.clear();
    return all.map(({ key }) => key);
  }
}
