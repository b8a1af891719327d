// `chime-delivery fleet` on a real Redis, and what a fleet refuses.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createDeliveryFleet } from 'chime-delivery/fleet';
import { redisEngine } from 'chime-delivery/fleet/redis';
import { Redis } from 'ioredis';

import { RedisServer } from '../../../examples/support/redis-server.ts';

const run = promisify(execFile);

let server: RedisServer | undefined;
beforeAll(async () => {
  server = await RedisServer.start();
});
afterAll(async () => {
  await server?.stop();
});

const APP = 'arn:aws:chime:us-east-1:111122223333:app-instance/app';

async function chimeDelivery(...args: readonly string[]): Promise<{ readonly code: number; readonly out: string }> {
  const program = ['--import', 'tsx', '--conditions=chime-delivery/source', 'src/cli/main.ts'];
  try {
    const { stdout } = await run(process.execPath, [...program, ...args]);
    return { code: 0, out: stdout };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, out: `${stdout}${stderr}` };
  }
}

describe('chime-delivery fleet status', () => {
  it('prints who holds the shards of a fleet', async () => {
    const connection = server?.url ?? '';
    const fleet = createDeliveryFleet({
      engine: redisEngine({ connection, name: 'shown' }),
      clientFor: () => ({ send: () => Promise.reject(new Error('It is not called.')) }),
      name: 'one',
      shards: 4,
    });
    try {
      while (fleet.stats.held < 4) await new Promise((resolve) => setTimeout(resolve, 20));
      let shown = await chimeDelivery('fleet', 'status', '--redis', connection, '--name', 'shown');
      while (shown.code !== 0) shown = await chimeDelivery('fleet', 'status', '--redis', connection, '--name', 'shown');
      expect(shown.out).toContain('one          4        0             0\n\nEach of the 4 shards has a worker.');
    } finally {
      await fleet.close();
    }
  });

  it('says that there is no such fleet, and what is wrong with its arguments', async () => {
    const none = await chimeDelivery('fleet', 'status', '--redis', server?.url ?? '', '--name', 'none');
    expect(none).toEqual({ code: 1, out: 'No fleet named none has ever used this Redis.\n' });
    expect(await chimeDelivery('fleet')).toMatchObject({
      code: 2,
      out: expect.stringContaining('Unknown command: fleet'),
    });
    expect(await chimeDelivery('fleet', 'status')).toMatchObject({
      code: 2,
      out: expect.stringContaining('--redis URL'),
    });
  });
});

describe('chime-delivery fleet explain', () => {
  const channelArn = `${APP}/channel/c`;
  const chimeBearer = `${APP}/user/alice`;

  it('prints where a delivery is, then its outcome', async () => {
    const connection = server?.url ?? '';
    const status = { Value: 'PENDING' };
    const fleet = createDeliveryFleet({
      engine: redisEngine({ connection, name: 'explained' }),
      clientFor: () => ({ send: () => Promise.resolve({ MessageId: 'm1', ChannelArn: channelArn, Status: status }) }),
      name: 'one',
      shards: 4,
    });
    const explain = (id: string) => chimeDelivery('fleet', 'explain', id, '--redis', connection, '--name', 'explained');
    try {
      while (fleet.stats.held < 4) await new Promise((resolve) => setTimeout(resolve, 20));
      await fleet.track({ messageId: 'm1', channelArn, chimeBearer });
      const pending = await explain('m1');
      expect(pending.code).toBe(0);
      expect(pending.out).toContain('m1: no outcome yet, ');
      expect(pending.out).toContain(
        `held by one\n  message m1\n  in ${channelArn}\n  of ${chimeBearer}\n  The service has`,
      );
      status.Value = 'SENT';
      let settled = await explain('m1');
      while (settled.out.includes('no outcome yet')) settled = await explain('m1');
      expect(settled).toEqual({ code: 0, out: expect.stringMatching(/^m1: SENT \(\w+\), \d+\.\d s after/) });
      const other = await explain('m2');
      expect(other).toEqual({ code: 1, out: expect.stringContaining('does not know a delivery with the id m2') });
    } finally {
      await fleet.close();
    }
  });

  it('says what is wrong with its arguments', async () => {
    expect(await chimeDelivery('fleet', 'explain', '--redis', server?.url ?? '')).toMatchObject({
      code: 2,
      out: expect.stringContaining('Give the id of the delivery'),
    });
    // The value of an option is no command.
    expect(await chimeDelivery('fleet', '--name', 'status', 'explain', '--redis', server?.url ?? '')).toMatchObject({
      code: 2,
      out: expect.stringContaining('Give the id of the delivery'),
    });
  });
});

describe('a fleet on Redis', () => {
  it('refuses a Redis that may evict its records, and names the setting', async () => {
    const redis = new Redis(server?.url ?? '');
    await redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
    const engine = redisEngine({ connection: server?.url ?? '', name: 'evicted' });
    try {
      const opened = engine.open({ shards: 4, leaseMs: 1_000, keepSettledMs: 0 });
      await expect(opened).rejects.toMatchObject({
        code: 'FLEET_CONFIGURATION',
        message: 'Redis may evict records: `maxmemory-policy` is allkeys-lru. Set it to noeviction.',
      });
    } finally {
      await redis.config('SET', 'maxmemory-policy', 'noeviction');
      redis.disconnect();
      await engine.close();
    }
  });
});
