import { DeleteChannelMessageCommand, RedactChannelMessageCommand } from '@aws-sdk/client-chime-sdk-messaging';
import { describe, expect, it } from '@jest/globals';

import type { Flow } from '../../src/emulator/index.ts';
import { eventually, startKit } from '../support/emulator-kit.ts';

/** The content of the message decides the flow. */
const asWritten: Flow = ({ content }) => {
  if (content === 'plain') return undefined;
  return { outcome: content === 'NEVER' ? 'NEVER' : (content as 'SENT'), afterMs: 0, detail: `said ${content}` };
};

describe('the websocket', () => {
  it('starts with SESSION_ESTABLISHED exactly as the service writes it: no payload', async () => {
    const { socket, alice } = await startKit();
    const { texts } = await socket(alice);
    expect(texts).toEqual([
      '{"Headers":{"x-amz-chime-event-type":"SESSION_ESTABLISHED","x-amz-chime-message-type":"SYSTEM"}}',
    ]);
  });

  it('announces a SENT message to every member, and every other outcome to its sender alone', async () => {
    const { socket, sent, alice, bob } = await startKit({ flow: asWritten });
    const [hers, his] = [await socket(alice), await socket(bob)];
    const ids: Record<string, string> = {};
    for (const word of ['FAILED', 'DENIED', 'NEVER', 'SENT', 'plain']) ids[word] = await sent({ Content: word });
    const last = (await hers.event('CREATE_CHANNEL_MESSAGE', ({ payload }) => payload?.['MessageId'] === ids['plain']))
      .payload;
    await Promise.all([hers.ping(), his.ping()]);
    const about = (frames: typeof hers.frames, word: string): string[] =>
      frames.filter(({ payload }) => payload?.['MessageId'] === ids[word]).map(({ type }) => type);
    expect(about(hers.frames, 'FAILED')).toEqual(['PENDING_CREATE_CHANNEL_MESSAGE', 'FAILED_CREATE_CHANNEL_MESSAGE']);
    expect(about(hers.frames, 'DENIED')).toEqual(['PENDING_CREATE_CHANNEL_MESSAGE', 'DENIED_CREATE_CHANNEL_MESSAGE']);
    expect(about(hers.frames, 'NEVER')).toEqual(['PENDING_CREATE_CHANNEL_MESSAGE']);
    expect(about(hers.frames, 'SENT')).toEqual(['PENDING_CREATE_CHANNEL_MESSAGE', 'CREATE_CHANNEL_MESSAGE']);
    expect(about(hers.frames, 'plain')).toEqual(['CREATE_CHANNEL_MESSAGE']);
    expect(his.types).toEqual(['SESSION_ESTABLISHED', 'CREATE_CHANNEL_MESSAGE', 'CREATE_CHANNEL_MESSAGE']);
    expect(last).toMatchObject({ Status: { Value: 'SENT' } });
  });

  it('carries the message in a JSON string, with ISO times', async () => {
    const { socket, sent, alice, channel } = await startKit({ flow: asWritten });
    const hers = await socket(alice);
    const id = await sent({ Content: 'DENIED', Metadata: 'meta' });
    const { payload, messageType } = await hers.event('DENIED_CREATE_CHANNEL_MESSAGE');
    const iso = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(messageType).toBe('STANDARD');
    expect(payload).toEqual({
      ChannelArn: channel,
      MessageId: id,
      Sender: { Arn: alice, Name: 'alice' },
      Status: { Value: 'DENIED', Detail: 'said DENIED' },
      Content: 'DENIED',
      Metadata: 'meta',
      Persistence: 'PERSISTENT',
      Type: 'STANDARD',
      Redacted: false,
      CreatedTimestamp: iso,
      LastUpdatedTimestamp: iso,
    });
  });

  it('has the sub-channel, the type and the edit in the payload', async () => {
    const { socket, sent, update, alice, channel } = await startKit();
    const hers = await socket(alice);
    await sent({ Type: 'CONTROL', Content: 'typing', ChannelArn: `${channel}-free`, SubChannelId: 'sub-1' });
    const id = await sent();
    await update(id, 'better');
    const control = await hers.event('CREATE_CHANNEL_MESSAGE');
    expect(control).toMatchObject({ messageType: 'CONTROL', payload: { SubChannelId: 'sub-1', Type: 'CONTROL' } });
    const edit = await hers.event('UPDATE_CHANNEL_MESSAGE');
    expect(edit.payload).toMatchObject({ MessageId: id, Content: 'better', Status: { Value: 'SENT' } });
    expect(typeof edit.payload?.['LastEditedTimestamp']).toBe('string');
  });

  it('leaves the content out of DENIED events if the options require it', async () => {
    const { socket, sent, alice } = await startKit({ flow: asWritten, deniedCarriesContent: false });
    const hers = await socket(alice);
    await sent({ Content: 'DENIED' });
    expect((await hers.event('DENIED_CREATE_CHANNEL_MESSAGE')).payload).not.toHaveProperty('Content');
    expect((await hers.event('PENDING_CREATE_CHANNEL_MESSAGE')).payload).toHaveProperty('Content');
  });

  it('announces an edit in the flow to its sender, and an applied edit, a redaction and a deletion to every member', async () => {
    const { socket, sent, update, client, channel, alice, bob, emulator } = await startKit();
    const [hers, his] = [await socket(alice), await socket(bob)];
    const id = await sent();
    emulator.set({ flow: asWritten });
    for (const [index, word] of ['DENIED', 'FAILED', 'SENT'].entries()) {
      await update(id, word);
      await eventually(() => emulator.messages[0]?.updates[index]?.status === word);
    }
    const at = { ChannelArn: channel, ChimeBearer: alice, MessageId: id };
    await client.send(new RedactChannelMessageCommand(at));
    await client.send(new DeleteChannelMessageCommand(at));
    await Promise.all([hers.event('DELETE_CHANNEL_MESSAGE'), his.event('DELETE_CHANNEL_MESSAGE')]);
    const pending = 'PENDING_UPDATE_CHANNEL_MESSAGE';
    expect(hers.types.slice(1)).toEqual([
      'CREATE_CHANNEL_MESSAGE',
      pending,
      'DENIED_UPDATE_CHANNEL_MESSAGE',
      pending,
      'FAILED_UPDATE_CHANNEL_MESSAGE',
      pending,
      'UPDATE_CHANNEL_MESSAGE',
      'REDACT_CHANNEL_MESSAGE',
      'DELETE_CHANNEL_MESSAGE',
    ]);
    expect(his.types.slice(1)).toEqual([
      'CREATE_CHANNEL_MESSAGE',
      'UPDATE_CHANNEL_MESSAGE',
      'REDACT_CHANNEL_MESSAGE',
      'DELETE_CHANNEL_MESSAGE',
    ]);
    expect(emulator.messages[0]).toMatchObject({ content: 'SENT', status: 'SENT', redacted: true, deleted: true });
  });

  it('reaches all sockets of a user, members only, and for a targeted message its target', async () => {
    const { socket, sent, alice, bob, emulator } = await startKit();
    const eve = emulator.userArn('eve');
    const ChannelArn = emulator.createChannel({ members: [alice, bob] });
    const sockets = [await socket(bob), await socket(bob), await socket(eve)];
    await sent({ ChannelArn });
    await sent({ Target: [{ MemberArn: eve }] });
    await sent();
    await Promise.all(
      sockets.map((one) =>
        one.event(
          'CREATE_CHANNEL_MESSAGE',
          ({ payload }) => payload?.['Target'] === undefined && payload?.['ChannelArn'] !== ChannelArn,
        ),
      ),
    );
    expect(sockets.map(({ types }) => types.length - 1)).toEqual([2, 2, 2]);
    expect(sockets[2]?.frames.map(({ payload }) => payload?.['ChannelArn'])).not.toContain(ChannelArn);
  });

  it('carries an event after the response to the send, or with before-response before it', async () => {
    const { socket, send, alice, emulator } = await startKit({ flow: asWritten });
    const hers = await socket(alice);
    await send({ Content: 'SENT' });
    await hers.event('CREATE_CHANNEL_MESSAGE');
    expect(emulator.log[0]?.status).toBe(201);

    emulator.set({ eventOrder: 'before-response' });
    const seenAtAnswer = await Promise.all(
      [1, 2, 3].map(() =>
        send({ Content: 'DENIED' }).then(({ MessageId }) =>
          hers.frames.filter(({ payload }) => payload?.['MessageId'] === MessageId).map(({ type }) => type),
        ),
      ),
    );
    const both = ['PENDING_CREATE_CHANNEL_MESSAGE', 'DENIED_CREATE_CHANNEL_MESSAGE'];
    expect(seenAtAnswer).toEqual([both, both, both]);
  });

  it('does not wait for a response that is lost or late', async () => {
    const { socket, send, alice, emulator } = await startKit({ flow: asWritten });
    const hers = await socket(alice);
    emulator.fault({ kind: 'hang', applied: 'after', times: 1 });
    const lost = send({ Content: 'SENT' }).catch(() => 'closed');
    await hers.event('CREATE_CHANNEL_MESSAGE');
    expect(emulator.log).toMatchObject([{ status: 0, fault: 'hang' }]);
    await emulator.close();
    expect(await lost).toBe('closed');
  });

  it('repeats events as often as the options require', async () => {
    const { socket, sent, alice, emulator } = await startKit({ eventCopies: 2 });
    const hers = await socket(alice);
    const twice = await sent();
    emulator.set({ eventCopies: (event) => (event.type === 'CREATE_CHANNEL_MESSAGE' ? 0 : 1) });
    await sent();
    emulator.set({ eventCopies: undefined });
    const once = await sent();
    await hers.event('CREATE_CHANNEL_MESSAGE', ({ payload }) => payload?.['MessageId'] === once);
    expect(hers.frames.slice(1).map(({ payload }) => payload?.['MessageId'])).toEqual([twice, twice, once]);
  });

  it('delays events, and so reorders them, if the options require it', async () => {
    const { socket, sent, alice } = await startKit({
      flow: asWritten,
      eventDelayMs: ({ type }) => (type.startsWith('PENDING') ? 1_000 : 0),
    });
    const hers = await socket(alice);
    await sent({ Content: 'SENT' });
    await hers.event('PENDING_CREATE_CHANNEL_MESSAGE');
    expect(hers.types.slice(1)).toEqual(['CREATE_CHANNEL_MESSAGE', 'PENDING_CREATE_CHANNEL_MESSAGE']);
  });
});
