/** The port for persistence: shaped like unstorage, so that each of its drivers fits as it is. */
import { expectFunction, expectObject } from '../../shared/validate.ts';

/**
 * A key-value store: an `unstorage` Storage, one of its drivers, or your own. Each method may be synchronous. Values are JSON
 * strings, and may come back parsed. The tracker keeps working with a store that throws, hangs, is full or is slow.
 */
export interface DeliveryStore {
  /** The keys that start with `base`; other keys are ignored. */
  getKeys(base?: string): Promise<readonly string[]> | readonly string[];
  /** The value, or `null` or `undefined` if there is none. */
  getItem(key: string): unknown;
  setItem(key: string, value: string): unknown;
  removeItem(key: string): unknown;
}

/** Throws `InvalidArgumentError` where a method is missing. */
export function expectStore(store: DeliveryStore): DeliveryStore {
  const given = expectObject('store', 'an unstorage Storage, or an object with its methods', store);
  for (const method of ['getKeys', 'getItem', 'setItem', 'removeItem']) {
    expectFunction(`store.${method}`, given[method]);
  }
  return store;
}
