// What a process knows about a send that has not left outlives it: after `close`, and as far as possible after a kill.

import { ChimeSDKMessagingClient } from '@aws-sdk/client-chime-sdk-messaging';
import { describe, expect, it } from '@jest/globals';

import { lives } from '../../support/restart-kit.ts';
import { CHANNEL, replies, type Reply } from '../../support/scripted-service.ts';
import { HOUR, MINUTE, pass, SECOND } from '../../support/tracker-kit.ts';

const refused: Reply = {
  error: Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', syscall: 'connect' }),
};
const keys = { accessKeyId: 'local', secretAccessKey: 'local' };

/** The SDK's own client, whose requests are counted and get no response. */
function sdkClient(credentials: () => Promise<typeof keys>): { client: ChimeSDKMessagingClient; requests: unknown[] } {
  const requests: unknown[] = [];
  const handle = (request: unknown): Promise<never> => {
    requests.push(request);
    return new Promise(() => undefined);
  };
  const requestHandler = { handle };
  return { client: new ChimeSDKMessagingClient({ region: 'us-east-1', credentials, requestHandler }), requests };
}

/** Eleven minutes later, with a service that works: the outcomes of these sends. */
async function elevenMinutesLater({ start, service }: ReturnType<typeof lives>, ...ids: string[]): Promise<unknown[]> {
  await pass(11 * MINUTE);
  service.heal('send');
  const { tracker } = await start();
  await pass(10 * SECOND);
  return ids.map((id) => tracker.get(id)?.status);
}

describe('a send that has not left when its tracker is closed', () => {
  it.each([100, 500, 1_000, 2_000, 3_000, 10_000])(
    'since no connection was made for %i ms, leaves in the next session',
    async (afterMs) => {
      const world = lives();
      world.service.answer('send', refused);
      const { tracker, send } = await world.start();
      const { id } = send();
      await pass(afterMs);
      await tracker.close();
      expect(await elevenMinutesLater(world, id)).toEqual(['PENDING']);
      expect(world.service.created.size).toBe(1);
    },
  );

  it.each<[string, () => Promise<typeof keys>]>([
    ['fails', () => Promise.reject(new Error('no network for the credentials'))],
    ['does not answer', () => new Promise(() => undefined)],
  ])('since the credentials provider %s, leaves in the next session', async (_name, credentials) => {
    for (const afterMs of [10, 3 * SECOND, 15 * SECOND]) {
      const world = lives();
      const { client, requests } = sdkClient(credentials);
      const { tracker, send } = await world.start({ client });
      const { id } = send();
      await pass(afterMs);
      await tracker.close();
      expect(requests).toEqual([]);
      expect(await elevenMinutesLater(world, id)).toEqual(['PENDING']);
    }
  });

  it('since it waits for a permit, leaves in the next session', async () => {
    const world = lives();
    world.service.answer('send', replies.hangs());
    const { tracker, send } = await world.start({ rateLimit: { requestsPerSecond: 0.001, burst: 1 } });
    const [first, second] = [send(), send()];
    await pass(SECOND);
    await tracker.close();
    // The service does not know the first one.
    expect(await elevenMinutesLater(world, first.id, second.id)).toEqual(['UNKNOWN', 'PENDING']);
  });

  it('since it waits for a send of an earlier session, leaves in the next session', async () => {
    const world = lives();
    world.service.answer('send', replies.hangs());
    const first = await world.start();
    const { id: before } = first.send();
    await pass(SECOND);
    first.kill();
    const second = await world.start();
    const { id } = second.send();
    await pass(SECOND);
    await second.tracker.close();
    expect(await elevenMinutesLater(world, before, id)).toEqual(['UNKNOWN', 'PENDING']);
  });

  it('is reported as dispatched if it was, although its credentials came late', async () => {
    const world = lives();
    const { client, requests } = sdkClient(async () => {
      await new Promise((resolve) => setTimeout(resolve, SECOND));
      return keys;
    });
    const { tracker, send } = await world.start({ client });
    const { id } = send();
    await pass(2 * SECOND);
    expect(requests).toHaveLength(1);
    await tracker.close();
    expect(await elevenMinutesLater(world, id)).toEqual(['UNKNOWN']);
  });

  it('does not leave afterwards, when its credentials arrive', async () => {
    const world = lives();
    const { client, requests } = sdkClient(async () => {
      await new Promise((resolve) => setTimeout(resolve, 3 * SECOND));
      return keys;
    });
    const { tracker, send } = await world.start({ client });
    send();
    await pass(SECOND);
    await tracker.close();
    await pass(MINUTE);
    expect(requests).toEqual([]);
  });

  it('ends as a cancelled send', async () => {
    const { client, requests } = sdkClient(() => new Promise(() => undefined));
    const { tracker } = await lives().start({ client });
    const off = new AbortController();
    const input = { ChannelArn: CHANNEL, Content: 'x', Type: 'STANDARD', Persistence: 'PERSISTENT' } as const;
    const delivery = tracker.send(input, { signal: off.signal });
    await pass(SECOND);
    off.abort(new Error('never mind'));
    expect(delivery.state).toMatchObject({ status: 'FAILED', evidence: 'rejected', error: { message: 'never mind' } });
    await pass(MINUTE);
    expect(requests).toEqual([]);
  });
});

describe('a send that has not left when its process is killed', () => {
  it('after its first attempt found no connection, leaves hours later', async () => {
    const world = lives();
    world.service.answer('send', refused);
    const { send, kill } = await world.start();
    const { id } = send();
    await pass(100);
    kill();
    await pass(5 * HOUR);
    expect(await elevenMinutesLater(world, id)).toEqual(['PENDING']);
  });

  it('after it has waited some seconds for a permit, leaves hours later', async () => {
    const world = lives();
    world.service.answer('send', replies.hangs());
    const { send, kill } = await world.start({ rateLimit: { requestsPerSecond: 0.001, burst: 1 } });
    send();
    const { id } = send();
    await pass(6 * SECOND);
    kill();
    await pass(5 * HOUR);
    expect(await elevenMinutesLater(world, id)).toEqual(['PENDING']);
  });

  it('while other sends wait for bad credentials, leaves hours later, too', async () => {
    const world = lives();
    world.service.answer('send', replies.expiredToken());
    const { send, kill } = await world.start();
    send();
    await pass(SECOND);
    const { id } = send();
    await pass(10 * SECOND);
    kill();
    await pass(5 * HOUR);
    expect(await elevenMinutesLater(world, id)).toEqual(['PENDING']);
  });
});
