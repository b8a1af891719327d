/**
 * A store, made bearable: each operation has a time limit, those on one key keep their order, a few run at once, and what
 * failed is tried again until it is done or overtaken. There is one for each store object, whichever trackers use it, one
 * after the other or side by side (`connection.ts`): so a tracker reads what an earlier one is still writing.
 *
 * A write that is overdue may still take effect, so that its key stays locked until it ends: a late `setItem` must not
 * bring back what was removed since. A read that is overdue may never end, and locks nothing any more.
 */
import type { StoreOperation } from '../core/errors.ts';
import { LinkedMap } from '../core/linked-map.ts';
import type { DeliveryStore } from './delivery-store.ts';
import { Flights, LIMIT_MS, type Ends } from './flights.ts';
import { Health } from './health.ts';
import { Retries } from './retries.ts';
import { isNeverWritten, operationOf, Wishes, type OnDone } from './wishes.ts';

const MAX_RUNNING = 32;

/** A tracker that uses the store. */
export interface StoreUser {
  failed(operation: StoreOperation, cause: unknown): void;
  done(operation: StoreOperation): void;
  /** It is time to try again what failed. */
  again(): void;
}

export class Operations {
  static readonly #all = new WeakMap<DeliveryStore, Operations>();

  /** The one of this store object. */
  static of(store: DeliveryStore): Operations {
    const own = this.#all.get(store) ?? new Operations(store);
    this.#all.set(store, own);
    return own;
  }

  readonly #store: DeliveryStore;
  readonly #users = new Set<StoreUser>();
  readonly #wishes = new Wishes();
  /** Keys with a wish that can be begun, in order; and those with an operation under way. */
  readonly #queue = new LinkedMap<string, undefined>();
  readonly #locked = new Set<string>();
  /** Those of the locked keys whose operation is overdue. */
  readonly #stuck = new Set<string>();
  readonly #health = new Health();
  readonly #retries = new Retries(() => this.#tryAgain());
  readonly #flights = new Flights({
    onDone: (operation) => {
      this.#hangs = false;
      this.#retries.soon();
      for (const user of this.#users) user.done(operation);
      if (this.#health.done(operation)) this.#enqueue();
    },
    onFailed: (operation, key, cause) => {
      this.#health.failed(operation, key);
      this.#tellOfFailure(operation, cause);
    },
    onOverdue: (operation) => {
      this.#hangs = true;
      this.#tellOfFailure(operation, new Error(`No answer within ${LIMIT_MS} ms.`));
      // Nobody waits for what waits for a store that hangs.
      this.#wishes.settleAll();
    },
    onEnded: () => this.#pump(),
  });
  #hangs = false;
  /** Called when nothing can be done any more. */
  readonly #onIdle = new Set<() => void>();

  private constructor(store: DeliveryStore) {
    this.#store = store;
  }

  /** An operation is overdue, and none has been done since. */
  get hangs(): boolean {
    return this.#hangs;
  }

  isDown(operation: StoreOperation): boolean {
    return this.#hangs || this.#health.isDown(operation);
  }

  /** How many keys there is still something to be done to. */
  get size(): number {
    return this.#wishes.size;
  }

  join(user: StoreUser): void {
    this.#users.add(user);
    if (this.#users.size > 1) return;
    // What an earlier one could not do, and how the store was then, is of another time.
    this.#hangs = false;
    this.#health.clear();
    this.#enqueue();
    this.#pump();
  }

  /** Resolves when all is done that can be, within the limit; without a user nothing more is begun. */
  leave(user: StoreUser): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        this.#onIdle.delete(end);
        this.#users.delete(user);
        if (this.#users.size === 0) this.#rest();
        resolve();
      };
      const timer = setTimeout(end, LIMIT_MS);
      this.#onIdle.add(end);
      // One more try for each.
      this.#probe();
      this.#enqueue();
      this.#pump();
    });
  }

  /** What the store lists, and what is still to be written. Resolves when it has ended, or is overdue. */
  keys(base: string, ends: Ends<readonly unknown[]>): Promise<void> {
    const list = async (): Promise<readonly unknown[]> => {
      const keys: unknown = await this.#store.getKeys(base);
      if (!Array.isArray(keys)) throw new TypeError('getKeys() gave no array.');
      return [...(keys as readonly unknown[]), ...this.#wishes.wanted(base)];
    };
    return this.#flights.run('getKeys', base, list, ends);
  }

  /** Resolves when it has ended, or is overdue. What was wished for meanwhile counts. */
  read(key: string, { done, failed, overdue }: Ends<unknown>): Promise<void> {
    const wish = this.#wishes.get(key);
    // Locked without a wish: somebody else reads it.
    if (wish !== undefined) done(wish.value);
    else if (this.#locked.has(key)) failed();
    if (wish !== undefined || this.#locked.has(key)) return Promise.resolve();
    this.#locked.add(key);
    let isLate = false;
    const unlock = (): void => {
      if (!isLate) this.#locked.delete(key);
    };
    return this.#flights.run('getItem', key, async () => this.#store.getItem(key), {
      done: (value) => {
        const latest = this.#wishes.get(key);
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
   * Sets `key`, or removes it where there is no value. Resolves with whether that is done: not where it has failed, is
   * overtaken or overdue; at once while the store hangs or fails. `onDone` is called when it is done, however often it had
   * to be tried. What was never begun to be written need not be removed.
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
      const wish = this.#wishes.wish(key, value, { onDone, mayExist, settle: resolve });
      if (isNeverWritten(wish) && !this.#locked.has(key)) {
        this.#queue.delete(key);
        this.#wishes.fulfil(key, wish);
        return;
      }
      const operation = operationOf(wish);
      const isTried = !this.#health.isDown(operation) || (!this.#locked.has(key) && this.#health.probe(operation));
      if (isTried) this.#queue.add(key, undefined);
      else {
        this.#queue.delete(key);
        this.#wishes.postpone(key, wish);
      }
      if (this.#hangs || this.#stuck.has(key) || this.#users.size === 0) this.#wishes.settle(wish);
      if (isTried && this.#health.isDown(operation) && !this.#hangs) this.#begin(key);
      else this.#pump();
    });
  }

  /** Whether something is still to be done to `key`. */
  isBusyWith(key: string): boolean {
    return this.#wishes.get(key) !== undefined;
  }

  planAgain(): void {
    if (this.#users.size > 0) this.#retries.plan();
  }

  #pump(): void {
    if (this.#users.size === 0) return;
    for (const { key } of this.#queue) {
      if (this.#flights.running >= MAX_RUNNING || this.#hangs) break;
      const wish = this.#wishes.get(key);
      if (wish !== undefined && this.#health.isDown(operationOf(wish))) {
        // It waits until another one has shown that the store works.
        this.#queue.delete(key);
        this.#wishes.postpone(key, wish);
      } else if (!this.#locked.has(key)) this.#begin(key);
    }
    if (!this.#hangs && (this.#flights.running > 0 || this.#queue.size > 0)) return;
    for (const end of this.#onIdle) end();
  }

  #begin(key: string): void {
    const wish = this.#wishes.own(key);
    this.#queue.delete(key);
    if (wish === undefined || this.#users.size === 0) return;
    const { value } = wish;
    wish.mayExist = true;
    this.#locked.add(key);
    const end = (isDone: boolean): void => {
      this.#locked.delete(key);
      this.#stuck.delete(key);
      if (this.#wishes.get(key) !== wish) this.#queue.add(key, undefined);
      if (isDone) this.#wishes.fulfil(key, wish);
      else this.#wishes.postpone(key, wish);
    };
    const act = async (): Promise<unknown> =>
      value === undefined ? this.#store.removeItem(key) : this.#store.setItem(key, value);
    void this.#flights.run(operationOf(wish), key, act, {
      done: () => end(true),
      failed: () => end(false),
      overdue: () => this.#stuck.add(key),
    });
  }

  #tellOfFailure(operation: StoreOperation, cause: unknown): void {
    for (const user of this.#users) user.failed(operation, cause);
    this.planAgain();
  }

  #tryAgain(): void {
    for (const user of this.#users) user.again();
    this.#enqueue();
    this.#probe();
    if (this.#hangs) this.#retries.plan();
    else this.#pump();
  }

  /** What failed, or was not begun, is begun when it can be. */
  #enqueue(): void {
    for (const [key, wish] of this.#wishes.entries()) {
      if (!this.#locked.has(key) && !this.#health.isDown(operationOf(wish))) this.#queue.add(key, undefined);
    }
  }

  /** One of each kind that fails, or one at all while the store hangs: if it comes through, it opens the way for the others. */
  #probe(): void {
    for (const operation of ['setItem', 'removeItem'] as const) {
      if (!this.isDown(operation)) continue;
      const isReady = (key: string): boolean => !this.#locked.has(key);
      const key = this.#wishes.first((each, wish) => isReady(each) && (this.#hangs || operationOf(wish) === operation));
      if (key !== undefined) this.#begin(key);
      if (this.#hangs) return;
    }
  }

  #rest(): void {
    this.#retries.stop();
    for (const key of this.#flights.abandon()) if (this.#locked.has(key)) this.#stuck.add(key);
  }
}
