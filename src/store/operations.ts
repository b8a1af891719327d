/**
 * A store, made bearable: each operation has a time limit, those on one key keep their order, a few run at once, and what
 * failed is tried again (`retries.ts`) until it is done or overtaken. What is written, and why, is the archive's business.
 *
 * A write that is overdue may still take effect, so that its key stays locked until it ends: a late `setItem` must not
 * bring back what was removed since. A read that is overdue may never end, and locks nothing any more.
 */
import type { StoreOperation } from '../core/errors.ts';
import type { DeliveryStore } from './delivery-store.ts';
import { Outages } from './outages.ts';
import { Retries } from './retries.ts';

/** After this, in milliseconds, nobody waits for an operation any longer. */
export const LIMIT_MS = 5_000;
const MAX_RUNNING = 32;

export interface OperationPorts {
  readonly store: DeliveryStore;
  /** Called once per outage of an operation, and at most once a minute for each. */
  readonly onOutage: (operation: StoreOperation, cause: unknown) => void;
}

/** Told of the end of an operation, however late it comes. */
interface Ends<T> {
  readonly done: (result: T) => void;
  readonly failed: () => void;
  /** Told that it is overdue. */
  readonly overdue?: () => void;
}

/** What a key is to hold; without a value it is to be removed. The latest one counts. */
interface Wish {
  readonly value: string | undefined;
  readonly onDone: (() => void)[];
  /** Lets those go on who wait for it. */
  readonly settle: () => void;
}

export class Operations {
  readonly #ports: OperationPorts;
  readonly #wishes = new Map<string, Wish>();
  /** Keys with a wish that can be begun, in order; those with one that failed; those with an operation under way. */
  readonly #queue = new Set<string>();
  readonly #failed = new Set<string>();
  readonly #locked = new Set<string>();
  /** Those of the locked keys whose operation is overdue. */
  readonly #stuck = new Set<string>();
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  readonly #outages: Outages;
  readonly #retries = new Retries(() => this.#tryAgain());
  #later: (() => void)[] = [];
  #running = 0;
  #hangs = false;
  #state: 'open' | 'closing' | 'closed' = 'open';
  #onIdle: () => void = () => undefined;

  constructor(ports: OperationPorts) {
    this.#ports = ports;
    this.#outages = new Outages(ports.onOutage);
  }

  /** An operation is overdue, and none has been done since. */
  get hangs(): boolean {
    return this.#hangs;
  }

  get closed(): boolean {
    return this.#state !== 'open';
  }

  /** Resolves when it has ended, or is overdue. Once closed, nothing is read. */
  keys(base: string, ends: Ends<readonly unknown[]>): Promise<void> {
    if (this.closed) return Promise.resolve();
    const list = async (): Promise<readonly unknown[]> => {
      const keys: unknown = await this.#ports.store.getKeys(base);
      if (!Array.isArray(keys)) throw new TypeError('getKeys() gave no array.');
      return keys as readonly unknown[];
    };
    return this.#run('getKeys', list, ends);
  }

  /** Resolves when it has ended, or is overdue. What was wished for meanwhile counts: then there is nothing to read. */
  read(key: string, { done, failed, overdue }: Ends<unknown>): Promise<void> {
    if (this.closed) return Promise.resolve();
    if (this.#wishes.has(key) || this.#locked.has(key)) {
      if (this.#wishes.has(key)) done(undefined);
      // Somebody else reads it.
      else failed();
      return Promise.resolve();
    }
    this.#locked.add(key);
    let isLate = false;
    const unlock = (): void => {
      if (!isLate) this.#locked.delete(key);
      this.#pump();
    };
    return this.#run('getItem', async () => this.#ports.store.getItem(key), {
      done: (value) => {
        done(this.#wishes.has(key) ? undefined : value);
        unlock();
      },
      failed: () => {
        failed();
        unlock();
      },
      overdue: () => {
        isLate = true;
        this.#locked.delete(key);
        overdue?.();
      },
    });
  }

  /**
   * Sets `key`, or removes it where there is no value. Resolves when that is done, has failed, is overtaken or overdue; at
   * once while the store hangs. `onDone` is called when it is done, however often it had to be tried.
   */
  write(key: string, value: string | undefined, onDone: () => void = () => undefined): Promise<void> {
    return new Promise((resolve) => {
      const overtaken = this.#wishes.get(key);
      overtaken?.settle();
      // Whoever waited for the same to be done waits for this one.
      const others = overtaken?.value === value ? (overtaken?.onDone.splice(0) ?? []) : [];
      this.#wishes.set(key, { value, onDone: [...others, onDone], settle: resolve });
      this.#failed.delete(key);
      this.#queue.add(key);
      if (this.#hangs || this.#stuck.has(key) || this.closed) resolve();
      this.#pump();
    });
  }

  /** Whether something is still to be done to `key`. */
  isBusyWith(key: string): boolean {
    return this.#wishes.has(key);
  }

  /** Calls `again` when it is time to try anew what failed. */
  later(again: () => void): void {
    this.#later.push(again);
    this.#retries.plan();
  }

  /** Waits for what is under way, as long as any operation may take, and does nothing more. */
  close(): Promise<void> {
    this.#retries.close();
    if (this.closed) return Promise.resolve();
    this.#state = 'closing';
    for (const { settle } of this.#wishes.values()) settle();
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#onIdle(), LIMIT_MS);
      this.#onIdle = () => {
        this.#state = 'closed';
        clearTimeout(timer);
        for (const each of this.#timers) clearTimeout(each);
        resolve();
      };
      // One more try for each.
      for (const key of this.#failed) this.#queue.add(key);
      this.#failed.clear();
      this.#pump();
    });
  }

  #pump(): void {
    if (this.#state === 'closed') return;
    for (const key of this.#queue) {
      if (this.#running >= MAX_RUNNING || this.#hangs) break;
      if (!this.#locked.has(key)) this.#begin(key);
    }
    if (this.#state === 'closing' && (this.#hangs || (this.#running === 0 && this.#queue.size === 0))) this.#onIdle();
  }

  #begin(key: string): void {
    const wish = this.#wishes.get(key);
    this.#queue.delete(key);
    if (wish === undefined) return;
    const { store } = this.#ports;
    const { value } = wish;
    this.#locked.add(key);
    const end = (): boolean => {
      this.#locked.delete(key);
      this.#stuck.delete(key);
      const latest = this.#wishes.get(key) === wish;
      if (!latest) this.#queue.add(key);
      wish.settle();
      return latest;
    };
    void this.#run(
      value === undefined ? 'removeItem' : 'setItem',
      async () => (value === undefined ? store.removeItem(key) : store.setItem(key, value)),
      {
        done: () => {
          if (end()) this.#wishes.delete(key);
          for (const tell of wish.onDone.splice(0)) tell();
          this.#pump();
        },
        failed: () => {
          if (end()) this.#failed.add(key);
          this.#pump();
        },
        overdue: () => this.#stuck.add(key),
      },
    );
  }

  #run<T>(operation: StoreOperation, call: () => Promise<T>, { done, failed, overdue: late }: Ends<T>): Promise<void> {
    return new Promise((resolve) => {
      this.#running += 1;
      let overdue = false;
      const timer = setTimeout(() => {
        overdue = true;
        late?.();
        this.#running -= 1;
        this.#timers.delete(timer);
        this.#hang(operation);
        resolve();
      }, LIMIT_MS);
      this.#timers.add(timer);
      const end = (): boolean => {
        if (this.#state === 'closed') return false;
        clearTimeout(timer);
        this.#timers.delete(timer);
        if (!overdue) this.#running -= 1;
        return true;
      };
      const onFailure = (cause: unknown): void => {
        if (!end()) return resolve();
        this.#outages.failed(operation, cause);
        failed();
        this.#retries.plan();
        resolve();
      };
      call().then((result) => {
        // Some drivers of unstorage give the error instead of throwing it (fs, where a file cannot be read or removed).
        if (result instanceof Error) return onFailure(result);
        if (!end()) return resolve();
        this.#hangs = false;
        this.#retries.soon();
        this.#outages.done(operation);
        done(result);
        this.#pump();
        resolve();
      }, onFailure);
    });
  }

  #hang(operation: StoreOperation): void {
    this.#hangs = true;
    this.#outages.failed(operation, new Error(`No answer within ${LIMIT_MS} ms.`));
    // Nobody waits for what waits for a store that hangs.
    for (const { settle } of this.#wishes.values()) settle();
    this.#retries.plan();
    this.#pump();
  }

  #tryAgain(): void {
    for (const key of this.#failed) this.#queue.add(key);
    this.#failed.clear();
    for (const again of this.#later.splice(0)) again();
    if (!this.#hangs) return this.#pump();
    // One that comes through opens the way for the others.
    for (const key of this.#queue) {
      if (this.#locked.has(key)) continue;
      this.#begin(key);
      break;
    }
    this.#retries.plan();
  }
}
