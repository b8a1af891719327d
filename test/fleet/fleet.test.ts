// A fleet of processes on one engine: what is handed over is settled once, whichever process is asked, and whichever works.
import { describe, expect, it } from '@jest/globals';
import { memoryEngine, type FleetEngine } from 'chime-delivery/fleet';

import { startFleet, unfencedEngine } from '../support/fleet-kit.ts';
import { ALICE, BOB, CHANNEL, replies } from '../support/scripted-service.ts';
import { flush, pass, SECOND } from '../support/tracker-kit.ts';

const INPUT = { ChannelArn: CHANNEL, Content: 'hello', Type: 'STANDARD', Persistence: 'PERSISTENT' } as const;

async function within<T>(promise: Promise<T>): Promise<T> {
  await flush();
  return promise;
}

describe('a fleet', () => {
  it.each([true, false])('tells the outcome of a send once, with persistContent %s', async (persistContent) => {
    const kit = startFleet();
    const one = kit.start({ send: { persistContent } });
    kit.listen(one);
    const { id } = await within(one.fleet.send(ALICE, INPUT));
    await pass(SECOND);
    const [messageId = ''] = [...kit.service.created.values()];
    expect(await within(one.fleet.get(ALICE, id))).toMatchObject({ id, status: 'PENDING', messageId });
    kit.service.settle(messageId, 'SENT');
    await pass(10 * SECOND);
    expect(kit.told).toMatchObject([{ id, status: 'SENT', messageId, channelArn: CHANNEL, chimeBearer: ALICE }]);
    expect(await within(one.fleet.get(ALICE, id))).toMatchObject({ id, status: 'SENT' });
    expect(kit.service.count('send')).toBe(1);
    expect(one.errors).toEqual([]);
  });

  it('tracks a message that was sent otherwise, and a push event that any process heard settles it', async () => {
    const kit = startFleet();
    const [one, two] = [kit.start(), kit.start({ role: 'client' })];
    kit.listen(two);
    // The shards have their holder: what comes now is no take-over.
    await pass(100);
    const { id } = await within(two.fleet.track({ channelArn: CHANNEL, messageId: 'm1', chimeBearer: BOB }));
    expect(id).toBe('m1');
    await pass(200);
    const payload = { MessageId: 'm1', ChannelArn: CHANNEL, Sender: { Arn: BOB } };
    await within(two.fleet.pushed({ type: 'DENIED_CREATE_CHANNEL_MESSAGE', payload: JSON.stringify(payload) }));
    await pass(200);
    expect(kit.told).toMatchObject([{ id: 'm1', status: 'DENIED', evidence: 'websocket' }]);
    expect(kit.service.count()).toBe(0);
    expect([...one.errors, ...two.errors]).toEqual([]);
  });

  it('goes on where a killed worker was: nothing is lost, and each outcome is told once', async () => {
    const kit = startFleet();
    const workers = [kit.start({ role: 'worker' }), kit.start({ role: 'worker' })];
    const client = kit.start({ role: 'client', send: { persistContent: true } });
    kit.listen(client);
    await pass(SECOND);
    const ids: string[] = [];
    for (let i = 0; i < 20; i += 1) {
      const bearer = `${ALICE}-${i}`;
      ids.push((await within(client.fleet.send(bearer, INPUT))).id);
    }
    workers[0]?.kill();
    await pass(20 * SECOND);
    for (const messageId of kit.service.created.values()) kit.service.settle(messageId, 'SENT');
    await pass(60 * SECOND);
    expect(ids.map((id) => kit.toldOf(id))).toEqual(ids.map(() => ['SENT']));
    expect(kit.service.created.size).toBe(20);
  });
});

describe('a worker that is paused while its send is under way', () => {
  /** The outcomes that are told of the message, when another worker has told the first one and the paused one is back. */
  async function told(engine: FleetEngine): Promise<string[]> {
    const kit = startFleet(engine);
    const options = { keepSettledMs: 0, send: { persistContent: true } };
    const client = kit.start({ ...options, role: 'client' });
    kit.listen(client);
    const paused = kit.start({ ...options, role: 'worker' });
    await pass(SECOND);
    kit.service.answer('send', (call) => replies.late(500, kit.service.acceptSend(call)));
    const { id } = await within(client.fleet.send(ALICE, INPUT));
    await pass(200);
    expect(kit.service.count('send')).toBe(1);
    paused.pause();
    kit.start({ ...options, role: 'worker' });
    kit.service.settle('m1', 'SENT');
    // Less than the time-out of the request of the paused one.
    await pass(8 * SECOND);
    expect(kit.toldOf(id)).toEqual(['SENT']);
    paused.resume();
    await pass(60 * SECOND);
    return kit.toldOf(id);
  }

  it('does not bring back what has its outcome', async () => {
    expect(await told(memoryEngine())).toEqual(['SENT']);
  });

  it('would bring it back without the fence of `update`', async () => {
    expect(await told(unfencedEngine('update'))).toEqual(['SENT', 'SENT']);
  });
});
