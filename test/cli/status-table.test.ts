// The table that `chime-delivery fleet status` prints.
import { describe, expect, it } from '@jest/globals';

import { statusTable } from '../../src/cli/status-table.ts';

const shard = { unownedMs: 0, pending: 0, inbox: 0, oldest: undefined };

describe('the table of a fleet', () => {
  it('adds up the shards of each worker', () => {
    const text = statusTable({
      at: 0,
      shards: [
        { ...shard, shard: 0, holder: 'one', pending: 3 },
        { ...shard, shard: 1, holder: 'two', pending: 1, inbox: 2 },
        { ...shard, shard: 2, holder: 'one', pending: 4 },
      ],
      groups: [{ group: 'billing', backlog: 12, deadLetters: 1 }],
    });
    expect(text).toBe(
      [
        'worker  shards  pending  not taken in',
        'one          2        7             0',
        'two          1        1             2',
        '',
        'Each of the 3 shards has a worker.',
        '',
        'outcomes for  backlog  dead letters',
        'billing            12             1',
      ].join('\n'),
    );
  });

  it('says which deliveries have waited for longest, and why', () => {
    const why = 'The service has the message, and the channel flow has not decided: it is polled in 2 s.';
    const oldest = (id: string, trackedAt: number) => ({ id, trackedAt, why });
    const shards = [
      { ...shard, shard: 0, holder: 'one', pending: 1, oldest: oldest('b', 40_000) },
      { ...shard, shard: 1, holder: 'one', pending: 1, oldest: oldest('a', 10_000) },
    ];
    expect(statusTable({ at: 100_000, shards, groups: [] })).toContain(
      `Without an outcome for longest:\n  a, 90.0 s, shard 1: ${why}\n  b, 60.0 s, shard 0: ${why}\n`,
    );
  });

  it('says which shards have no worker, for how long, and what waits in them', () => {
    const free = { ...shard, holder: undefined };
    const shards = Array.from({ length: 12 }, (_, i) => ({
      ...free,
      shard: i,
      unownedMs: 1_000 * i,
      pending: i === 3 ? 5 : 0,
    }));
    expect(statusTable({ at: 0, shards, groups: [] })).toContain(
      '12 of 12 shards have no worker, the longest for 11.0 s: 0, 1, 2, 3, 4, 5, 6, 7 and 4 more.\n5 deliveries wait in them.',
    );
  });
});
