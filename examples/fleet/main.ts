// A fleet of three workers, of which one is killed every few seconds, while a service sends messages: `npm run fleet`. It needs
// `redis-server`, and ends with exit code 0 only if every message has its true outcome, told once.
import { spawnSync } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { ChimeSDKMessagingClient } from '@aws-sdk/client-chime-sdk-messaging';
import { startChimeEmulator } from 'chime-delivery/emulator';
import { createDeliveryFleet } from 'chime-delivery/fleet';
import { redisEngine } from 'chime-delivery/fleet/redis';

import { RedisServer } from '../support/redis-server.ts';
import { WorkerProcess } from './worker-process.ts';

const SENDING_MS = 25_000;
const KILL_EVERY_MS = 6_000;
const SEND_EVERY_MS = 100;
const LAST_OUTCOMES_MS = 25_000;
const USERS = 20;

// The AWS SDK's own switch for its Node version warning.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

if (spawnSync('redis-server', ['--version']).error === undefined) process.exitCode = await run();
else {
  console.error('This example needs redis-server: install it (`apt-get install redis-server`, `brew install redis`).');
  process.exitCode = 2;
}

async function run(): Promise<number> {
  const redis = await RedisServer.start();
  const emulator = await startChimeEmulator({
    flow: ({ content }) => ({ outcome: content.startsWith('bad') ? 'DENIED' : 'SENT', afterMs: 700 }),
  });
  const workers = ['one', 'two', 'three'].map((name) => new WorkerProcess(name, redis.url, emulator.url));
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new ChimeSDKMessagingClient({ region: emulator.region, endpoint: emulator.url, credentials });
  const fleet = createDeliveryFleet({
    engine: redisEngine({ connection: redis.url, name: 'example' }),
    clientFor: () => client,
    role: 'client',
    shards: 32,
    send: { persistContent: true },
  });
  const told = new Map<string, string[]>();
  fleet.outcomes('example', ({ id, status }) => void told.set(id, [...(told.get(id) ?? []), status]));
  const expected = new Map<string, string>();
  try {
    await Promise.all(workers.map(({ ready }) => ready));
    const channel = emulator.createChannel();
    const show = async (event: string): Promise<void> => {
      const { shards } = await fleet.inspect();
      const held = workers.map(({ name }) => `${name} ${shards.filter(({ holder }) => holder === name).length}`);
      const free = shards.filter(({ holder }) => holder === undefined).length;
      const counts = `${String(expected.size).padStart(4)} sent, ${String(told.size).padStart(4)} told`;
      console.log(`${counts} | shards: ${held.join(', ')}, none ${free} ${event}`.trimEnd());
    };
    const end = performance.now() + SENDING_MS;
    let [nextKill, nextShow] = [performance.now() + KILL_EVERY_MS, 0];
    for (let i = 0; performance.now() < end; i += 1) {
      const content = i % 7 === 0 ? `bad message ${i}` : `message ${i}`;
      const { id } = await fleet.send(emulator.userArn(`user-${i % USERS}`), {
        ChannelArn: channel,
        Content: content,
        Type: 'STANDARD',
        Persistence: 'PERSISTENT',
      });
      expected.set(id, content.startsWith('bad') ? 'DENIED' : 'SENT');
      if (performance.now() > nextKill) {
        nextKill += KILL_EVERY_MS;
        const index = ((i / 7) % workers.length) | 0;
        const victim = workers[index];
        if (victim !== undefined) {
          await victim.kill('SIGKILL');
          await show(`| killed ${victim.name}`);
          workers[index] = new WorkerProcess(victim.name, redis.url, emulator.url);
        }
      }
      if (performance.now() > nextShow) {
        nextShow = performance.now() + 1_000;
        await show('');
      }
      await pause(SEND_EVERY_MS);
    }
    console.log('No more messages; waiting for the last outcomes.');
    const last = performance.now() + LAST_OUTCOMES_MS;
    while ([...expected.keys()].some((id) => !told.has(id)) && performance.now() < last) {
      await pause(1_000);
      await show('');
    }
    return summarize(expected, told);
  } finally {
    await fleet.close();
    await Promise.all(workers.map((worker) => worker.kill('SIGTERM')));
    await emulator.close();
    await redis.stop();
  }
}

function summarize(expected: ReadonlyMap<string, string>, told: ReadonlyMap<string, readonly string[]>): number {
  const wrong = [...expected].filter(([id, status]) => told.get(id)?.join() !== status);
  for (const [id, status] of wrong)
    console.log(`${id}: it is ${status}, told ${told.get(id)?.join(', ') ?? 'nothing'}`);
  console.log(
    wrong.length === 0
      ? `\nAll ${expected.size} outcomes are true, each told once, although workers were killed all the time.`
      : `\n${wrong.length} of ${expected.size} outcomes are wrong.`,
  );
  return wrong.length === 0 ? 0 : 1;
}
