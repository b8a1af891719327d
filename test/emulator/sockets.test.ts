import { describe, expect, it } from '@jest/globals';

import { eventually, startKit } from '../support/emulator-kit.ts';
import { rawRequest } from '../support/raw-request.ts';

describe('the websocket endpoint', () => {
  it('records each connection', async () => {
    const { socket, alice, emulator } = await startKit();
    const hers = await socket(alice, { prefetch: true });
    expect(emulator.connections).toMatchObject([
      { id: 1, userArn: alice, sessionId: 'session-1', prefetch: true, refused: undefined, closedAt: undefined },
    ]);
    expect(emulator.connections[0]?.establishedAt).toBeDefined();
    await hers.close();
    await eventually(() => emulator.connections[0]?.closedAt !== undefined);
    expect(emulator.connections[0]?.closeCode).toBe(1006);
  });

  it('responds to an upgrade anywhere but at /connect with 404, and to a plain request there too', async () => {
    const { socket, alice, emulator } = await startKit();
    await expect(socket(alice, { path: '/chat' })).rejects.toThrow('HTTP 404');
    expect((await rawRequest(emulator, { path: '/connect' })).status).toBe(404);
  });

  const strangers: [string, Record<string, string | undefined>][] = [
    ['no signature', { 'X-Amz-Signature': undefined }],
    ['no user', { userArn: undefined }],
    ['no session', { sessionId: undefined }],
    ['a signature for another service', { 'X-Amz-Credential': 'K/20260101/us-east-1/s3/aws4_request' }],
    ['a signature for another region', { 'X-Amz-Credential': 'K/20260101/eu-west-1/chime/aws4_request' }],
  ];

  it.each(strangers)('opens and then closes with 4401 for %s', async (_what, query) => {
    const { socket, alice } = await startKit();
    const hers = await socket(alice, { query, early: true });
    expect(await hers.closed).toBe(4401);
    expect(hers.types).toEqual([]);
  });

  it('closes with 4401 for a user who may not connect', async () => {
    const { socket, alice, bob } = await startKit({
      permissions: (bearer, subject) => subject !== 'Connect' || bearer.endsWith('/bob'),
    });
    expect(await (await socket(alice, { early: true })).closed).toBe(4401);
    expect((await socket(bob)).types).toEqual(['SESSION_ESTABLISHED']);
  });

  it('refuses connects above a user’s rate, and connections above a user’s limit', async () => {
    const { socket, alice, bob, emulator } = await startKit({ connectsPerSecond: 1e-4 });
    const hers = await socket(alice);
    await expect(socket(alice)).rejects.toThrow('HTTP 429');
    await socket(bob);
    emulator.set({ connectsPerSecond: Infinity, connectionsPerUser: 2 });
    await socket(alice);
    await expect(socket(alice)).rejects.toThrow('HTTP 429');
    await hers.close();
    await eventually(() => emulator.connections[0]?.closedAt !== undefined);
    await socket(alice);
    expect(emulator.connections.map(({ refused }) => refused)).toEqual([
      undefined,
      429,
      undefined,
      undefined,
      429,
      undefined,
    ]);
  });

  it('refuses upgrades with 503, or opens and drops, or opens and closes, for as long as requested', async () => {
    const { socket, alice, emulator } = await startKit();
    emulator.refuseSockets(true);
    await expect(socket(alice)).rejects.toThrow('HTTP 503');
    emulator.refuseSockets('drop');
    const dropped = await socket(alice, { early: true });
    expect([await dropped.closed, dropped.types]).toEqual([1006, []]);
    emulator.refuseSockets({ closeCode: 4401 });
    const closed = await socket(alice, { early: true });
    expect([await closed.closed, closed.types]).toEqual([4401, []]);
    emulator.refuseSockets(false);
    expect((await socket(alice)).types).toEqual(['SESSION_ESTABLISHED']);
  });

  it('may send SESSION_ESTABLISHED late, after events', async () => {
    const { socket, sent, alice, emulator } = await startKit({ sessionEstablishedDelayMs: 2 ** 31 - 1 });
    const early = await socket(alice, { early: true });
    await sent();
    await early.event('CREATE_CHANNEL_MESSAGE');
    expect(early.types).toEqual(['CREATE_CHANNEL_MESSAGE']);
    expect(emulator.connections[0]?.establishedAt).toBeUndefined();
    emulator.set({ sessionEstablishedDelayMs: 1 });
    expect((await socket(alice)).types).toEqual(['SESSION_ESTABLISHED']);
  });
});

describe('an open websocket', () => {
  it('drops without a close frame, or closes with a code, for all users or one', async () => {
    const { socket, alice, bob, emulator } = await startKit();
    const [hers, his] = [await socket(alice), await socket(bob)];
    expect(emulator.dropSockets({ bearer: bob })).toBe(1);
    expect(await his.closed).toBe(1006);
    expect(emulator.dropSockets({ code: 1012 })).toBe(1);
    expect(await hers.closed).toBe(1012);
    await eventually(() => emulator.connections.every(({ closedAt }) => closedAt !== undefined));
    expect(emulator.dropSockets()).toBe(0);
    expect(emulator.connections.map(({ closeCode }) => closeCode)).toEqual([1012, 1006]);
  });

  it('never replays what was missed', async () => {
    const { socket, sent, alice, emulator } = await startKit();
    const first = await socket(alice);
    emulator.dropSockets();
    await first.closed;
    await sent();
    const second = await socket(alice);
    await second.ping();
    expect(second.types).toEqual(['SESSION_ESTABLISHED']);
  });

  it('can be half-open: it stays open, sends and answers nothing, while new ones work', async () => {
    const { socket, sent, alice, emulator } = await startKit();
    const [deaf] = [await socket(alice)];
    expect(emulator.halfOpenSockets()).toBe(1);
    deaf.sendPing();
    const fresh = await socket(alice);
    const missed = await sent();
    await fresh.event('CREATE_CHANNEL_MESSAGE');
    await fresh.ping();
    expect(deaf.types).toEqual(['SESSION_ESTABLISHED']);
    expect(deaf.hasPong()).toBe(false);
    expect(emulator.connections.map(({ mute, closedAt }) => [mute, closedAt])).toEqual([
      [true, undefined],
      [false, undefined],
    ]);

    emulator.halfOpenSockets(false);
    const heard = await sent();
    await deaf.event('CREATE_CHANNEL_MESSAGE');
    expect(deaf.frames.slice(1).map(({ payload }) => payload?.['MessageId'])).toEqual([heard]);
    expect(missed).not.toBe(heard);
  });

  it('delays no response that waits for its events if it is half-open', async () => {
    const { socket, send, alice, emulator } = await startKit({ eventOrder: 'before-response' });
    await socket(alice);
    emulator.halfOpenSockets();
    expect((await send()).Status?.Value).toBe('SENT');
  });
});

describe('prefetch', () => {
  it('sends the latest 20 messages that the user can see of each of the user’s channels', async () => {
    const { socket, sent, channel, alice, bob, emulator } = await startKit({
      channelRequestsPerSecond: { sends: Infinity },
    });
    const ids: string[] = [];
    for (let index = 0; index < 21; index += 1) ids.push(await sent());
    emulator.set({ flow: () => ({ outcome: 'NEVER', afterMs: 0 }) });
    const pending = await sent();
    emulator.createChannel({ name: 'secret', members: [bob] });
    const hers = await socket(alice, { prefetch: true });
    const { payload, messageType } = await hers.event('CHANNEL_DETAILS');
    expect(messageType).toBe('SYSTEM');
    expect(payload).toMatchObject({
      Channel: { ChannelArn: channel, Name: 'general' },
      ChannelMemberships: [{ Member: { Arn: alice, Name: 'alice' } }],
      ReadMarkerTimestamp: expect.any(String),
    });
    const rows = payload?.['ChannelMessages'] as {
      MessageId: string;
      Status: { Value: string };
      CreatedTimestamp: string;
    }[];
    expect(rows.map(({ MessageId }) => MessageId)).toEqual([pending, ...ids.slice(2).toReversed()]);
    expect(rows.slice(0, 2).map(({ Status }) => Status.Value)).toEqual(['PENDING', 'SENT']);
    expect(rows[0]?.CreatedTimestamp).toMatch(/Z$/);
    await hers.ping();
    expect(hers.types).toEqual(['SESSION_ESTABLISHED', 'CHANNEL_DETAILS']);

    const his = await socket(bob, { prefetch: true });
    await his.ping();
    const named = his.frames
      .slice(1)
      .map(({ payload }) => (payload?.['Channel'] as { Name: string } | undefined)?.Name);
    expect(named).toEqual(['general', 'secret']);
    expect(JSON.stringify(his.frames)).not.toContain(pending);
  });

  it('sends at most 50 channels, and none if it was not requested', async () => {
    const { socket, alice, emulator } = await startKit();
    for (let index = 0; index < 55; index += 1) emulator.createChannel();
    const asked = await socket(alice, { prefetch: true });
    const plain = await socket(alice);
    await Promise.all([asked.ping(), plain.ping()]);
    expect([asked.types.length, plain.types.length]).toEqual([51, 1]);
  });
});
