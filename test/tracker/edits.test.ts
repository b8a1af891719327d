// Each edit has its own outcome, from push or from a read of the message: by its content, or by the time of its last
// edit.

import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Delivery } from 'chime-delivery';

import { lives } from '../support/restart-kit.ts';
import { ALICE, CHANNEL, replies, type Reply, type ScriptedService, type Word } from '../support/scripted-service.ts';
import { MINUTE, pass, SECOND, startTracker, type TrackerKit } from '../support/tracker-kit.ts';

const update = { operation: 'update' } as const;
const statuses = (...deliveries: readonly Delivery[]): string[] => deliveries.map(({ state }) => state.status);
const settledIn = ({ story }: TrackerKit): string[] => story.filter((line) => line.startsWith('settled'));

/** The message as the service shows it. */
interface Message {
  status: Word | undefined;
  content: string;
  editedAt: number | undefined;
}
let message: Message;
beforeEach(() => {
  message = { status: 'SENT', content: 'old words', editedAt: undefined };
});

/** An edit is applied: the message has this content from now on. */
function apply(content: string): void {
  message = { status: 'SENT', content, editedAt: Date.now() };
}

function fieldsOf({ content, editedAt }: Message): object {
  return { Content: content, LastEditedTimestamp: editedAt === undefined ? undefined : new Date(editedAt) };
}

/**
 * The service returns one message, and never the edit's status: the old content is SENT whatever the outcome of the new
 * one.
 */
function shows(service: ScriptedService): void {
  const read = (): Reply => replies.found('m1', message.status, fieldsOf(message));
  service.answer('message', read);
  service.answer('status', () => replies.says(message.status ?? 'SENT'));
}

function startReading(options: Parameters<typeof startTracker>[0] = {}): TrackerKit {
  const kit = startTracker(options);
  shows(kit.service);
  return kit;
}

describe('edits of one message, with push,', () => {
  const about = (type: string, content?: string): [string, object] => [
    `${type}UPDATE_CHANNEL_MESSAGE`,
    { MessageId: 'm1', Content: content, LastEditedTimestamp: new Date(Date.now()).toISOString() },
  ];

  it('one after another each have their own outcome, once', async () => {
    const kit = startReading({ socket: 'up' });
    const { track, push } = kit;
    const first = track('m1', update);
    push.event(...about('DENIED_'));
    const second = track('m1', update);
    expect(statuses(first, second)).toEqual(['DENIED', 'PENDING']);
    await pass(SECOND);
    push.event(...about('DENIED_'));
    const third = track('m1', update);
    await pass(SECOND);
    push.event(...about('FAILED_'));
    const fourth = track('m1', update);
    await pass(SECOND);
    push.event(...about(''));
    expect(statuses(first, second, third, fourth)).toEqual(['DENIED', 'DENIED', 'FAILED', 'SENT']);
    expect(settledIn(kit)).toEqual(['settled DENIED m1', 'settled DENIED m1', 'settled FAILED m1', 'settled SENT m1']);
  });

  it('in flight at once are told apart by their content', () => {
    const { track, push } = startReading({ socket: 'up' });
    const [a, b, c] = ['a', 'b', 'c'].map((content) => track('m1', { ...update, content })) as [
      Delivery,
      Delivery,
      Delivery,
    ];
    push.event(...about('DENIED_', 'b'));
    expect(statuses(a, b, c)).toEqual(['PENDING', 'DENIED', 'PENDING']);
    push.event(...about('FAILED_', 'c'));
    push.event(...about('', 'a'));
    expect(statuses(a, b, c)).toEqual(['SENT', 'DENIED', 'FAILED']);
  });

  it('in flight at once, without content, are settled in their order', async () => {
    const { track, push } = startReading({ socket: 'up' });
    const [a, b] = [track('m1', update), track('m1', update)];
    push.event('DENIED_UPDATE_CHANNEL_MESSAGE', { MessageId: 'm1' });
    expect(statuses(a, b)).toEqual(['DENIED', 'PENDING']);
    await pass(6 * SECOND);
    push.event('UPDATE_CHANNEL_MESSAGE', { MessageId: 'm1' });
    expect(statuses(a, b)).toEqual(['DENIED', 'SENT']);
  });

  it('are not settled twice by copies of one event', async () => {
    const { track, push } = startReading({ socket: 'up' });
    const event = about('DENIED_', 'same words');
    const [a, b] = [1, 2].map(() => track('m1', { ...update, content: 'same words' })) as [Delivery, Delivery];
    push.event(...event);
    push.event(...event);
    await pass(4 * SECOND);
    push.event(...event);
    expect(statuses(a, b)).toEqual(['DENIED', 'PENDING']);
    push.event(...about('DENIED_', 'same words'));
    expect(statuses(a, b)).toEqual(['DENIED', 'DENIED']);
  });

  it('are settled by an event shortly before `track` is called', async () => {
    const { track, push } = startReading({ socket: 'up' });
    push.event(...about('DENIED_', 'a'));
    await pass(2 * SECOND);
    expect(track('m1', { ...update, content: 'a' }).state.status).toBe('DENIED');
    push.event(...about('DENIED_', 'b'));
    await pass(2_001);
    expect(track('m1', { ...update, content: 'b' }).state.status).toBe('PENDING');
  });

  it.each(['DENIED_', 'FAILED_', ''])('of another device are not mistaken for ours (%s)', async (type) => {
    const { track, push } = startReading({ socket: 'up' });
    push.event(...about(type, 'words of another device'));
    const edit = track('m1', { ...update, content: 'new words' });
    push.event(...about(type, 'words of another device, too'));
    expect(edit.state.status).toBe('PENDING');
    apply('new words');
    await pass(5 * SECOND);
    expect(edit.state).toMatchObject({ status: 'SENT', evidence: 'message' });
  });

  it.each(['DENIED_', 'FAILED_'])(
    'of another device are not mistaken for ours without their content (%s)',
    async (type) => {
      const { track, push } = startReading({ socket: 'up' });
      push.event(...about('PENDING_', 'words of another device'));
      const edit = track('m1', { ...update, content: 'new words' });
      push.event(...about('PENDING_', 'new words'));
      push.event(...about(type));
      expect(edit.state.status).toBe('PENDING');
      apply('new words');
      await pass(5 * SECOND);
      expect(edit.state).toMatchObject({ status: 'SENT', evidence: 'message' });
    },
  );

  it.each(['DENIED_', 'FAILED_'])(
    'that are tracked a moment later are not mistaken for those before (%s)',
    async (type) => {
      const { track, push } = startReading({ socket: 'up' });
      const first = track('m1', { ...update, content: 'first words' });
      push.event(...about('PENDING_', 'second words'));
      push.event(...about(type));
      const second = track('m1', { ...update, content: 'second words' });
      expect(statuses(first, second)).toEqual(['PENDING', 'PENDING']);
      push.event(...about('', 'first words'));
      expect(statuses(first, second)).toEqual(['SENT', 'PENDING']);
    },
  );

  it.each(['DENIED_', 'FAILED_'])(
    'that are both tracked after an event without content are not settled by it (%s)',
    (type) => {
      const { track, push } = startReading({ socket: 'up' });
      push.event(...about('PENDING_', 'first words'));
      push.event(...about(type));
      push.event(...about('PENDING_', 'second words'));
      const edits = ['first words', 'second words'].map((content) => track('m1', { ...update, content }));
      expect(statuses(...edits)).toEqual(['PENDING', 'PENDING']);
    },
  );

  it('are settled without their content where only they were pending', async () => {
    const { track, push } = startReading({ socket: 'up' });
    const edit = track('m1', { ...update, content: 'new words' });
    push.event(...about('PENDING_', 'new words'));
    push.event(...about('DENIED_'));
    expect(edit.state).toMatchObject({ status: 'DENIED', evidence: 'websocket' });
    await pass(1);
    const unnamed = track('m1', update);
    push.event(...about('PENDING_', 'other words'));
    push.event(...about('DENIED_'));
    expect(unnamed.state).toMatchObject({ status: 'DENIED', evidence: 'websocket' });
  });

  it('cost no request while push works', async () => {
    const { track, push, service } = startReading({ socket: 'up' });
    const edit = track('m1', update);
    await pass(15 * SECOND);
    push.event(...about(''));
    await pass(MINUTE);
    expect([edit.state, service.count()]).toMatchObject([{ status: 'SENT', evidence: 'websocket', polls: 0 }, 0]);
  });
});

describe('an edit that is polled', () => {
  it('is SENT when the message has its content', async () => {
    const kit = startReading();
    const edit = kit.track('m1', { ...update, content: 'new words' });
    await pass(3 * SECOND);
    expect(edit.state.status).toBe('PENDING');
    apply('new words');
    await pass(10 * SECOND);
    expect(edit.state).toMatchObject({ status: 'SENT', evidence: 'message', operation: 'update' });
    expect(kit.service.count('status')).toBe(0);
    expect(settledIn(kit)).toEqual(['settled SENT m1']);
  });

  it('is SENT by its content if the service returns no time and no status', async () => {
    const { track } = startReading();
    const edit = track('m1', { ...update, content: 'new words' });
    message = { status: undefined, content: 'new words', editedAt: undefined };
    await pass(10 * SECOND);
    expect(edit.state).toMatchObject({ status: 'SENT', evidence: 'message' });
  });

  it.each([
    ['whose content a processor has rewritten', { content: 'new words' }],
    ['whose content the app did not give', {}],
  ])('%s is SENT by the time of the last edit', async (_what, fields) => {
    const { track } = startReading();
    const edit = track('m1', { ...update, ...fields });
    await pass(3 * SECOND);
    apply('n** words');
    await pass(10 * SECOND);
    expect(edit.state).toMatchObject({ status: 'SENT', evidence: 'message' });
  });

  it('is not SENT by the time of an earlier edit', async () => {
    const { track } = startReading();
    message.editedAt = Date.now() - 10 * SECOND;
    const edit = track('m1', { ...update, content: 'new words' });
    await pass(50 * SECOND);
    expect(edit.state.status).toBe('PENDING');
  });

  it('is not SENT by the content or the time of the edit before it', async () => {
    const { track } = startReading();
    const first = track('m1', { ...update, content: 'first words' });
    apply('first words');
    await pass(3 * SECOND);
    const second = track('m1', { ...update, content: 'second words' });
    await pass(MINUTE + 5 * SECOND);
    expect([first.state, second.state]).toMatchObject([
      { status: 'SENT' },
      { status: 'UNKNOWN', reason: 'indeterminate' },
    ]);
  });

  it('is DENIED when it was read as pending, and then as it was before', async () => {
    const kit = startReading();
    message.status = 'PENDING';
    const edit = kit.track('m1', { ...update, content: 'new words' });
    await pass(10 * SECOND);
    expect(edit.state.status).toBe('PENDING');
    message.status = 'SENT';
    await pass(20 * SECOND);
    expect(edit.state).toMatchObject({ status: 'DENIED', evidence: 'message' });
    expect(settledIn(kit)).toEqual(['settled DENIED m1']);
  });

  it('is DENIED only once that is confirmed', async () => {
    const { track, service } = startReading({ missing: { confirmations: 3, confirmDelayMs: 5_000 } });
    message.status = 'PENDING';
    const edit = track('m1', { ...update, content: 'new words' });
    await pass(SECOND);
    message.status = 'SENT';
    const before = service.count();
    await pass(10 * SECOND);
    expect([edit.state.status, service.count() - before]).toEqual(['PENDING', 2]);
    await pass(5 * SECOND);
    expect(edit.state.status).toBe('DENIED');
    expect(service.count() - before).toBe(3);
  });

  it('that was read as pending is SENT after all if the last read shows it', async () => {
    const { track } = startReading();
    message.status = 'PENDING';
    const edit = track('m1', { ...update, content: 'new words' });
    await pass(SECOND);
    // The status is slightly ahead of the content.
    message.status = 'SENT';
    await pass(500);
    apply('new words');
    await pass(10 * SECOND);
    expect(edit.state.status).toBe('SENT');
  });

  it('is not SENT because its sender sees it while it is pending', async () => {
    const { track } = startReading();
    message = { status: 'PENDING', content: 'new words', editedAt: Date.now() };
    const edit = track('m1', { ...update, content: 'new words' });
    await pass(10 * SECOND);
    expect(edit.state.status).toBe('PENDING');
    message = { status: 'SENT', content: 'old words', editedAt: undefined };
    await pass(2 * MINUTE);
    expect(edit.state.status).not.toBe('SENT');
  });

  it('that another device has overwritten is not DENIED', async () => {
    const { track } = startReading();
    message.status = 'PENDING';
    const edit = track('m1', { ...update, content: 'new words' });
    await pass(SECOND);
    apply('words of another device');
    await pass(2 * MINUTE);
    expect(edit.state.status).not.toBe('DENIED');
  });

  it('that was read as pending is polled for as long as it is', async () => {
    const { track } = startReading();
    message.status = 'PENDING';
    const edit = track('m1', { ...update, content: 'new words' });
    await pass(30 * MINUTE);
    expect(edit.state.status).toBe('PENDING');
    apply('n** words');
    await pass(10 * MINUTE);
    expect(edit.state.status).toBe('SENT');
  });

  it.each([
    ['after a minute', {}, 60_000],
    ['after the time that the app has set', { missing: { editMs: 5_000 } }, 5_000],
  ])('that reads never show is UNKNOWN %s, never DENIED', async (_when, options, ms) => {
    const kit = startReading(options);
    const edit = kit.track('m1', { ...update, content: 'new words' });
    await pass(ms - 100);
    expect(edit.state.status).toBe('PENDING');
    await pass(SECOND);
    expect(edit.state).toMatchObject({ status: 'UNKNOWN', reason: 'indeterminate' });
    expect(settledIn(kit)).toEqual(['settled UNKNOWN m1']);
    expect(kit.service.count()).toBeLessThan(20);
  });

  it('of a message that no longer exists is UNKNOWN', async () => {
    const { track, service } = startReading();
    service.answer('message', replies.notFound());
    const edit = track('m1', { ...update, content: 'new words' });
    await pass(MINUTE);
    expect(edit.state).toMatchObject({ status: 'UNKNOWN', reason: 'indeterminate' });
  });
});

describe('an edit of a pending message', () => {
  it('is not DENIED because the message is no longer pending', async () => {
    const { track, service } = startReading();
    message.status = 'PENDING';
    const create = track('m1');
    const edit = track('m1', { ...update, content: 'new words' });
    await pass(5 * SECOND);
    message.status = 'SENT';
    await pass(20 * SECOND);
    expect(statuses(create, edit)).toEqual(['SENT', 'PENDING']);
    apply('new words');
    await pass(MINUTE);
    expect(statuses(create, edit)).toEqual(['SENT', 'SENT']);
    expect(service.count('status')).toBeGreaterThan(0);
  });

  it('leaves the message to its own outcome', async () => {
    const { track, push, service } = startReading({ socket: 'up' });
    const create = track('m1');
    const edit = track('m1', { ...update, content: 'new words' });
    push.event('FAILED_UPDATE_CHANNEL_MESSAGE', { MessageId: 'm1' });
    expect(statuses(create, edit)).toEqual(['PENDING', 'FAILED']);
    push.down();
    service.answer('status', replies.body({}));
    service.answer('message', replies.notFound());
    await pass(MINUTE);
    expect(statuses(create, edit)).toEqual(['DENIED', 'FAILED']);
  });
});

describe('several edits that are polled', () => {
  it('are SENT by their own content alone, and none of them DENIED by another’s', async () => {
    const { track } = startReading();
    const [a, b] = ['a', 'b'].map((content) => track('m1', { ...update, content })) as [Delivery, Delivery];
    await pass(SECOND);
    apply('b');
    await pass(10 * SECOND);
    expect(statuses(a, b)).toEqual(['PENDING', 'SENT']);
    await pass(MINUTE);
    expect(a.state).toMatchObject({ status: 'UNKNOWN', reason: 'indeterminate' });
  });

  it('that were applied one on top of the other are not DENIED', async () => {
    const { track } = startReading();
    message.status = 'PENDING';
    const a = track('m1', { ...update, content: 'a' });
    await pass(SECOND);
    const b = track('m1', { ...update, content: 'b' });
    apply('a');
    apply('b');
    await pass(2 * MINUTE);
    expect(statuses(a, b)).toEqual(['UNKNOWN', 'SENT']);
  });

  it('are not told apart by a time alone', async () => {
    const { track } = startReading();
    const edits = [track('m1', update), track('m1', update)];
    await pass(SECOND);
    apply('whose words?');
    await pass(30 * SECOND);
    expect(statuses(...edits)).not.toContain('DENIED');
    expect(statuses(...edits).filter((status) => status === 'SENT').length).toBeLessThanOrEqual(1);
  });
});

describe('a row of a list', () => {
  it('settles the edits of its message', async () => {
    const kit = startReading({ socket: 'up' });
    const { track, service } = kit;
    for (let i = 2; i < 9; i += 1) track(`m${i}`);
    await pass(19 * SECOND);
    const edit = track('m1', { ...update, content: 'new words' });
    const rewritten = track('m9', { ...update, content: 'rude words' });
    const denied = track('m8', { ...update, content: 'ruder words' });
    apply('new words');
    const rows = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((i) => ({ MessageId: `m${i}`, Status: { Value: 'SENT' } }));
    Object.assign(rows[0] ?? {}, fieldsOf(message));
    Object.assign(rows[8] ?? {}, fieldsOf({ ...message, content: 'r*** words' }));
    service.answer('list', replies.body({ ChannelArn: CHANNEL, ChannelMessages: rows }));
    await pass(4 * SECOND);
    expect(service.count('list')).toBe(1);
    expect([edit.state, rewritten.state]).toMatchObject([
      { status: 'SENT', evidence: 'list' },
      { status: 'SENT', evidence: 'list' },
    ]);
    expect(denied.state.status).toBe('PENDING');
  });
});

describe('an edit of an earlier session', () => {
  it('is recognized by its content, stored as a digest only', async () => {
    const { start, disk, service } = lives();
    message.status = 'PENDING';
    shows(service);
    service.answer('message', replies.serverError());
    const first = await start();
    const { id } = first.track('m1', { ...update, content: 'new words' });
    first.track('m1');
    await pass(SECOND);
    first.kill();
    expect(JSON.stringify([...disk.items])).not.toContain('new words');
    message = { status: 'SENT', content: 'new words', editedAt: undefined };
    shows(service);
    const { tracker } = await start();
    await pass(10 * SECOND);
    expect(tracker.get(id)).toMatchObject({
      status: 'SENT',
      evidence: 'message',
      operation: 'update',
      messageId: 'm1',
    });
    expect(tracker.get('m1')).toMatchObject({ operation: 'create', status: 'SENT' });
  });

  it('is not SENT by an edit that was made before it', async () => {
    const { start, service } = lives();
    message.editedAt = Date.now() - SECOND;
    shows(service);
    const first = await start();
    const { id } = first.track('m1', { ...update, content: 'new words' });
    await pass(100);
    first.kill();
    const { tracker } = await start();
    await pass(2 * MINUTE);
    expect(tracker.get(id)).toMatchObject({ status: 'UNKNOWN', reason: 'indeterminate' });
  });

  it('is restored beside others of the same message', async () => {
    const { start, service } = lives();
    shows(service);
    const first = await start();
    const ids = ['a', 'b', 'c'].map((content) => first.track('m1', { ...update, content }).id);
    await pass(100);
    first.kill();
    const { tracker, push } = await start();
    expect(tracker.stats.pending).toBe(3);
    tracker.attach(push, { chimeBearer: ALICE });
    push.event('DENIED_UPDATE_CHANNEL_MESSAGE', { MessageId: 'm1', Content: 'b' });
    expect(ids.map((id) => tracker.get(id)?.status)).toEqual(['PENDING', 'DENIED', 'PENDING']);
  });
});
