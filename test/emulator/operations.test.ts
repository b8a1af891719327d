import {
  DeleteChannelMessageCommand,
  GetMessagingSessionEndpointCommand,
  RedactChannelMessageCommand,
} from '@aws-sdk/client-chime-sdk-messaging';
import { describe, expect, it } from '@jest/globals';

import type { Flow } from '../../src/emulator/index.ts';
import { eventually, refusal, startKit } from '../support/emulator-kit.ts';

const deny: Flow = () => ({ outcome: 'DENIED', afterMs: 0, detail: 'rude' });
const never: Flow = () => ({ outcome: 'NEVER', afterMs: 0 });

describe('the emulator, through the real SDK client', () => {
  it('responds to a send without a flow with 201, a MessageId and SENT', async () => {
    const { send, channel, emulator } = await startKit();
    const answer = await send();
    expect(answer).toMatchObject({ ChannelArn: channel, Status: { Value: 'SENT' } });
    expect(answer.$metadata).toMatchObject({
      httpStatusCode: 201,
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(emulator.truth(answer.MessageId ?? '')).toBe('SENT');
  });

  it('responds to a send through a flow with PENDING, and to the status with the flow’s decision', async () => {
    const { sent, send, status, emulator } = await startKit({
      flow: ({ content }) => ({ outcome: content === 'bad' ? 'FAILED' : 'SENT', afterMs: 1, detail: 'looked at' }),
    });
    expect((await send()).Status).toEqual({ Value: 'PENDING' });
    const [good, bad] = [await sent(), await sent({ Content: 'bad' })];
    await eventually(() => emulator.truth(good) === 'SENT' && emulator.truth(bad) === 'FAILED');
    expect((await status(good)).Status).toEqual({ Value: 'SENT', Detail: 'looked at' });
    expect((await status(bad)).Status).toEqual({ Value: 'FAILED', Detail: 'looked at' });
  });

  it('keeps a message PENDING if its flow never responds', async () => {
    const { sent, status, emulator } = await startKit({ flow: never });
    const id = await sent();
    expect((await status(id)).Status).toEqual({ Value: 'PENDING' });
    expect(emulator.messages).toMatchObject([{ messageId: id, status: 'PENDING', decidedAt: undefined }]);
  });

  it('sends CONTROL messages, and those that the flow passes over, without a flow', async () => {
    const { send } = await startKit({ flow: ({ content }) => (content === 'skip' ? undefined : deny({} as never)) });
    expect((await send({ Type: 'CONTROL', Content: 'typing' })).Status?.Value).toBe('SENT');
    expect((await send({ Content: 'skip' })).Status?.Value).toBe('SENT');
    expect((await send()).Status?.Value).toBe('PENDING');
  });

  it('returns one MessageId for one ClientRequestToken, and another for another bearer or channel', async () => {
    const { sent, bob, emulator } = await startKit();
    const ClientRequestToken = 'token-1';
    const first = await sent({ ClientRequestToken });
    expect(await sent({ ClientRequestToken })).toBe(first);
    const others = [
      await sent({ ClientRequestToken, ChimeBearer: bob }),
      await sent({ ClientRequestToken, ChannelArn: emulator.createChannel() }),
      await sent({ ClientRequestToken: 'token-2' }),
    ];
    expect(new Set([first, ...others]).size).toBe(4);
    expect(emulator.messages).toHaveLength(4);
  });

  it('forgets a token after tokenMemoryMs', async () => {
    const { sent } = await startKit({ tokenMemoryMs: 0 });
    const first = await sent({ ClientRequestToken: 'token-1' });
    expect(await sent({ ClientRequestToken: 'token-1' })).not.toBe(first);
  });

  it('returns a message with all that was sent, dates included', async () => {
    const { sent, get, bob, alice, channel } = await startKit();
    const id = await sent({
      Metadata: '{"a":1}',
      ContentType: 'text/markdown',
      MessageAttributes: { mood: { StringValues: ['good'] } },
      Target: [{ MemberArn: bob }],
    });
    const { ChannelMessage } = await get(id, bob);
    expect(ChannelMessage).toMatchObject({
      ChannelArn: channel,
      MessageId: id,
      Content: 'hello',
      Metadata: '{"a":1}',
      ContentType: 'text/markdown',
      MessageAttributes: { mood: { StringValues: ['good'] } },
      Target: [{ MemberArn: bob }],
      Type: 'STANDARD',
      Persistence: 'PERSISTENT',
      Redacted: false,
      Sender: { Arn: alice, Name: 'alice' },
      Status: { Value: 'SENT' },
    });
    expect(Math.abs((ChannelMessage?.CreatedTimestamp?.getTime() ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  it('updates a message at once without a flow', async () => {
    const { sent, update, get } = await startKit();
    const id = await sent();
    expect(await update(id, 'better')).toMatchObject({ MessageId: id, Status: { Value: 'SENT' } });
    const { ChannelMessage } = await get(id);
    expect(ChannelMessage?.Content).toBe('better');
    expect(ChannelMessage?.LastEditedTimestamp).toBeInstanceOf(Date);
  });

  it('passes an update through the flow: PENDING meanwhile, and once denied SENT with the old content', async () => {
    const { sent, update, get, status, emulator } = await startKit({
      flow: ({ kind }) => (kind === 'update' ? { outcome: 'NEVER', afterMs: 0 } : undefined),
    });
    const id = await sent();
    expect((await update(id, 'rude')).Status?.Value).toBe('PENDING');
    expect((await status(id)).Status?.Value).toBe('PENDING');
    expect(await refusal(update(id, 'again'))).toMatchObject({ name: 'ConflictException', status: 409 });

    const other = await sent();
    emulator.set({ flow: deny });
    await update(other, 'rude');
    await eventually(() => emulator.messages[1]?.updates[0]?.status === 'DENIED');
    expect((await status(other)).Status).toEqual({ Value: 'SENT' });
    expect((await get(other)).ChannelMessage?.Content).toBe('hello');
    expect(emulator.truth(other)).toBe('SENT');
  });

  it('redacts: the response has no Status, and the content is gone for all users', async () => {
    const { sent, get, client, channel, alice, bob } = await startKit();
    const id = await sent();
    const at = { ChannelArn: channel, ChimeBearer: alice, MessageId: id };
    const answer = await client.send(new RedactChannelMessageCommand(at));
    expect(answer).toMatchObject({ ChannelArn: channel, MessageId: id });
    expect(answer).not.toHaveProperty('Status');
    const { ChannelMessage } = await get(id, bob);
    expect(ChannelMessage).toMatchObject({ Redacted: true });
    expect(ChannelMessage).not.toHaveProperty('Content');
  });

  it('deletes: afterwards the message is missing', async () => {
    const { sent, get, status, client, channel, alice, emulator } = await startKit();
    const id = await sent();
    await client.send(new DeleteChannelMessageCommand({ ChannelArn: channel, ChimeBearer: alice, MessageId: id }));
    expect(await refusal(get(id))).toMatchObject({ name: 'NotFoundException', status: 404 });
    expect((await status(id)).Status).toBeUndefined();
    expect(emulator.messages[0]).toMatchObject({ status: 'SENT', deleted: true });
  });

  it('returns the websocket endpoint without a scheme and without a bearer', async () => {
    const { client, emulator } = await startKit();
    const { Endpoint } = await client.send(new GetMessagingSessionEndpointCommand({}));
    expect(Endpoint?.Url).toBe(emulator.websocketEndpoint);
    expect(emulator.log).toMatchObject([{ operation: 'GetMessagingSessionEndpoint', bearer: '', status: 200 }]);
  });

  it('keeps the messages of a sub-channel for requests that name it', async () => {
    const { sent, status, get, list, emulator, alice } = await startKit();
    const ChannelArn = emulator.createChannel({ elastic: true });
    const id = await sent({ ChannelArn, SubChannelId: 'sub-1' });
    expect(emulator.messages[0]).toMatchObject({ channelArn: ChannelArn, subChannelId: 'sub-1' });
    const listed = await list({ ChannelArn, SubChannelId: 'sub-1' });
    expect(listed.ChannelMessages).toMatchObject([{ MessageId: id }]);
    expect((await list({ ChannelArn, SubChannelId: 'sub-2' })).ChannelMessages).toEqual([]);
    expect(await refusal(list({ ChannelArn }))).toMatchObject({
      status: 400,
      message: expect.stringContaining('SubChannelId'),
    });
    // In a channel that was not declared, any sub-channel exists as soon as it is named.
    const free = await sent({ ChannelArn: `${ChannelArn}-free`, SubChannelId: 'sub-1' });
    expect(emulator.messages.find(({ messageId }) => messageId === free)?.subChannelId).toBe('sub-1');
    expect(await refusal(get(id, alice, 'sub-1'))).toMatchObject({ status: 400 });
    expect(await refusal(status(id, alice, 'sub-1'))).toMatchObject({ status: 400 });
  });

  it('lets only members into a channel that was declared with members', async () => {
    const { sent, send, get, emulator, alice, bob } = await startKit();
    const ChannelArn = emulator.createChannel({ members: [alice] });
    await sent({ ChannelArn });
    expect(await refusal(send({ ChannelArn, ChimeBearer: bob }))).toMatchObject({
      name: 'ForbiddenException',
      status: 403,
    });
    expect(await refusal(get('some-id', 'arn:aws:chime:us-east-1:1:app-instance/x/user/eve'))).toMatchObject({
      status: 404,
    });
  });

  it('uses a channel’s own flow', async () => {
    const { send, emulator } = await startKit({ flow: never });
    const free = emulator.createChannel({ flow: () => undefined });
    expect((await send({ ChannelArn: free })).Status?.Value).toBe('SENT');
    expect((await send()).Status?.Value).toBe('PENDING');
  });

  it('reports a flow that throws or returns nonsense, and makes no message', async () => {
    const { send, emulator } = await startKit({
      flow: () => {
        throw new Error('boom');
      },
    });
    expect(await refusal(send())).toMatchObject({
      name: 'ServiceFailureException',
      message: expect.stringContaining('boom'),
    });
    emulator.set({ flow: () => ({ outcome: 'SENT', afterMs: Number.NaN }) });
    expect(await refusal(send())).toMatchObject({ status: 500, message: expect.stringContaining('afterMs') });
    emulator.set({ flow: () => JSON.parse('{"outcome":"MAYBE","afterMs":1}') as never });
    expect(await refusal(send())).toMatchObject({ status: 500, message: expect.stringContaining('MAYBE') });
    expect(emulator.messages).toEqual([]);
  });
});
