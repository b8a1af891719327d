/** What each key of a store is to hold: the latest wish counts. Compact, since a store may fail for long. */
import type { StoreOperation } from '../../shared/errors.ts';

/** Called when a wish is fulfilled. One function may serve any number of keys. */
export type OnDone = (key: string) => void;

export interface DesiredValue {
  /** Without a value, the key is to be removed. */
  readonly value: string | undefined;
  /** The store may have the key: it was there, or a write of it was begun. */
  mayExist: boolean;
  onDone: OnDone | undefined;
  /** Lets those go on who wait for it. */
  settle: (isDone: boolean) => void;
}

const settled = (): void => undefined;

export function operationOf({ value }: DesiredValue): Extract<StoreOperation, 'setItem' | 'removeItem'> {
  return value === undefined ? 'removeItem' : 'setItem';
}

/** There is nothing to be removed. */
export function isNeverWritten({ value, mayExist }: DesiredValue): boolean {
  return value === undefined && !mayExist;
}

/** In place of a function, where there is none. */
const NONE = {};

export class DesiredValues {
  readonly #values = new Map<string, DesiredValue>();
  /** One removal for all keys that have failed to be removed and are not waited for, by what comes after it. */
  readonly #removals = new WeakMap<object, DesiredValue>();

  get(key: string): DesiredValue | undefined {
    return this.#values.get(key);
  }

  get size(): number {
    return this.#values.size;
  }

  /** The wish of this key alone. */
  own(key: string): DesiredValue | undefined {
    const desired = this.#values.get(key);
    if (desired === undefined || !this.#isShared(desired)) return desired;
    const own = { ...desired };
    this.#values.set(key, own);
    return own;
  }

  entries(): Iterable<[string, DesiredValue]> {
    return this.#values;
  }

  first(fits: (key: string, desired: DesiredValue) => boolean): string | undefined {
    for (const [key, desired] of this.#values) if (fits(key, desired)) return key;
    return undefined;
  }

  /** Keys below `base` that are to have a value. */
  wanted(base: string): string[] {
    return [...this.#values].flatMap(([key, { value }]) => (value !== undefined && key.startsWith(base) ? [key] : []));
  }

  /** Takes a wish in the place of an earlier one; who waits for the same to be done waits for this one. */
  set(key: string, value: string | undefined, { onDone, mayExist, settle }: Omit<DesiredValue, 'value'>): DesiredValue {
    const before = this.#values.get(key);
    const desired: DesiredValue = { value, mayExist: before?.mayExist ?? mayExist, onDone, settle };
    this.#values.set(key, desired);
    if (before === undefined) return desired;
    before.settle(false);
    if (before.value !== value) return desired;
    desired.onDone = both(before.onDone, onDone);
    if (!this.#isShared(before)) before.onDone = undefined;
    return desired;
  }

  /** It is done, unless it was overtaken: then what waited for it is told all the same. */
  complete(key: string, desired: DesiredValue): void {
    if (this.#values.get(key) === desired) this.#values.delete(key);
    const { onDone } = desired;
    desired.onDone = undefined;
    desired.settle(true);
    onDone?.(key);
  }

  /** It has failed, or has to wait: it comes after all others, and is not waited for. */
  postpone(key: string, desired: DesiredValue): void {
    this.settle(desired);
    if (this.#values.get(key) !== desired) return;
    this.#values.delete(key);
    this.#values.set(key, desired.value === undefined && desired.mayExist ? this.#shared(desired) : desired);
  }

  /** It is not waited for any longer. */
  settle(desired: DesiredValue): void {
    desired.settle(false);
    desired.settle = settled;
  }

  settleAll(): void {
    for (const desired of this.#values.values()) this.settle(desired);
  }

  #shared(desired: DesiredValue): DesiredValue {
    const { onDone = NONE } = desired;
    const shared = this.#removals.get(onDone) ?? desired;
    this.#removals.set(onDone, shared);
    return shared;
  }

  #isShared(desired: DesiredValue): boolean {
    return this.#removals.get(desired.onDone ?? NONE) === desired;
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
