import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { createDeliveryTracker, type DeliveryStore, type DeliveryTracker } from 'chime-delivery';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createStorage, prefixStorage } from 'unstorage';
import fsDriver from 'unstorage/drivers/fs';
import fsLiteDriver from 'unstorage/drivers/fs-lite';
import localStorageDriver from 'unstorage/drivers/localstorage';
import memoryDriver from 'unstorage/drivers/memory';

import { ALICE, CHANNEL } from '../../support/scripted-service.ts';

/** IndexedDB as in `idb-keyval`, which the driver depends on: one Map for each database. */
const databases = new Map<string, Map<string, unknown>>();
jest.unstable_mockModule(
  'idb-keyval',
  () => ({
    createStore: (db: string, name: string) => `${db}/${name}`,
    get: async (key: string, at = '') => database(at).get(key),
    set: async (key: string, value: unknown, at = '') => void database(at).set(key, value),
    del: async (key: string, at = '') => void database(at).delete(key),
    keys: async (at = '') => [...database(at).keys()],
    clear: async (at = '') => database(at).clear(),
  }),
  { virtual: true },
);
const { default: indexedDbDriver } = await import('unstorage/drivers/indexedb');

function database(at: string): Map<string, unknown> {
  const known = databases.get(at) ?? new Map<string, unknown>();
  databases.set(at, known);
  return known;
}

/** Ids that a file system, or a separator, might misread. */
const ids = ['m1', 'M1', 'a_b', 'A-B', 'con', '-', '_', '__', 'nul', 'x'.repeat(128), 'X'.repeat(128), '_'.repeat(128)];

const errors: Error[] = [];
const undos: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const undo of undos.splice(0).toReversed()) await undo();
});

async function directory(): Promise<string> {
  const base = await mkdtemp(join(tmpdir(), 'chime-delivery-store-'));
  undos.push(() => rm(base, { recursive: true }));
  return base;
}

/** A `Storage` as in browsers. */
function webStorage(): Storage {
  const items: Record<string, string> = {};
  const methods = {
    getItem: (key: string) => items[key] ?? null,
    setItem: (key: string, value: string) => void (items[key] = value),
    removeItem: (key: string) => void delete items[key],
  };
  return new Proxy(methods, {
    ownKeys: () => Reflect.ownKeys(items),
    getOwnPropertyDescriptor: (_target, key) => Reflect.getOwnPropertyDescriptor(items, key),
  }) as unknown as Storage;
}

function start(store: DeliveryStore): DeliveryTracker {
  // There are no responses: this is about the store alone.
  const client = { send: () => new Promise(() => undefined) };
  const tracker = createDeliveryTracker({ client, chimeBearer: ALICE, store });
  tracker.on('error', (error) => errors.push(error));
  undos.push(() => tracker.close());
  return tracker;
}

/** The few lines of docs/guide.md, around any object like localStorage. */
function handMade(storage: Storage): DeliveryStore {
  return {
    getKeys: () => Object.keys(storage),
    getItem: (key) => storage.getItem(key),
    setItem: (key, value) => storage.setItem(key, value),
    removeItem: (key) => storage.removeItem(key),
  };
}

const stores: [string, () => Promise<DeliveryStore> | DeliveryStore][] = [
  ['createStorage()', () => createStorage()],
  ['the memory driver', () => createStorage({ driver: memoryDriver() })],
  ['the fs driver', async () => createStorage({ driver: fsDriver({ base: await directory() }) })],
  ['the fs-lite driver', async () => createStorage({ driver: fsLiteDriver({ base: await directory() }) })],
  [
    'the localStorage driver',
    () => createStorage({ driver: localStorageDriver({ storage: webStorage(), base: 'app:' }) }),
  ],
  [
    'the IndexedDB driver',
    () => createStorage({ driver: indexedDbDriver({ dbName: 'deliveries', storeName: 'records' }) }),
  ],
  ['a prefixed storage', () => prefixStorage(createStorage(), 'app:deliveries')],
  ['the bare memory driver', () => bare(memoryDriver())],
  ['the bare fs driver', async () => bare(fsDriver({ base: await directory() }))],
  ['a few lines around localStorage', () => handMade(webStorage())],
];

/** A bare driver, without what `createStorage` adds to it. */
function bare(driver: object): DeliveryStore {
  return driver as DeliveryStore;
}

describe.each(stores)('a store made of %s', (_name, make) => {
  it('restores pending and unanswered messages in the next session, whatever their ids, and erases them', async () => {
    const store = await make();
    const first = start(store);
    const token = 'Token_1-X';
    for (const messageId of ids) first.track({ channelArn: CHANNEL, messageId });
    first.send({
      ChannelArn: CHANNEL,
      Content: 'true',
      Metadata: '{"a":1}',
      ClientRequestToken: token,
      Type: 'STANDARD',
      Persistence: 'PERSISTENT',
    });
    await first.restored;
    await first.close();
    const second = start(store);
    expect(await second.restored).toBe(ids.length + 1);
    expect(ids.map((id) => second.get(id)?.messageId)).toEqual(ids);
    expect(second.get(token)).toMatchObject({ status: 'SENDING', id: token });
    for (const id of [...ids, token]) second.forget(id);
    await second.close();
    expect(await start(store).restored).toBe(0);
    expect([await store.getKeys(), errors]).toEqual([[], []]);
  });
});

describe('the files of a store', () => {
  it('have readable names, one for each record', async () => {
    const base = await directory();
    const tracker = start(createStorage({ driver: fsDriver({ base }) }));
    tracker.track({ channelArn: CHANNEL, messageId: 'M1' });
    await tracker.close();
    expect(await readdir(base, { recursive: true })).toContainEqual(
      expect.stringMatching(/^chime-delivery\/v1\/[0-9a-z]+\/sent-_m1$/),
    );
  });
});
