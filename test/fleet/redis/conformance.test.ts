// The engine on a real Redis is what a fleet relies on.
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { engineConformance } from 'chime-delivery/fleet/conformance';
import { redisEngine } from 'chime-delivery/fleet/redis';

import { RedisServer } from '../../../examples/support/redis-server.ts';

let server: RedisServer | undefined;
beforeAll(async () => {
  server = await RedisServer.start();
});
afterAll(async () => {
  await server?.stop();
});

let count = 0;

describe('the engine on Redis', () => {
  const cases = engineConformance(() => {
    count += 1;
    const options = { connection: server?.url ?? '', name: `fleet-${count}` };
    return { engine: redisEngine(options), other: redisEngine(options), dispose: () => Promise.resolve() };
  });
  // oxlint-disable-next-line jest/expect-expect -- each case throws where the engine is not as it has to be
  it.each(cases.map((each) => [each.name, each] as const))('%s', async (_name, { run }) => {
    await run();
  });
});
