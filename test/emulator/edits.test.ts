import { describe, expect, it } from '@jest/globals';

import type { ChimeEmulatorOptions, Flow, FlowDecision } from '../../src/emulator/index.ts';
import type { Kit } from '../support/emulator-kit.ts';
import { eventually, refusal, startKit } from '../support/emulator-kit.ts';
import { createModel } from '../support/model-kit.ts';

/** The content decides each edit; creates pass without a flow. */
const asWritten: Flow = ({ kind, content }) =>
  kind === 'create' ? undefined : { outcome: content as 'SENT', afterMs: 0, detail: `said ${content}` };

type Reading = readonly [status: string | undefined, content: string | undefined, isEdited: boolean];

/** What the sender reads about a message by status, get and list, which must agree. */
async function response({ status, get, list }: Kit, id: string): Promise<Reading> {
  const own = (await status(id)).Status?.Value;
  const { ChannelMessage } = await get(id);
  const row = (await list()).ChannelMessages?.find(({ MessageId }) => MessageId === id);
  expect([ChannelMessage?.Status?.Value, row?.Status?.Value]).toEqual([own, own]);
  expect(row?.Content).toBe(ChannelMessage?.Content);
  expect(row?.LastEditedTimestamp).toEqual(ChannelMessage?.LastEditedTimestamp);
  return [own, ChannelMessage?.Content, ChannelMessage?.LastEditedTimestamp !== undefined];
}

async function edited(options: ChimeEmulatorOptions, word: string): Promise<Reading> {
  const kit = await startKit({ flow: asWritten, ...options });
  const id = await kit.sent();
  await kit.update(id, word);
  const isOver = (): boolean => kit.emulator.messages[0]?.updates[0]?.status === word;
  if (word !== 'NEVER') await eventually(isOver);
  return response(kit, id);
}

describe('an edit', () => {
  it.each([
    [{}, ['PENDING', 'hello', false]],
    [{ pendingEdit: 'unchanged' }, ['SENT', 'hello', false]],
    [{ editTimestamp: 'accepted' }, ['PENDING', 'hello', true]],
  ] as const)('in the flow reads, with the options %j, as %j', async (options, expected) => {
    expect(await edited(options, 'NEVER')).toEqual(expected);
  });

  it.each([
    ['DENIED', {}, ['SENT', 'hello', false]],
    ['FAILED', {}, ['SENT', 'hello', false]],
    ['DENIED', { refusedEdit: 'shown' }, ['DENIED', 'hello', false]],
    ['FAILED', { refusedEdit: 'shown' }, ['FAILED', 'hello', false]],
    ['DENIED', { editTimestamp: 'accepted' }, ['SENT', 'hello', true]],
    ['SENT', {}, ['SENT', 'SENT', true]],
    ['SENT', { refusedEdit: 'shown', pendingEdit: 'unchanged' }, ['SENT', 'SENT', true]],
  ] as const)('that became %s reads, with the options %j, as %j', async (word, options, expected) => {
    expect(await edited(options, word)).toEqual(expected);
  });

  it('shows its detail if its status is shown, until the outcome of the next edit replaces it', async () => {
    const { sent, update, status, emulator } = await startKit({ flow: asWritten, refusedEdit: 'shown' });
    const id = await sent();
    await update(id, 'DENIED');
    await eventually(() => emulator.messages[0]?.updates[0]?.status === 'DENIED');
    expect((await status(id)).Status).toEqual({ Value: 'DENIED', Detail: 'said DENIED' });
    await update(id, 'SENT');
    await eventually(() => emulator.messages[0]?.updates[1]?.status === 'SENT');
    expect((await status(id)).Status).toEqual({ Value: 'SENT' });
  });

  it('has the content of the processor, in reads and in the event', async () => {
    const { sent, update, get, socket, alice, emulator } = await startKit({
      flow: ({ content }) => ({ outcome: 'SENT', afterMs: 0, content: content.toUpperCase() }),
    });
    const hers = await socket(alice);
    const id = await sent({ Content: 'first' });
    const created = await hers.event('CREATE_CHANNEL_MESSAGE');
    expect((await get(id)).ChannelMessage?.Content).toBe('FIRST');
    await update(id, 'second');
    const pending = await hers.event('PENDING_UPDATE_CHANNEL_MESSAGE');
    const updated = await hers.event('UPDATE_CHANNEL_MESSAGE');
    const { ChannelMessage } = await get(id);
    expect([created, pending, updated].map(({ payload }) => payload?.['Content'])).toEqual([
      'FIRST',
      'second',
      'SECOND',
    ]);
    expect(ChannelMessage?.Content).toBe('SECOND');
    expect(updated.payload?.['LastEditedTimestamp']).toBe(ChannelMessage?.LastEditedTimestamp?.toISOString());
    expect(emulator.messages[0]).toMatchObject({ content: 'SECOND', submittedContent: 'first' });
    expect(emulator.messages[0]?.updates).toMatchObject([{ content: 'second', status: 'SENT' }]);
  });

  it('has no content of the processor in a message that is denied', async () => {
    const { sent, update, get, emulator } = await startKit();
    const id = await sent();
    emulator.set({ flow: () => ({ outcome: 'DENIED', afterMs: 0, content: 'rewritten' }) });
    await update(id, 'rude');
    await eventually(() => emulator.messages[0]?.updates[0]?.status === 'DENIED');
    expect((await get(id)).ChannelMessage?.Content).toBe('hello');
  });

  it('fails the flow if its content is no text', async () => {
    const { send } = await startKit({ flow: () => ({ outcome: 'SENT', afterMs: 0, content: 1 as never }) });
    expect(await refusal(send())).toMatchObject({ status: 500, message: expect.stringContaining('string') });
  });
});

describe('several edits of one message', () => {
  const never: FlowDecision = { outcome: 'NEVER', afterMs: 0 };

  it('conflict while one of them, or the message, is PENDING', async () => {
    const { sent, update, emulator } = await startKit({ flow: ({ kind }) => (kind === 'update' ? never : undefined) });
    const id = await sent();
    await update(id, 'one');
    expect(await refusal(update(id, 'two'))).toMatchObject({ name: 'ConflictException', status: 409 });
    emulator.set({ flow: () => never });
    const pending = await sent();
    expect(await refusal(update(pending, 'one'))).toMatchObject({ name: 'ConflictException', status: 409 });
  });

  it('are in flight together with editWhilePending accepted; the flow’s last decision is the final content', () => {
    const waits: Record<string, number> = { one: 30, two: 10, three: 20 };
    const {
      send,
      update: isEdit,
      world,
      service,
      get,
    } = createModel({
      editWhilePending: 'accepted',
      flow: ({ kind, content }) =>
        kind === 'create'
          ? undefined
          : { outcome: content === 'three' ? 'DENIED' : 'SENT', afterMs: waits[content] ?? 0 },
    });
    const id = send();
    const statuses = (): unknown[] => (service.messages[0]?.updates ?? []).map(({ status }) => status);
    for (const content of ['one', 'two', 'three']) expect(isEdit(id, content)).toEqual({ Value: 'PENDING' });
    world.advance(20);
    expect(statuses()).toEqual(['PENDING', 'SENT', 'DENIED']);
    expect(get(id)).toMatchObject({ Content: 'two', Status: { Value: 'PENDING' } });
    world.advance(10);
    expect(statuses()).toEqual(['SENT', 'SENT', 'DENIED']);
    expect(get(id)).toMatchObject({ Content: 'one', Status: { Value: 'SENT' }, LastEditedTimestamp: 1_000.03 });
  });

  it.each([
    ['SENT', ['CREATE_CHANNEL_MESSAGE', 'UPDATE_CHANNEL_MESSAGE']],
    ['DENIED', ['DENIED_CREATE_CHANNEL_MESSAGE', 'DENIED_UPDATE_CHANNEL_MESSAGE']],
    ['FAILED', ['FAILED_CREATE_CHANNEL_MESSAGE', 'FAILED_UPDATE_CHANNEL_MESSAGE']],
  ] as const)('wait for a PENDING message until it is %s', (outcome, expected) => {
    const {
      send,
      update: isEdit,
      world,
      service,
      events,
    } = createModel({
      editWhilePending: 'accepted',
      flow: ({ kind }) => ({ outcome: kind === 'create' ? outcome : 'SENT', afterMs: kind === 'create' ? 40 : 0 }),
    });
    const id = send();
    expect(isEdit(id, 'better')).toEqual({ Value: 'PENDING' });
    world.advance(39);
    expect(service.messages[0]).toMatchObject({ status: 'PENDING', updates: [{ status: 'PENDING' }] });
    world.advance(1);
    expect(events.map(({ type }) => type)).toEqual([
      'PENDING_CREATE_CHANNEL_MESSAGE',
      'PENDING_UPDATE_CHANNEL_MESSAGE',
      ...expected,
    ]);
    expect(service.messages[0]).toMatchObject({ status: outcome, updates: [{ status: outcome }] });
  });
});

describe('times in REST responses', () => {
  it.each([
    ['fraction', false],
    ['whole-seconds', true],
  ] as const)('are in seconds: %s', async (restTimestamps, isWhole) => {
    const { sent, get, list, emulator } = await startKit({ restTimestamps, random: () => 0.5 });
    const id = await sent();
    const times = [
      (await get(id)).ChannelMessage?.CreatedTimestamp,
      (await list()).ChannelMessages?.[0]?.CreatedTimestamp,
    ];
    const createdAt = emulator.messages[0]?.createdAt ?? 0;
    const expected = isWhole ? Math.floor(createdAt / 1000) * 1000 : createdAt;
    expect(times.map((time) => time?.getTime())).toEqual([expected, expected]);
  });
});
