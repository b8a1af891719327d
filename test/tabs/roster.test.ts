import { describe, expect, it } from '@jest/globals';
import { Roster } from '../../src/tabs/roster.ts';
import { pass, useFakeTime } from '../support/fake-time.ts';

useFakeTime();

describe('a tab that takes its own lock back', () => {
  it('is watched again, also where its word comes a moment before the loss of the lock', async () => {
    const asked: { readonly grant: () => unknown; readonly rob: (error: Error) => void }[] = [];
    const locks = {
      request: (_name: string, _options: object, grant: () => unknown) =>
        new Promise<unknown>((_resolve, rob) => asked.push({ grant, rob })),
      query: async () => ({ held: [] }),
    };
    const roster = new Roster(locks, 'alice', () => undefined);
    const all = { kind: 'have', n: 1, all: true, left: 0, facts: [{ id: 'm1', trackedAt: 0 }], ended: [] } as never;
    roster.watch('own', () => undefined);
    roster.take('other', all);
    asked[0]?.grant();
    roster.take('other', all);
    asked[0]?.rob(new Error('Lock broken.'));
    await pass(10);
    expect(asked).toHaveLength(2);
    roster.close();
  });
});
