import { DeleteChannelMessageCommand } from '@aws-sdk/client-chime-sdk-messaging';
import { describe, expect, it } from '@jest/globals';

import { refusal, startKit } from '../support/emulator-kit.ts';
import { bearer, channelArn, createModel } from '../support/model-kit.ts';

describe('a deleted channel', () => {
  it('is announced to the sockets of its members, and to no others', async () => {
    const { socket, alice, bob, emulator } = await startKit();
    const ChannelArn = emulator.createChannel({ name: 'short-lived', members: [alice] });
    const [hers, his] = [await socket(alice), await socket(bob)];
    emulator.deleteChannel(ChannelArn);
    const { payload, messageType } = await hers.event('DELETE_CHANNEL');
    await his.ping();
    expect(payload).toMatchObject({ ChannelArn, Name: 'short-lived' });
    expect(messageType).toBe('SYSTEM');
    expect(his.types).toEqual(['SESSION_ESTABLISHED']);
  });

  it.each([
    ['not-found', { name: 'NotFoundException', status: 404 }],
    ['forbidden', { name: 'ForbiddenException', status: 403 }],
  ] as const)('responds to every request, with the option %s, with %j', async (deletedChannel, expected) => {
    const { sent, send, status, get, list, update, channel, emulator } = await startKit({ deletedChannel });
    const id = await sent();
    emulator.deleteChannel(channel);
    for (const request of [send, () => status(id), () => get(id), () => list(), () => update(id, 'better')]) {
      expect(await refusal(request())).toMatchObject(expected);
    }
    expect(emulator.messages).toMatchObject([{ messageId: id, status: 'SENT', deleted: true }]);
  });

  it('keeps the outcome of what was PENDING in it, and announces nothing more about it', () => {
    const { send, world, service, events } = createModel({ flow: () => ({ outcome: 'SENT', afterMs: 20 }) });
    const id = send();
    service.deleteChannel(channelArn);
    world.advance(20);
    expect(service.truth(id)).toBe('SENT');
    expect(events.map(({ type }) => type)).toEqual(['PENDING_CREATE_CHANNEL_MESSAGE', 'DELETE_CHANNEL']);
  });

  it('can be deleted even if it was never used, and twice', async () => {
    const { send, emulator } = await startKit();
    const ChannelArn = `${emulator.createChannel()}-unused`;
    emulator.deleteChannel(ChannelArn);
    emulator.deleteChannel(ChannelArn);
    expect(await refusal(send({ ChannelArn }))).toMatchObject({ status: 404 });
  });
});

describe('a message that is removed while it is PENDING', () => {
  it('is missing once it was deleted, and its edits with it', async () => {
    const { sent, status, get, client, channel, alice, emulator } = await startKit({
      flow: () => ({ outcome: 'NEVER', afterMs: 0 }),
    });
    const id = await sent();
    await client.send(new DeleteChannelMessageCommand({ ChannelArn: channel, ChimeBearer: alice, MessageId: id }));
    expect((await status(id)).Status).toBeUndefined();
    expect(await refusal(get(id))).toMatchObject({ name: 'NotFoundException', status: 404 });
    expect(emulator.truth(id)).toBe('PENDING');
  });

  it('can be redacted, and then be SENT without its content', () => {
    const { send, world, service, events, get } = createModel({ flow: () => ({ outcome: 'SENT', afterMs: 20 }) });
    const id = send();
    service.writes.redact({ bearer, channelArn, subChannelId: undefined, messageId: id });
    world.advance(20);
    expect(events.map(({ type }) => type)).toEqual([
      'PENDING_CREATE_CHANNEL_MESSAGE',
      'REDACT_CHANNEL_MESSAGE',
      'CREATE_CHANNEL_MESSAGE',
    ]);
    expect(events[2]?.payload).not.toHaveProperty('Content');
    expect(get(id)).toMatchObject({ Redacted: true, Status: { Value: 'SENT' } });
  });
});
