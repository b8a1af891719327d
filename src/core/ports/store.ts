/** The port for what has to outlive the process: shaped like unstorage, so that each of its drivers fits as it is. */
import { expectFunction, expectObject } from '../../shared/validate.ts';

/**
 * A key-value store. An `unstorage` Storage fits, or one of its drivers, or a few lines around anything else. Each method may
 * be synchronous; values are strings of JSON, and may come back parsed. One that throws, hangs, is full or is slow is put up
 * with.
 */
export interface DeliveryStore {
  /** The keys that begin with `base`; others may be among them. */
  getKeys(base?: string): Promise<readonly string[]> | readonly string[];
  /** The value, or `null` or `undefined`. */
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
