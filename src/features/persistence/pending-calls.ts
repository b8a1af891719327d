/** Calls of the store that are in flight: each has a time limit, and may end after it. */
import type { StoreOperation } from '../../shared/errors.ts';
import { setTimeLimit } from '../../shared/time-limit.ts';

/** How long any code waits for an operation, in milliseconds. */
export const STORE_TIMEOUT_MS = 5_000;

/** Called when an operation ends, however late. */
export interface Callbacks<T> {
  readonly done: (result: T) => void;
  readonly failed: () => void;
  /** Called when its time limit has passed. */
  readonly overdue?: () => void;
}

export interface PendingCallsPorts {
  readonly onDone: (operation: StoreOperation) => void;
  readonly onFailed: (operation: StoreOperation, key: string, cause: unknown) => void;
  readonly onOverdue: (operation: StoreOperation) => void;
  /** Called after a call has ended or become overdue, and its other callbacks were called. */
  readonly onEnded: () => void;
}

interface PendingCall {
  readonly key: string;
  readonly cancelLimit: () => void;
}

export class PendingCalls {
  readonly #ports: PendingCallsPorts;
  /** The calls that are not overdue. */
  readonly #inTime = new Set<PendingCall>();

  constructor(ports: PendingCallsPorts) {
    this.#ports = ports;
  }

  get running(): number {
    return this.#inTime.size;
  }

  /** Resolves when the call has ended, or is overdue. */
  run<T>(operation: StoreOperation, key: string, call: () => Promise<T>, ends: Callbacks<T>): Promise<void> {
    const { onDone, onFailed, onOverdue, onEnded } = this.#ports;
    return new Promise((resolve) => {
      const cancelLimit = setTimeLimit(() => {
        this.#inTime.delete(pendingCall);
        ends.overdue?.();
        onOverdue(operation);
        onEnded();
        resolve();
      }, STORE_TIMEOUT_MS);
      const pendingCall: PendingCall = { key, cancelLimit };
      this.#inTime.add(pendingCall);
      const end = (notify: () => void): void => {
        cancelLimit();
        this.#inTime.delete(pendingCall);
        notify();
        onEnded();
        resolve();
      };
      const fail = (cause: unknown): void =>
        end(() => {
          onFailed(operation, key, cause);
          ends.failed();
        });
      call().then((result) => {
        // Some drivers of unstorage return the error instead of throwing it (fs, if a file cannot be read or removed).
        if (result instanceof Error) return fail(result);
        end(() => {
          onDone(operation);
          ends.done(result);
        });
      }, fail);
    });
  }

  /** Stops waiting for all calls. Returns their keys. */
  abandon(): string[] {
    const all = [...this.#inTime];
    for (const { cancelLimit } of all) cancelLimit();
    this.#inTime.clear();
    return all.map(({ key }) => key);
  }
}
