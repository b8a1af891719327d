// A Redis that was away may have forgotten what it confirmed last: the engine says so, and the names of a record are those of the new life.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { redisEngine } from 'chime-delivery/fleet/redis';
import { Redis } from 'ioredis';

import { RedisServer } from '../../../examples/support/redis-server.ts';

let server: RedisServer | undefined;
beforeAll(async () => {
  server = await RedisServer.start();
});
afterAll(async () => {
  await server?.stop();
});

const FLEET = { shards: 2, leaseMs: 1_000, keepSettledMs: 1_000 };

describe('an engine whose Redis has lost its connections, and its data', () => {
  it('has the inbox say that something may be missing, and reads the names of records again', async () => {
    const connection = server?.url ?? '';
    const engine = redisEngine({ connection, name: 'reconnect' });
    const redis = new Redis(connection);
    const { signal } = new AbortController();
    try {
      await engine.open(FLEET);
      await engine.records.put(1, 'a', { names: ['arn:a'], text: 'x' });
      expect((await engine.records.get(1, 'a')).record).toEqual({ names: ['arn:a'], text: 'x' });
      let { entries, missed } = await engine.inbox.read(1, '', signal);
      expect([entries.length, missed]).toEqual([1, false]);
      await redis.flushall();
      await redis.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
      for (let after = entries[0]?.position ?? ''; !missed; after = entries.at(-1)?.position ?? after)
        ({ entries, missed } = await engine.inbox.read(1, after, signal).catch(() => ({ entries: [], missed: false })));
      // The number of the forgotten name is given again.
      await engine.records.put(1, 'b', { names: ['arn:b'], text: 'y' });
      expect((await engine.records.get(1, 'b')).record).toEqual({ names: ['arn:b'], text: 'y' });
    } finally {
      redis.disconnect();
      await engine.close();
    }
  });
});
