import { describe, expect, it } from '@jest/globals';

import type { DeniedShape } from '../../src/emulator/index.ts';
import type { Kit } from '../support/emulator-kit.ts';
import { eventually, refusal, startKit } from '../support/emulator-kit.ts';

/** A message that the flow has denied. */
async function denied({ sent, emulator }: Kit): Promise<string> {
  const id = await sent();
  await eventually(() => emulator.truth(id) === 'DENIED');
  return id;
}

describe('the emulator', () => {
  const bodies: [DeniedShape, string][] = [
    ['empty', '{}'],
    ['no-status', '{"Status":{}}'],
    ['null', '{"Status":null}'],
  ];

  it.each(bodies)('reports the status of a denied message as %s: 200 %s', async (deniedShape, body) => {
    const kit = await startKit({ deniedShape, flow: () => ({ outcome: 'DENIED', afterMs: 0 }) });
    const id = await denied(kit);
    const answer = await kit.status(id);
    expect(answer.Status?.Value).toBeUndefined();
    expect(answer.$metadata).toMatchObject({ httpStatusCode: 200, requestId: expect.any(String) });
    const raw = await fetch(
      `${kit.emulator.url}/channels/${encodeURIComponent(kit.channel)}/messages/${id}?scope=message-status`,
      { headers: { authorization: signed, 'x-amz-chime-bearer': kit.alice } },
    );
    expect(await raw.text()).toBe(body);
  });

  it('reports the status of a denied message as ’not-found’: the modelled 404', async () => {
    const kit = await startKit({ deniedShape: 'not-found', flow: () => ({ outcome: 'DENIED', afterMs: 0 }) });
    const id = await denied(kit);
    expect(await refusal(kit.status(id))).toMatchObject({ name: 'NotFoundException', status: 404 });
  });

  it('shows a denied message to no user: 404 for a get, absent from lists', async () => {
    const kit = await startKit({ flow: () => ({ outcome: 'DENIED', afterMs: 0 }) });
    const id = await denied(kit);
    expect(await refusal(kit.get(id))).toMatchObject({ name: 'NotFoundException', status: 404 });
    expect((await kit.list()).ChannelMessages).toEqual([]);
  });

  it('responds to an unknown id as to a denied one', async () => {
    const { status, get } = await startKit({ deniedShape: 'no-status' });
    expect((await status('never-seen')).Status).toEqual({});
    expect(await refusal(get('never-seen'))).toMatchObject({ name: 'NotFoundException' });
  });

  it('hides a fresh message from all reads during the lag', async () => {
    const { sent, status, get, list, emulator } = await startKit({ readLagMs: Infinity });
    const id = await sent();
    expect((await status(id)).Status).toBeUndefined();
    expect(await refusal(get(id))).toMatchObject({ status: 404 });
    expect((await list()).ChannelMessages).toEqual([]);
    emulator.set({ readLagMs: 0 });
    expect((await status(id)).Status?.Value).toBe('SENT');
    expect((await get(id)).ChannelMessage?.MessageId).toBe(id);
    expect((await list()).ChannelMessages).toHaveLength(1);
  });

  it('gives each message its own lag, the same for all reads', async () => {
    const { sent, status, get, list } = await startKit({
      readLagMs: ({ content }) => (content === 'late' ? Infinity : 0),
      lagShape: 'not-found',
    });
    const [late, prompt] = [await sent({ Content: 'late' }), await sent({ Content: 'prompt' })];
    expect(await refusal(status(late))).toMatchObject({ name: 'NotFoundException', status: 404 });
    expect(await refusal(get(late))).toMatchObject({ name: 'NotFoundException', status: 404 });
    expect((await list()).ChannelMessages?.map(({ MessageId }) => MessageId)).toEqual([prompt]);
    expect((await status(prompt)).Status?.Value).toBe('SENT');
    expect((await status('never-seen')).Status).toBeUndefined();
  });

  it('accepts an edit of a message that no read shows yet', async () => {
    const { sent, update, emulator } = await startKit({ readLagMs: Infinity });
    const id = await sent();
    expect((await update(id, 'better')).Status?.Value).toBe('SENT');
    expect(emulator.messages[0]?.content).toBe('better');
  });

  it('drops a message that is not persisted once it was delivered, and not before', async () => {
    const { sent, status, get, emulator } = await startKit();
    const delivered = await sent({ Persistence: 'NON_PERSISTENT' });
    expect((await status(delivered)).Status).toBeUndefined();
    expect(await refusal(get(delivered))).toMatchObject({ status: 404 });
    emulator.set({ flow: () => ({ outcome: 'NEVER', afterMs: 0 }) });
    const pending = await sent({ Persistence: 'NON_PERSISTENT' });
    expect((await status(pending)).Status?.Value).toBe('PENDING');
  });

  it('lets only the sender request a status, and only the sender see an undelivered message', async () => {
    const { sent, status, get, list, alice, bob, emulator } = await startKit();
    const delivered = await sent();
    expect(await refusal(status(delivered, bob))).toMatchObject({ name: 'ForbiddenException', status: 403 });
    expect((await get(delivered, bob)).ChannelMessage?.MessageId).toBe(delivered);
    emulator.set({ flow: () => ({ outcome: 'NEVER', afterMs: 0 }) });
    const pending = await sent();
    emulator.set({ flow: () => ({ outcome: 'FAILED', afterMs: 0 }) });
    const failed = await sent();
    await eventually(() => emulator.truth(failed) === 'FAILED');
    for (const id of [pending, failed]) {
      expect((await get(id, alice)).ChannelMessage?.MessageId).toBe(id);
      expect(await refusal(get(id, bob))).toMatchObject({ status: 404 });
    }
    const rows = async (ChimeBearer: string): Promise<unknown[]> =>
      ((await list({ ChimeBearer })).ChannelMessages ?? []).map(({ MessageId, Status }) => [MessageId, Status?.Value]);
    expect(await rows(alice)).toEqual([
      [failed, 'FAILED'],
      [pending, 'PENDING'],
      [delivered, 'SENT'],
    ]);
    expect(await rows(bob)).toEqual([[delivered, 'SENT']]);
  });

  it('shows a targeted message to its target and its sender alone', async () => {
    const { sent, get, alice, bob, emulator } = await startKit();
    const id = await sent({ Target: [{ MemberArn: bob }] });
    const eve = emulator.userArn('eve');
    expect((await get(id, bob)).ChannelMessage?.MessageId).toBe(id);
    expect((await get(id, alice)).ChannelMessage?.MessageId).toBe(id);
    expect(await refusal(get(id, eve))).toMatchObject({ status: 404 });
  });
});

const signed = `AWS4-HMAC-SHA256 Credential=K/20260101/us-east-1/chime/aws4_request, SignedHeaders=host, Signature=${'0'.repeat(64)}`;
