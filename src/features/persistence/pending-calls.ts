/** Calls of the store that are under way: each has a time limit, and may end after it. */
import type { StoreOperation } from '../../shared/errors.ts';

/** After this, in milliseconds, nobody waits for an operation any longer. */
export const STORE_TIMEOUT_MS = 5_000;

/** Told of the end of an operation, however late it comes. */
export interface Callbacks<T> {
  readonly done: (result: T) => void;
  readonly failed: () => void;
  /** Told that it is overdue. */
  readonly overdue?: () => void;
}

export interface PendingCallsPorts {
  readonly onDone: (operation: StoreOperation) => void;
  readonly onFailed: (operation: StoreOperation, key: string, cause: unknown) => void;
  readonly onOverdue: (operation: StoreOperation) => void;
  /** Called after one has ended or become overdue, and everything was told of that. */
  readonly onEnded: () => void;
}

interface PendingCall {
  readonly key: string;
  readonly timer: ReturnType<typeof setTimeout>;
}

export class PendingCalls {
  readonly #ports: PendingCallsPorts;
  /** Those that are not overdue. */
  readonly #inTime = new Set<PendingCall>();

  constructor(ports: PendingCallsPorts) {
    this.#ports = ports;
  }

  get running(): number {
    return this.#inTime.size;
  }

  /** Resolves when it has ended, or is overdue. */
  run<T>(operation: StoreOperation, key: string, call: () => Promise<T>, ends: Callbacks<T>): Promise<void> {
    const { onDone, onFailed, onOverdue, onEnded } = this.#ports;
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#inTime.delete(pendingCall);
        ends.overdue?.();
        onOverdue(operation);
        onEnded();
        resolve();
      }, STORE_TIMEOUT_MS);
      const pendingCall: PendingCall = { key, timer };
      this.#inTime.add(pendingCall);
      const land = (tell: () => void): void => {
        clearTimeout(timer);
        this.#inTime.delete(pendingCall);
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
