import { describe, expect, it } from '@jest/globals';
import { Peers } from '../../../src/features/cross-tab/peers.ts';
import { pass, useFakeTime } from '../../support/fake-time.ts';

useFakeTime();

describe('a tab that takes its own lock again', () => {
  it('is watched again, even if its announcement arrives just before the loss of the lock', async () => {
    const asked: { readonly grant: () => unknown; readonly rob: (error: Error) => void }[] = [];
    const locks = {
      request: (_name: string, _options: object, grant: () => unknown) =>
        new Promise<unknown>((_resolve, rob) => asked.push({ grant, rob })),
      query: async () => ({ knownUnsent: [] }),
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
