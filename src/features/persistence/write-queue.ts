/**
 * The operations on a store: each has a time limit, those on one key keep their order, a limited number runs at once, and a
 * failed write is tried again until it is done or replaced. There is one queue for each store object, shared by all trackers
 * that use it, one after the other or at once (`store-connection.ts`): so a tracker reads the values that an earlier one is
 * still writing.
 *
 * An overdue write may still take effect, so that its key stays locked until it ends: a late `setItem` must not restore a key
 * that was removed since. An overdue read may never end, and releases its lock. Nor may an overdue write of a marker, for which
 * a send may wait: it is made again. If the first one takes effect late, the session only knows less about a send.
 */
import type { StoreOperation } from '../../shared/errors.ts';
import { setTimeLimit } from '../../shared/time-limit.ts';
import { LinkedMap } from '../../shared/linked-map.ts';
import type { DeliveryStore } from '../../core/ports/store.ts';
import { isMarkerKey } from './keys.ts';
import { PendingCalls, STORE_TIMEOUT_MS, type Callbacks } from './pending-calls.ts';
import { StoreHealth } from './store-health.ts';
import { RetryTimer } from './retry-timer.ts';
import { isNeverWritten, operationOf, DesiredValues, type DesiredValue, type OnDone } from './desired-values.ts';

const MAX_RUNNING = 32;

/** A tracker that uses the store. */
export interface StoreUser {
  failed(operation: StoreOperation, cause: unknown): void;
  done(operation: StoreOperation): void;
  /** Called to retry failed operations. */
  retry(): void;
}

/** An operation on a key, and the value that it writes. */
interface Lock {
  readonly desired?: DesiredValue;
}

export class WriteQueue {
  static readonly #all = new WeakMap<DeliveryStore, WriteQueue>();

  /** The queue of this store object. */
  static of(store: DeliveryStore): WriteQueue {
    const own = this.#all.get(store) ?? new WriteQueue(store);
    this.#all.set(store, own);
    return own;
  }

  readonly #store: DeliveryStore;
  readonly #users = new Set<StoreUser>();
  readonly #values = new DesiredValues();
  /** Keys whose write can begin, in order. */
  readonly #queue = new LinkedMap<string, undefined>();
  /** Keys with an operation in flight. */
  readonly #locked = new Map<string, Lock>();
  /** The locked keys whose operation is overdue. */
  readonly #overdue = new Set<string>();
  readonly #health = new StoreHealth();
  readonly #retries = new RetryTimer(() => this.#retry());
  readonly #calls = new PendingCalls({
    onDone: (operation) => {
      this.#stalled = false;
      this.#retries.reset();
      for (const user of this.#users) user.done(operation);
      if (this.#health.done(operation)) this.#enqueue();
    },
    onFailed: (operation, key, cause) => {
      this.#health.failed(operation, key);
      this.#reportFailure(operation, cause);
    },
    onOverdue: (operation) => {
      this.#stalled = true;
      this.#reportFailure(operation, new Error(`No answer within ${STORE_TIMEOUT_MS} ms.`));
      // No caller waits for a store that hangs.
      this.#values.settleAll();
    },
    onEnded: () => this.#drain(),
  });
  #stalled = false;
  /** Called when no further operation can run. */
  readonly #onIdle = new Set<() => void>();

  private constructor(store: DeliveryStore) {
    this.#store = store;
  }

  /** An operation is overdue, and none has succeeded since. */
  get isStalled(): boolean {
    return this.#stalled;
  }

  isDown(operation: StoreOperation): boolean {
    return this.#stalled || this.#health.isDown(operation);
  }

  /** The number of keys that are not written yet. */
  get size(): number {
    return this.#values.size;
  }

  join(user: StoreUser): void {
    this.#users.add(user);
    if (this.#users.size > 1) return;
    // Earlier failures do not count for a new user.
    this.#stalled = false;
    this.#health.clear();
    this.#enqueue();
    this.#drain();
  }

  /** Resolves when all possible operations are done, within the time limit. Without a user no operation starts. */
  leave(user: StoreUser): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        cancel();
        this.#onIdle.delete(end);
        this.#users.delete(user);
        if (this.#users.size === 0) this.#pause();
        resolve();
      };
      const cancel = setTimeLimit(end, STORE_TIMEOUT_MS);
      this.#onIdle.add(end);
      // One more attempt for each.
      this.#probe();
      this.#enqueue();
      this.#drain();
    });
  }

  /** Lists the keys of the store, and those that are still to be written. Resolves when it has ended, or is overdue. */
  keys(base: string, ends: Callbacks<readonly unknown[]>): Promise<void> {
    const list = async (): Promise<readonly unknown[]> => {
      const keys: unknown = await this.#store.getKeys(base);
      if (!Array.isArray(keys)) throw new TypeError('getKeys() did not return an array.');
      return [...(keys as readonly unknown[]), ...this.#values.wanted(base)];
    };
    return this.#calls.run('getKeys', base, list, ends);
  }

  /** Reads a key; a value that is to be written counts. Resolves when it has ended, or is overdue. */
  read(key: string, { done, failed, overdue }: Callbacks<unknown>): Promise<void> {
    const desired = this.#values.get(key);
    // Locked without a desired value: another caller reads it.
    if (desired !== undefined) done(desired.value);
    else if (this.#locked.has(key)) failed();
    if (desired !== undefined || this.#locked.has(key)) return Promise.resolve();
    this.#locked.set(key, {});
    let isLate = false;
    const unlock = (): void => {
      if (!isLate) this.#locked.delete(key);
    };
    return this.#calls.run('getItem', key, async () => this.#store.getItem(key), {
      done: (value) => {
        const latest = this.#values.get(key);
        unlock();
        done(latest === undefined ? value : latest.value);
      },
      failed: () => {
        unlock();
        failed();
      },
      overdue: () => {
        unlock();
        isLate = true;
        overdue?.();
      },
    });
  }

  /**
   * Sets `key`, or removes it without a value. Resolves with true when that is done, and with false if it has failed, or was
   * replaced, or is overdue, and at once while the store hangs or fails. `onDone` is called when it is done, after any number of
   * attempts. A key that was never written is not removed.
   *
   * @param mayExist whether the store may have the key before it is set
   */
  write(
    key: string,
    value: string | undefined,
    onDone?: OnDone,
    mayExist: boolean = value === undefined,
  ): Promise<boolean> {
    return new Promise((resolve) => {
      const desired = this.#values.set(key, value, { onDone, mayExist, settle: resolve });
      if (isNeverWritten(desired) && !this.#locked.has(key)) {
        this.#queue.delete(key);
        this.#values.complete(key, desired);
        return;
      }
      const operation = operationOf(desired);
      const canTry = !this.#health.isDown(operation) || (!this.#locked.has(key) && this.#health.probe(operation));
      if (canTry) this.#queue.add(key, undefined);
      else {
        this.#queue.delete(key);
        this.#values.postpone(key, desired);
      }
      if (this.#stalled || this.#overdue.has(key) || this.#users.size === 0) this.#values.settle(desired);
      if (canTry && this.#health.isDown(operation) && !this.#stalled) this.#begin(key);
      else this.#drain();
    });
  }

  /** Whether a write of `key` is not done yet. */
  isBusyWith(key: string): boolean {
    return this.#values.get(key) !== undefined;
  }

  scheduleRetry(): void {
    if (this.#users.size > 0) this.#retries.schedule();
  }

  #drain(): void {
    if (this.#users.size === 0) return;
    for (const { key } of this.#queue) {
      if (this.#calls.running >= MAX_RUNNING || this.#stalled) break;
      const desired = this.#values.get(key);
      if (desired !== undefined && this.#health.isDown(operationOf(desired))) {
        // It waits until another operation has shown that the store works.
        this.#queue.delete(key);
        this.#values.postpone(key, desired);
      } else if (!this.#locked.has(key)) this.#begin(key);
    }
    if (!this.#stalled && (this.#calls.running > 0 || this.#queue.size > 0)) return;
    for (const end of this.#onIdle) end();
  }

  #begin(key: string): void {
    const desired = this.#values.own(key);
    this.#queue.delete(key);
    if (desired === undefined || this.#users.size === 0) return;
    const { value } = desired;
    desired.mayExist = true;
    const lock: Lock = { desired };
    this.#locked.set(key, lock);
    this.#overdue.delete(key);
    const end = (isDone: boolean): void => {
      const isLatest = this.#locked.get(key) === lock;
      if (isLatest) {
        this.#locked.delete(key);
        this.#overdue.delete(key);
        if (this.#values.get(key) !== desired) this.#queue.add(key, undefined);
      }
      if (isDone) this.#values.complete(key, desired);
      else if (isLatest) this.#values.postpone(key, desired);
    };
    const act = async (): Promise<unknown> =>
      value === undefined ? this.#store.removeItem(key) : this.#store.setItem(key, value);
    void this.#calls.run(operationOf(desired), key, act, {
      done: () => end(true),
      failed: () => end(false),
      overdue: () => {
        if (this.#locked.get(key) === lock) this.#overdue.add(key);
      },
    });
  }

  /** Whether a write of `key` can begin: none is in progress, or one that may be made again. */
  #isReady(key: string): boolean {
    const lock = this.#locked.get(key);
    if (lock === undefined) return true;
    return this.#overdue.has(key) && isMarkerKey(key) && lock.desired?.value === this.#values.get(key)?.value;
  }

  #reportFailure(operation: StoreOperation, cause: unknown): void {
    for (const user of this.#users) user.failed(operation, cause);
    this.scheduleRetry();
  }

  #retry(): void {
    for (const user of this.#users) user.retry();
    this.#enqueue();
    this.#probe();
    if (this.#stalled) return this.#retries.schedule();
    for (const key of this.#overdue) if (this.#isReady(key)) this.#begin(key);
    this.#drain();
  }

  /** Queues all keys that can be written now. */
  #enqueue(): void {
    for (const [key, desired] of this.#values.entries()) {
      if (!this.#locked.has(key) && !this.#health.isDown(operationOf(desired))) this.#queue.add(key, undefined);
    }
  }

  /** Tries one key for each failing operation, or one in all while the store hangs: if it succeeds, the others follow. */
  #probe(): void {
    for (const operation of ['setItem', 'removeItem'] as const) {
      if (!this.isDown(operation)) continue;
      const key = this.#values.first(
        (each, desired) => this.#isReady(each) && (this.#stalled || operationOf(desired) === operation),
      );
      if (key !== undefined) this.#begin(key);
      if (this.#stalled) return;
    }
  }

  #pause(): void {
    this.#retries.stop();
    for (const key of this.#calls.abandon()) if (this.#locked.has(key)) this.#overdue.add(key);
  }
}
