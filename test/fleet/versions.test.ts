// Two versions of the library work side by side during a deployment. A later version may write what an earlier one cannot read: that
// stays where it is, and everything else goes on.
import { describe, expect, it } from '@jest/globals';
import type { SendInput } from 'chime-delivery';
import { memoryEngine } from 'chime-delivery/fleet';

import { decodeRecord, encodeRecord } from '../../src/fleet/record.ts';
import { startFleet, type FleetProcess } from '../support/fleet-kit.ts';
import { ALICE, CHANNEL } from '../support/scripted-service.ts';
import { flush, pass, SECOND } from '../support/tracker-kit.ts';

const input = (ClientRequestToken: string): SendInput => ({
  ChannelArn: CHANNEL,
  Content: 'hello',
  Type: 'STANDARD',
  Persistence: 'PERSISTENT',
  ClientRequestToken,
});
const TOKEN = 'written-by-the-later-version';

/** A fleet whose worker gets a record in the format of a later version, which begins with `2`. */
async function withLaterRecord(): Promise<{
  readonly kit: ReturnType<typeof startFleet>;
  readonly earlier: FleetProcess;
}> {
  const engine = memoryEngine();
  const { records } = engine;
  const put = records.put.bind(records);
  records.put = (shard, id, record) =>
    put(shard, id, id === TOKEN ? { ...record, text: `2${record.text.slice(1)}` } : record);
  const kit = startFleet(engine);
  const earlier = kit.start({ send: { persistContent: true } });
  kit.listen(earlier);
  await flush();
  await earlier.call((fleet) => fleet.send(ALICE, input(TOKEN)));
  await pass(SECOND);
  return { kit, earlier };
}

describe('a record of a later version', () => {
  it('stays for a process that can read it, and is reported as an error', async () => {
    const { kit, earlier } = await withLaterRecord();
    expect(kit.service.count('send')).toBe(0);
    expect(earlier.errors.map(({ message }) => message)).toEqual([
      `The fleet's engine failed to read a record: ${TOKEN} is damaged, or of another version of this library.`,
    ]);
    const { shards } = await earlier.fleet.inspect();
    expect(shards.reduce((sum, { pending }) => sum + pending, 0)).toBe(1);
  });

  it('is neither unknown to `get` nor handed over a second time by a `send` with its token', async () => {
    const { kit, earlier } = await withLaterRecord();
    const unreadable = { code: 'FLEET_ENGINE', operation: 'read a record' };
    await expect(earlier.call((fleet) => fleet.get(ALICE, TOKEN))).rejects.toMatchObject(unreadable);
    await expect(earlier.call((fleet) => fleet.send(ALICE, input(TOKEN)))).rejects.toMatchObject(unreadable);
    expect(kit.service.count('send')).toBe(0);
  });

  it('does not hold up the other deliveries of its shard', async () => {
    const { kit, earlier } = await withLaterRecord();
    const { id } = await earlier.call((fleet) => fleet.send(ALICE, input('own')));
    await pass(SECOND);
    kit.service.settle([...kit.service.created.values()][0] ?? '', 'SENT');
    await pass(10 * SECOND);
    expect(kit.toldOf(id)).toEqual(['SENT']);
  });
});

describe('a record of this version', () => {
  it('is read with the fields that a later one has added', () => {
    const record = {
      stage: 'accepted',
      chimeBearer: ALICE,
      channelArn: CHANNEL,
      isEdit: false,
      messageId: 'm1',
      token: 'm1',
      missingMeansDenied: true,
      trackedAt: 1_000,
      sentAt: 1_000,
      details: { type: 'STANDARD' },
    } as const;
    const { names, text } = encodeRecord(record, 'm1');
    const later = { names, text: text.replace('{', '{"added":[1],') };
    expect(later.text).not.toBe(text);
    expect(decodeRecord(later, 'm1')).toEqual(decodeRecord({ names, text }, 'm1'));
  });
});

describe('a push event of a later version', () => {
  it.each(['compressed', '{"v":2}', 'null'])('is passed over, and later words are taken in: %s', async (event) => {
    const engine = memoryEngine();
    const kit = startFleet(engine);
    const worker = kit.start();
    kit.listen(worker);
    await pass(100);
    for (let shard = 0; shard < 8; shard += 1) await engine.inbox.add(shard, { kind: 'pushed', event });
    await flush();
    const { id } = await worker.call((fleet) =>
      fleet.track({ channelArn: CHANNEL, messageId: 'm1', chimeBearer: ALICE }),
    );
    const payload = JSON.stringify({ MessageId: 'm1', ChannelArn: CHANNEL, Sender: { Arn: ALICE } });
    await worker.call((fleet) => fleet.pushed({ type: 'CREATE_CHANNEL_MESSAGE', payload }));
    await pass(SECOND);
    expect(kit.toldOf(id)).toEqual(['SENT']);
    expect(worker.errors).toHaveLength(8);
    expect(worker.errors[0]).toMatchObject({ code: 'FLEET_ENGINE', operation: 'read a push event' });
  });
});

describe('an event about all bearers', () => {
  it('needs no delivery in a shard', async () => {
    const kit = startFleet();
    const worker = kit.start();
    await pass(100);
    const payload = JSON.stringify({ ChannelArn: CHANNEL });
    await worker.call((fleet) => fleet.pushed({ type: 'DELETE_CHANNEL', payload }));
    await pass(SECOND);
    expect(worker.errors).toEqual([]);
  });
});
