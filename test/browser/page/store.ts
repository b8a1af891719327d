/**
 * The stores of the page, and what the page has known whatever becomes of it: a mark for each message that its store has
 * acknowledged, and for each outcome that it was told. The marks are in localStorage, which outlives a page that is killed.
 */
import type { DeliveryStore } from 'chime-delivery';
import { createStorage } from 'unstorage';
import localStorageDriver from 'unstorage/drivers/localstorage';

export type StoreKind = 'localStorage' | 'indexedDB';

/** What this page, and those before it, have known. */
export interface Marks {
  readonly kept: string[];
  /** `id status`, once for each time that it was told. */
  readonly ended: string[];
}

const KEPT = 'mark-kept ';
const ENDED = 'mark-ended ';

export function storeOf(kind: StoreKind): DeliveryStore {
  const store =
    kind === 'indexedDB' ? indexedDbStore() : createStorage({ driver: localStorageDriver({ base: 'outbox' }) });
  return {
    getKeys: (base) => store.getKeys(base),
    getItem: (key) => store.getItem(key),
    removeItem: (key) => store.removeItem(key),
    setItem: async (key, value) => {
      await store.setItem(key, value);
      if (key.includes(':send-')) markKept((JSON.parse(value) as { id: string }).id);
    },
  };
}

export function markKept(id: string): void {
  localStorage.setItem(`${KEPT}${id}`, '1');
}

export function markEnded(id: string, status: string): void {
  const key = `${ENDED}${id} ${status}`;
  localStorage.setItem(key, String(Number(localStorage.getItem(key) ?? 0) + 1));
}

export function readMarks(): Marks {
  const keys = Object.keys(localStorage);
  const after = (prefix: string): string[] =>
    keys.filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
  return { kept: after(KEPT), ended: after(ENDED) };
}

/** A few lines around IndexedDB, as an app without unstorage would write them. */
function indexedDbStore(): DeliveryStore {
  const opened = new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open('outbox', 1);
    request.addEventListener('upgradeneeded', () => request.result.createObjectStore('records'));
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error ?? new Error('No database.')));
  });
  const run = async <T>(mode: IDBTransactionMode, act: (records: IDBObjectStore) => IDBRequest<T>): Promise<T> => {
    const transaction = (await opened).transaction('records', mode);
    const request = act(transaction.objectStore('records'));
    return new Promise((resolve, reject) => {
      transaction.addEventListener('complete', () => resolve(request.result));
      transaction.addEventListener('abort', () => reject(transaction.error ?? new Error('Aborted.')));
    });
  };
  return {
    getKeys: async () => (await run('readonly', (records) => records.getAllKeys())).map(String),
    getItem: (key) => run('readonly', (records) => records.get(key)),
    setItem: (key, value) => run('readwrite', (records) => records.put(value, key)),
    removeItem: (key) => run('readwrite', (records) => records.delete(key)),
  };
}
