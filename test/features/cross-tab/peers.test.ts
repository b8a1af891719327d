import { describe, expect, it } from '@jest/globals';
import { lockOf, Peers } from '../../../src/features/cross-tab/peers.ts';
import { pass, useFakeTime } from '../../support/fake-time.ts';

useFakeTime();

describe('a tab that takes its own lock again', () => {
  it('is watched again, even if its announcement arrives just before the loss of the lock', async () => {
    const asked: { readonly grant: () => unknown; readonly rob: (error: Error) => void }[] = [];
    const locks = {
      request: (_name: string, _options: object, grant: () => unknown) =>
        new Promise<unknown>((_resolve, rob) => asked.push({ grant, rob })),
      query: async () => ({ held: [] }),
    };
    const peers = new Peers(locks, 'alice', () => undefined);
    const all = {
      kind: 'deliveries',
      n: 1,
      all: true,
      remaining: 0,
      deliveries: [{ id: 'm1', trackedAt: 0 }],
      ended: [],
    } as never;
    peers.watchAll('own', () => undefined);
    peers.update('other', all);
    asked[0]?.grant();
    peers.update('other', all);
    asked[0]?.rob(new Error('Lock broken.'));
    await pass(10);
    expect(asked).toHaveLength(2);
    peers.close();
  });
});

describe('a new leader', () => {
  it.each<[string, string[], number]>([
    ['knows at once that its list is complete, if only itself holds a lock', ['own'], 1],
    ['waits for the list of another tab that holds a lock', ['own', 'other'], 0],
  ])('%s', async (_name, tabs, completed) => {
    const locks = {
      request: () => new Promise<unknown>(() => undefined),
      query: async () => ({ held: tabs.map((tab) => ({ name: lockOf('alice', tab) })) }),
    };
    let count = 0;
    const peers = new Peers(locks, 'alice', () => undefined);
    peers.watchAll('own', () => (count += 1));
    await pass(10);
    expect(count).toBe(completed);
    await pass(1_000);
    expect(count).toBe(1);
    peers.close();
  });
});
