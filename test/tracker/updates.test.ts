// Edits that the tracker sends: `update`.
import { describe, expect, it } from '@jest/globals';

import { ALICE, BOB, CHANNEL, replies } from '../support/scripted-service.ts';
import { flush, MINUTE, pass, SECOND, startTracker, statusesOf, type TrackerKit } from '../support/tracker-kit.ts';

const edit = { ChannelArn: CHANNEL, MessageId: 'm9', Content: 'better' };
const editOf = ({ tracker }: Pick<TrackerKit, 'tracker'>) => tracker.get('m9', { operation: 'update' });
/** A read of the message that shows this content, and that it was edited. */
const shows = (content: string, status: 'SENT' | 'PENDING' = 'SENT') =>
  replies.found('m9', status, {
    Content: content,
    ...(content === 'old' ? {} : { LastEditedTimestamp: new Date(Date.now()) }),
  });

describe('an update', () => {
  it('is a delivery of its own: SENDING at once, PENDING after the response, then settled by its event', async () => {
    const { tracker, service, push } = startTracker({ socket: 'up' });
    const delivery = tracker.update(edit, { context: { draft: 7 } });
    const statuses = statusesOf(delivery);
    expect(delivery.state).toMatchObject({
      operation: 'update',
      status: 'SENDING',
      messageId: 'm9',
      input: edit,
      context: { draft: 7 },
    });
    expect(tracker.get('m9')).toBeUndefined();
    expect(editOf({ tracker })).toBe(delivery.state);
    await pass(SECOND);
    expect((await delivery.accepted).status).toBe('PENDING');
    push.event('UPDATE_CHANNEL_MESSAGE', { MessageId: 'm9', Content: 'better', Status: { Value: 'SENT' } });
    expect(await delivery.settled).toMatchObject({ status: 'SENT', evidence: 'websocket', input: edit });
    expect(statuses).toEqual(['SENDING', 'PENDING', 'SENT', 'complete']);
    expect(service.requests('update').map(({ input }) => input)).toEqual([{ ...edit, ChimeBearer: ALICE }]);
    expect(tracker.stats).toMatchObject({ requests: { update: 1, send: 0 }, pending: 0 });
  });

  it('is settled without push by the content of the message', async () => {
    const { tracker, service } = startTracker();
    service.answer(
      'message',
      () => shows('old', 'PENDING'),
      () => shows('better'),
    );
    const delivery = tracker.update(edit);
    await pass(MINUTE);
    expect(delivery.state).toMatchObject({ status: 'SENT', evidence: 'message' });
  });

  it('is DENIED where reads have shown it PENDING, and then the old content', async () => {
    const { tracker, service } = startTracker();
    tracker.track({ channelArn: CHANNEL, messageId: 'm9', status: 'SENT' });
    // A read that shows PENDING so soon may be about the message itself.
    await pass(MINUTE);
    service.answer(
      'message',
      () => shows('old', 'PENDING'),
      () => shows('old'),
    );
    const delivery = tracker.update(edit);
    await pass(MINUTE);
    expect(delivery.state).toMatchObject({ status: 'DENIED', evidence: 'message' });
  });

  it('is settled by an event that comes before the response', async () => {
    const { tracker, service, push } = startTracker({ socket: 'up' });
    service.answer('update', replies.late(5 * SECOND, replies.accepted('m9', 'PENDING')));
    const delivery = tracker.update(edit);
    await pass(SECOND);
    push.event('DENIED_UPDATE_CHANNEL_MESSAGE', { MessageId: 'm9', Content: 'better', Status: { Value: 'DENIED' } });
    expect(delivery.state.status).toBe('SENDING');
    await pass(5 * SECOND);
    expect(delivery.state).toMatchObject({ status: 'DENIED', evidence: 'websocket' });
  });

  it('of an untracked message that is still PENDING itself is not DENIED when that is delivered', async () => {
    const { tracker, service, push } = startTracker({ socket: 'up' });
    service.answer('message', () => shows('old', 'PENDING'));
    const delivery = tracker.update(edit);
    await pass(10 * SECOND);
    push.down();
    await pass(10 * SECOND);
    push.up();
    push.tells('m9', 'SENT');
    service.answer('message', () => shows('old'));
    await pass(10 * MINUTE);
    expect(delivery.state).toMatchObject({ status: 'UNKNOWN', reason: 'indeterminate' });
  });

  it('without a response is not taken for an earlier edit that is still pending', async () => {
    const { tracker, service } = startTracker();
    // The service applies the second edit, and its response is lost; the first one is still processed.
    service.answer('update', replies.accepted('m9', 'PENDING'), replies.hangs());
    const first = tracker.update(edit);
    await pass(100);
    service.answer('message', () => shows('best'));
    const second = tracker.update({ ...edit, Content: 'best' });
    await pass(5 * SECOND);
    expect([first.state.status, second.state.status]).toEqual(['PENDING', 'SENDING']);
  });

  it('that may have arrived, and ended UNKNOWN, is not taken for an earlier edit that is still pending', async () => {
    const { tracker, service } = startTracker();
    const abort = new AbortController();
    service.answer('update', replies.accepted('m9', 'PENDING'), replies.hangs());
    const first = tracker.update(edit);
    await pass(100);
    service.answer('message', () => shows('best'));
    const second = tracker.update({ ...edit, Content: 'best' }, { signal: abort.signal });
    await pass(SECOND);
    abort.abort();
    expect(second.state).toMatchObject({ status: 'UNKNOWN', reason: 'indeterminate' });
    await pass(5 * SECOND);
    expect(first.state.status).toBe('PENDING');
  });

  it('that waits because of a conflict does not keep the message from being settled', async () => {
    const { tracker, service, send } = startTracker();
    service.answer('update', replies.refusal(409, 'ConflictException'));
    const create = send();
    await pass(100);
    const waiting = tracker.update({ ...edit, MessageId: 'm1' });
    await pass(SECOND);
    service.settle('m1', 'FAILED');
    await pass(MINUTE);
    expect(create.state).toMatchObject({ status: 'FAILED' });
    await pass(10 * MINUTE);
    expect(waiting.state).toMatchObject({ status: 'FAILED', evidence: 'rejected' });
  });

  it('does not wait for a message that reads show FAILED, where that may be the status of an earlier edit', async () => {
    const { tracker, service, send } = startTracker();
    service.answer('update', replies.accepted('m1', 'PENDING'), replies.refusal(409, 'ConflictException'));
    service.answer('message', replies.found('m1', 'FAILED', { Content: 'hello' }));
    const create = send();
    await pass(100);
    const first = tracker.update({ ...edit, MessageId: 'm1' });
    await pass(100);
    const waiting = tracker.update({ ...edit, MessageId: 'm1', Content: 'best' });
    await pass(SECOND);
    service.settle('m1', 'FAILED');
    await pass(30 * MINUTE);
    expect(first.state).toMatchObject({ status: 'UNKNOWN', reason: 'indeterminate' });
    expect(create.state.status).toBe('PENDING');
    expect(waiting.state).toMatchObject({ status: 'FAILED', evidence: 'rejected' });
  });

  it('is not DENIED by a late read of its message, where that has been settled and forgotten meanwhile', async () => {
    const { tracker, service, push, send } = startTracker({
      socket: 'up',
      keepSettled: 0,
      missing: { confirmations: 1 },
    });
    const create = send();
    await pass(100);
    service.answer('update', replies.accepted('m1', 'PENDING'));
    // The read was answered while the flow processed the message, and arrives after its event.
    service.answer(
      'message',
      () => replies.found('m1', 'PENDING', { Content: 'hello' }),
      () => replies.found('m1', 'SENT', { Content: 'hello' }),
    );
    const waiting = tracker.update({ ...edit, MessageId: 'm1' });
    await pass(100);
    push.tells('m1', 'SENT');
    expect(create.state.status).toBe('SENT');
    expect(tracker.get('m1')).toBeUndefined();
    push.down();
    await pass(14 * SECOND);
    expect(waiting.state.status).toBe('PENDING');
    expect(service.count('message')).toBeGreaterThan(2);
  });

  it('is not DENIED by a read that shows its message PENDING, where only one of them names the sub-channel', async () => {
    const { tracker, service } = startTracker();
    service.answer('message', replies.found('m9', 'PENDING', { Content: 'hello' }));
    const create = tracker.track({ ChannelArn: CHANNEL, MessageId: 'm9', SubChannelId: 'sub', status: 'PENDING' });
    const waiting = tracker.update(edit);
    await pass(30 * SECOND);
    service.answer('message', replies.found('m9', 'SENT', { Content: 'hello' }));
    expect(create.state.status).toBe('PENDING');
    await pass(10 * SECOND);
    expect(waiting.state.status).toBe('PENDING');
  });

  it('that has no answer yet may be the one that an event without content denies', async () => {
    const { tracker, service, push } = startTracker({ socket: 'up' });
    service.answer('update', replies.accepted('m9', 'PENDING'), replies.hangs());
    const first = tracker.update(edit);
    await pass(100);
    tracker.update({ ...edit, Content: 'best' });
    await pass(100);
    push.event('DENIED_UPDATE_CHANNEL_MESSAGE', { MessageId: 'm9', Status: { Value: 'DENIED' } });
    expect(first.state.status).toBe('PENDING');
  });

  it('that ended UNKNOWN may be the one that an event without content denies, while the next edit is sent', async () => {
    const { tracker, service, push } = startTracker({ socket: 'up' });
    service.answer('update', replies.accepted('m9', 'PENDING'));
    service.answer('message', () => shows('old'));
    const first = tracker.update(edit);
    await pass(2 * MINUTE);
    expect(first.state).toMatchObject({ status: 'UNKNOWN', reason: 'indeterminate' });
    const second = tracker.update({ ...edit, Content: 'best' });
    push.event('DENIED_UPDATE_CHANNEL_MESSAGE', { MessageId: 'm9', Status: { Value: 'DENIED' } });
    await pass(SECOND);
    expect(second.state.status).toBe('PENDING');
    push.event('DENIED_UPDATE_CHANNEL_MESSAGE', { MessageId: 'm9', Content: 'best', Status: { Value: 'DENIED' } });
    expect(second.state).toMatchObject({ status: 'DENIED', evidence: 'websocket' });
  });

  it('that a wrapped function is sending may be the one that an event without content denies', async () => {
    const { tracker, service, push } = startTracker({ socket: 'up' });
    service.answer('update', replies.accepted('m9', 'PENDING'));
    const first = tracker.update(edit);
    await pass(100);
    const wrapped = tracker.wrap((_input: object) => new Promise<object>(() => undefined));
    void wrapped({ ...edit, Content: 'best' });
    push.event('DENIED_UPDATE_CHANNEL_MESSAGE', { MessageId: 'm9', Status: { Value: 'DENIED' } });
    expect(first.state.status).toBe('PENDING');
  });

  it('that a wrapped function has sent takes the event without content that came before its answer', async () => {
    const { tracker, push } = startTracker({ socket: 'up' });
    let answer: (output: object) => void = () => undefined;
    const wrapped = tracker.wrap((_input: object) => new Promise<object>((resolve) => (answer = resolve)));
    const result = wrapped({ ...edit, ChimeBearer: ALICE });
    push.event('DENIED_UPDATE_CHANNEL_MESSAGE', { MessageId: 'm9', Status: { Value: 'DENIED' } });
    answer({ ChannelArn: CHANNEL, MessageId: 'm9', Status: { Value: 'PENDING' } });
    await result;
    await pass(100);
    expect(editOf({ tracker })?.status).toBe('DENIED');
  });

  it('that was refused does not keep the message from being settled', async () => {
    const { tracker, service, send } = startTracker();
    service.answer('update', replies.badRequest());
    const create = send();
    await pass(100);
    const refused = tracker.update({ ...edit, MessageId: 'm1' });
    await pass(SECOND);
    expect(refused.state).toMatchObject({ status: 'FAILED', evidence: 'rejected' });
    service.settle('m1', 'FAILED');
    await pass(MINUTE);
    expect(create.state).toMatchObject({ status: 'FAILED' });
  });

  it('is repeated after a lost response, and the next edit of the message waits for it', async () => {
    const { tracker, service, push } = startTracker({ socket: 'up' });
    service.answer('update', replies.reset(), replies.reset(), replies.reset(), replies.reset(), ({ messageId = '' }) =>
      replies.accepted(messageId, 'PENDING'),
    );
    const first = tracker.update(edit);
    const second = tracker.update({ ...edit, Content: 'best' });
    const other = tracker.update({ ...edit, MessageId: 'm8' });
    await pass(MINUTE);
    const contents = service
      .requests('update')
      .map(({ input, messageId }) => `${messageId} ${String(input['Content'])}`);
    expect(contents.filter((each) => each.startsWith('m9'))).toEqual([
      ...Array.from({ length: contents.filter((each) => each === 'm9 better').length }, () => 'm9 better'),
      'm9 best',
    ]);
    expect([first.state.status, second.state.status, other.state.status]).toEqual(['PENDING', 'PENDING', 'PENDING']);
    for (const Content of ['better', 'best'])
      push.event('UPDATE_CHANNEL_MESSAGE', { MessageId: 'm9', Content, Status: { Value: 'SENT' } });
    expect([first.state.status, second.state.status]).toEqual(['SENT', 'SENT']);
  });

  it('waits while the flow processes the message, and is sent as soon as that is settled', async () => {
    const { tracker, service, push, send } = startTracker({ socket: 'up' });
    const create = send();
    await pass(SECOND);
    const { messageId = '' } = create.state;
    service.answer('update', () =>
      create.state.status === 'PENDING'
        ? replies.refusal(409, 'ConflictException')
        : replies.accepted(messageId, 'SENT'),
    );
    const delivery = tracker.update({ ...edit, MessageId: messageId });
    await pass(10 * MINUTE);
    expect(delivery.state.status).toBe('SENDING');
    expect(service.count('update')).toBeLessThan(40);
    push.tells(messageId, 'SENT');
    await pass(SECOND);
    expect(delivery.state).toMatchObject({ status: 'SENT', evidence: 'send-response' });
  });

  it('ends FAILED after five conflicts where nothing explains them', async () => {
    const { tracker, service } = startTracker();
    service.answer('update', replies.refusal(409, 'ConflictException'));
    const delivery = tracker.update(edit);
    await pass(MINUTE);
    expect(delivery.state).toMatchObject({ status: 'FAILED', evidence: 'rejected' });
    expect(service.count('update')).toBe(5);
  });

  it('reports a missing permission by its action', async () => {
    const { tracker, service, errors } = startTracker();
    service.answer('update', replies.forbidden());
    const delivery = tracker.update(edit);
    await pass(SECOND);
    expect(delivery.state).toMatchObject({ status: 'FAILED', evidence: 'rejected' });
    expect(errors).toMatchObject([{ code: 'MISSING_PERMISSION', action: 'chime:UpdateChannelMessage' }]);
  });

  it.each<[string, object, string]>([
    ['no content', { ...edit, Content: undefined }, 'input.Content'],
    ['no message', { ...edit, MessageId: '' }, 'input.MessageId'],
    ['no channel', { ...edit, ChannelArn: 'general' }, 'input.ChannelArn'],
    [
      'a cycle',
      Object.assign(
        { ...edit },
        {
          get self() {
            return this;
          },
        },
      ),
      'input',
    ],
  ])('with %s is refused', (_what, input, argument) => {
    const { tracker, service } = startTracker();
    expect(() => tracker.update(input as typeof edit)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', argument }),
    );
    expect(service.count()).toBe(0);
  });

  it('is tracked once where the client itself is wrapped, with what send and call send', async () => {
    const { ScriptedService } = await import('../support/scripted-service.ts');
    const service = new ScriptedService();
    const { tracker, send } = startTracker({ service });
    service.client.send = tracker.wrap(service.client.send.bind(service.client));
    send();
    tracker.update(edit);
    await flush();
    await pass(SECOND);
    expect(tracker.stats.pending).toBe(2);
  });

  it('for another bearer is sent and read in the name of that bearer', async () => {
    const { tracker, service } = startTracker();
    const delivery = tracker.update({ ...edit, ChimeBearer: BOB });
    await pass(10 * SECOND);
    expect(new Set(service.calls.map(({ bearer }) => bearer))).toEqual(new Set([BOB]));
    expect(delivery.state.chimeBearer).toBe(BOB);
  });
});
