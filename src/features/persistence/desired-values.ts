/** The desired value of each key of a store: the latest one counts. Compact, since a store may fail for a long time. */
import type { StoreOperation } from '../../shared/errors.ts';

/** Called when the store has the desired value. One function may serve any number of keys. */
export type OnDone = (key: string) => void;

export interface DesiredValue {
  /** Without a value, the key is to be removed. */
  readonly value: string | undefined;
  /** The store may have the key: it was there, or a write of it has begun. */
  mayExist: boolean;
  onDone: OnDone | undefined;
  /** Resolves the promise of the caller. */
  settle: (isDone: boolean) => void;
}

const settled = (): void => undefined;

export function operationOf({ value }: DesiredValue): Extract<StoreOperation, 'setItem' | 'removeItem'> {
  return value === undefined ? 'removeItem' : 'setItem';
}

/** A removal of a key that was never written. */
export function isNeverWritten({ value, mayExist }: DesiredValue): boolean {
  return value === undefined && !mayExist;
}

/** The key of removals without `onDone`. */
const NONE = {};

export class DesiredValues {
  readonly #values = new Map<string, DesiredValue>();
  /** By `onDone`: one shared removal for all keys whose removal has failed, and that no caller waits for. */
  readonly #removals = new WeakMap<object, DesiredValue>();

  get(key: string): DesiredValue | undefined {
    return this.#values.get(key);
  }

  get size(): number {
    return this.#values.size;
  }

  /** The desired value of this key, as an object that no other key shares. */
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

  /** Keys that start with `base` and have a desired value. */
  wanted(base: string): string[] {
    return [...this.#values].flatMap(([key, { value }]) => (value !== undefined && key.startsWith(base) ? [key] : []));
  }

  /** Replaces the desired value of a key. If it is the same value, the earlier `onDone` is called too. */
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

  /** The store has the value. Its callbacks are called even if a newer value has replaced it. */
  complete(key: string, desired: DesiredValue): void {
    if (this.#values.get(key) === desired) this.#values.delete(key);
    const { onDone } = desired;
    desired.onDone = undefined;
    desired.settle(true);
    onDone?.(key);
  }

  /** It has failed, or has to wait: moves it behind all others, and resolves its caller's promise. */
  postpone(key: string, desired: DesiredValue): void {
    this.settle(desired);
    if (this.#values.get(key) !== desired) return;
    this.#values.delete(key);
    this.#values.set(key, desired.value === undefined && desired.mayExist ? this.#shared(desired) : desired);
  }

  /** Resolves the promise of its caller with false. */
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
