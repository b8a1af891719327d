/** What each key of a store is to hold: the latest wish counts. Compact, since a store may fail for long. */
import type { StoreOperation } from '../core/errors.ts';

/** Called when a wish is fulfilled. One function may serve any number of keys. */
export type OnDone = (key: string) => void;

export interface Wish {
  /** Without a value, the key is to be removed. */
  readonly value: string | undefined;
  /** The store may have the key: it was there, or a write of it was begun. */
  mayExist: boolean;
  onDone: OnDone | undefined;
  /** Lets those go on who wait for it. */
  settle: (isDone: boolean) => void;
}

const settled = (): void => undefined;

export function operationOf({ value }: Wish): Extract<StoreOperation, 'setItem' | 'removeItem'> {
  return value === undefined ? 'removeItem' : 'setItem';
}

/** There is nothing to be removed. */
export function isNeverWritten({ value, mayExist }: Wish): boolean {
  return value === undefined && !mayExist;
}

/** In place of a function, where there is none. */
const NONE = {};

export class Wishes {
  readonly #wishes = new Map<string, Wish>();
  /** One removal for all keys that have failed to be removed and are not waited for, by what comes after it. */
  readonly #removals = new WeakMap<object, Wish>();

  get(key: string): Wish | undefined {
    return this.#wishes.get(key);
  }

  get size(): number {
    return this.#wishes.size;
  }

  /** The wish of this key alone. */
  own(key: string): Wish | undefined {
    const wish = this.#wishes.get(key);
    if (wish === undefined || !this.#isShared(wish)) return wish;
    const own = { ...wish };
    this.#wishes.set(key, own);
    return own;
  }

  entries(): Iterable<[string, Wish]> {
    return this.#wishes;
  }

  first(fits: (key: string, wish: Wish) => boolean): string | undefined {
    for (const [key, wish] of this.#wishes) if (fits(key, wish)) return key;
    return undefined;
  }

  /** Keys below `base` that are to have a value. */
  wanted(base: string): string[] {
    return [...this.#wishes].flatMap(([key, { value }]) => (value !== undefined && key.startsWith(base) ? [key] : []));
  }

  /** Takes a wish in the place of an earlier one; who waits for the same to be done waits for this one. */
  wish(key: string, value: string | undefined, { onDone, mayExist, settle }: Omit<Wish, 'value'>): Wish {
    const before = this.#wishes.get(key);
    const wish: Wish = { value, mayExist: before?.mayExist ?? mayExist, onDone, settle };
    this.#wishes.set(key, wish);
    if (before === undefined) return wish;
    before.settle(false);
    if (before.value !== value) return wish;
    wish.onDone = both(before.onDone, onDone);
    if (!this.#isShared(before)) before.onDone = undefined;
    return wish;
  }

  /** It is done, unless it was overtaken: then what waited for it is told all the same. */
  fulfil(key: string, wish: Wish): void {
    if (this.#wishes.get(key) === wish) this.#wishes.delete(key);
    const { onDone } = wish;
    wish.onDone = undefined;
    wish.settle(true);
    onDone?.(key);
  }

  /** It has failed, or has to wait: it comes after all others, and is not waited for. */
  postpone(key: string, wish: Wish): void {
    this.settle(wish);
    if (this.#wishes.get(key) !== wish) return;
    this.#wishes.delete(key);
    this.#wishes.set(key, wish.value === undefined && wish.mayExist ? this.#shared(wish) : wish);
  }

  /** It is not waited for any longer. */
  settle(wish: Wish): void {
    wish.settle(false);
    wish.settle = settled;
  }

  settleAll(): void {
    for (const wish of this.#wishes.values()) this.settle(wish);
  }

  #shared(wish: Wish): Wish {
    const { onDone = NONE } = wish;
    const shared = this.#removals.get(onDone) ?? wish;
    this.#removals.set(onDone, shared);
    return shared;
  }

  #isShared(wish: Wish): boolean {
    return this.#removals.get(wish.onDone ?? NONE) === wish;
  }
}

function both(one: OnDone | undefined, other: OnDone | undefined): OnDone | undefined {
  if (one === undefined || one === other) return other;
  if (other === undefined) return one;
  return (key) => {
    one(key);
    other(key);
  };
}
