// A delivery is one operation on one message: a token, or a MessageId, that is used twice names two of them.

import { describe, expect, it } from '@jest/globals';
import type { Delivery } from 'chime-delivery';

import { ALICE, BOB, CHANNEL, replies, ScriptedPush } from '../support/scripted-service.ts';
import { draft, MINUTE, pass, SECOND, startTracker } from '../support/tracker-kit.ts';

const OTHER = `${CHANNEL}-2`;
const token = 'token-1';
const statuses = (...deliveries: readonly Delivery[]): string[] => deliveries.map(({ state }) => state.status);

describe('one request token', () => {
  it.each([
    ['in two channels', { ChannelArn: OTHER }],
    ['of two bearers', { ChimeBearer: BOB }],
    ['in a channel and in its sub-channel', { SubChannelId: 's1' }],
  ])('%s is two deliveries: both are sent, and each has its own outcome', async (_where, fields) => {
    const { send, service, tracker, story } = startTracker();
    service.answer('send', ({ input }) => {
      const isFirst = Object.entries(fields).every(([name, value]) => input[name] !== value);
      return replies.accepted(isFirst ? 'm1' : 'm2', 'PENDING');
    });
    const one = send({ ClientRequestToken: token });
    const two = send({ ClientRequestToken: token, ...fields });
    expect([two === one, one.id, two.id === token]).toEqual([false, token, false]);
    await pass(100);
    expect(service.requests('send').map((call) => call.token)).toEqual([token, token]);
    service.settle('m1', 'SENT');
    await pass(5 * SECOND);
    expect(statuses(one, two)).toEqual(['SENT', 'PENDING']);
    service.settle('m2', 'DENIED');
    await pass(MINUTE);
    expect(statuses(one, two)).toEqual(['SENT', 'DENIED']);
    expect([tracker.get(token), tracker.get('m2')]).toEqual([one.state, two.state]);
    expect(story.filter((line) => line.startsWith('settled'))).toEqual(['settled SENT m1', 'settled DENIED m2']);
  });

  it('in two channels is settled by push in each channel separately', async () => {
    const { send, push } = startTracker({ socket: 'up' });
    const [one, two] = [CHANNEL, OTHER].map((ChannelArn) => send({ ClientRequestToken: token, ChannelArn }));
    await pass(100);
    push.tells('m2', 'DENIED', { ChannelArn: OTHER });
    expect(statuses(one as Delivery, two as Delivery)).toEqual(['PENDING', 'DENIED']);
    push.tells('m1', 'SENT');
    expect(statuses(one as Delivery, two as Delivery)).toEqual(['SENT', 'DENIED']);
  });

  it('in the same channel again is the same delivery, and is sent once', async () => {
    const { send, service } = startTracker();
    const one = send({ ClientRequestToken: token });
    const elsewhere = send({ ClientRequestToken: token, ChannelArn: OTHER });
    expect(send({ ClientRequestToken: token })).toBe(one);
    await pass(100);
    expect([send({ ClientRequestToken: token }), send({ ClientRequestToken: token, ChannelArn: OTHER })]).toEqual([
      one,
      elsewhere,
    ]);
    await pass(100);
    expect(service.count('send')).toBe(2);
  });

  it('that was refused is sent again, as another delivery, as often as it is refused', async () => {
    const { send, service, story } = startTracker();
    service.answer('send', replies.badRequest(), replies.badRequest(), (call) => service.acceptSend(call));
    const first = send({ ClientRequestToken: token });
    await pass(SECOND);
    const second = send({ ClientRequestToken: token });
    await pass(SECOND);
    const third = send({ ClientRequestToken: token });
    expect(send({ ClientRequestToken: token })).toBe(third);
    await pass(SECOND);
    expect(statuses(first, second, third)).toEqual(['FAILED', 'FAILED', 'PENDING']);
    expect(new Set([first.id, second.id, third.id]).size).toBe(3);
    expect(service.requests('send').map((call) => call.token)).toEqual([token, token, token]);
    service.settle('m1', 'SENT');
    await pass(5 * SECOND);
    expect(await third.settled).toMatchObject({ status: 'SENT', messageId: 'm1' });
    expect(send({ ClientRequestToken: token })).toBe(third);
    expect(story.filter((line) => line.startsWith('settled'))).toEqual([
      'settled FAILED no id',
      'settled FAILED no id',
      'settled SENT m1',
    ]);
  });

  it('of a message that the flow has failed is not sent again: the service would not send it either', async () => {
    const { send, service, push } = startTracker({ socket: 'up' });
    const one = send({ ClientRequestToken: token });
    await pass(100);
    push.tells('m1', 'FAILED');
    expect(send({ ClientRequestToken: token })).toBe(one);
    await pass(SECOND);
    expect(service.count('send')).toBe(1);
  });
});

describe('one MessageId', () => {
  const places = [
    ['in two channels', { channelArn: OTHER }, { ChannelArn: OTHER }],
    ['of two bearers', { chimeBearer: BOB }, { ChimeBearer: BOB }],
    ['in two sub-channels', { subChannelId: 's2' }, { SubChannelId: 's2' }],
  ] as const;
  it.each(places)('%s is two deliveries, each polled separately', async (_where, fields, named) => {
    const { track, service, tracker } = startTracker();
    service.answer('status', ({ input }) => {
      const isSecond = Object.entries(named).every(([name, value]) => input[name] === value);
      return isSecond ? replies.says('PENDING') : replies.says('SENT');
    });
    const one = track('m1', { subChannelId: 's1' });
    const two = track('m1', { subChannelId: 's1', ...fields });
    expect([two === one, one.id, two.id === one.id]).toEqual([false, 'm1', false]);
    await pass(5 * SECOND);
    expect(statuses(one, two)).toEqual(['SENT', 'PENDING']);
    service.answer('status', replies.says('FAILED'));
    await pass(MINUTE);
    expect(statuses(one, two)).toEqual(['SENT', 'FAILED']);
    expect(track('m1', { subChannelId: 's1', ...fields })).toBe(two);
    expect(tracker.get(two.id)).toBe(two.state);
  });

  it('in two channels is distinguished by its channel', () => {
    const { track, tracker } = startTracker();
    const one = track('m1');
    const two = track('m1', { channelArn: OTHER });
    expect(tracker.get('m1', { channelArn: OTHER })).toBe(two.state);
    expect(tracker.get('m1', { channelArn: CHANNEL })).toBe(one.state);
    expect(tracker.get('m1', { chimeBearer: BOB })).toBeUndefined();
  });

  it('is settled by push only if all that the event names agrees', () => {
    const { track, tracker, push } = startTracker({ socket: 'up' });
    const bobs = new ScriptedPush(BOB);
    tracker.attach(bobs, { chimeBearer: BOB });
    bobs.up();
    const plain = track('m1');
    const elsewhere = track('m1', { channelArn: OTHER });
    const ofBob = track('m1', { chimeBearer: BOB });
    const sub1 = track('m2', { subChannelId: 's1' });
    const sub2 = track('m2', { subChannelId: 's2' });
    bobs.tells('m1', 'FAILED');
    expect(statuses(plain, elsewhere, ofBob)).toEqual(['PENDING', 'PENDING', 'FAILED']);
    push.tells('m1', 'DENIED', { ChannelArn: OTHER });
    expect(statuses(plain, elsewhere, ofBob)).toEqual(['PENDING', 'DENIED', 'FAILED']);
    push.tells('m1', 'SENT');
    expect(statuses(plain, elsewhere, ofBob)).toEqual(['SENT', 'DENIED', 'FAILED']);
    push.tells('m2', 'DENIED', { SubChannelId: 's2' });
    expect(statuses(sub1, sub2)).toEqual(['PENDING', 'DENIED']);
    push.tells('m2', 'SENT', { SubChannelId: 's1' });
    expect(statuses(sub1, sub2)).toEqual(['SENT', 'DENIED']);
  });

  it('that is settled in one channel is still matched with an early event in another', () => {
    const { track, push } = startTracker({ socket: 'up' });
    track('m1');
    push.tells('m1', 'SENT');
    push.tells('m1', 'DENIED', { ChannelArn: OTHER });
    expect(track('m1', { channelArn: OTHER }).state).toMatchObject({ status: 'DENIED', evidence: 'websocket' });
  });

  it('can be forgotten in one channel, and stays tracked in the other', async () => {
    const { track, tracker, service } = startTracker();
    const one = track('m1');
    const two = track('m1', { channelArn: OTHER });
    expect(tracker.forget(one.id)).toBe(true);
    service.settle('m1', 'SENT');
    await pass(5 * SECOND);
    expect(statuses(one, two)).toEqual(['PENDING', 'SENT']);
  });
});

describe('a request token that is also a MessageId', () => {
  it('belongs to a message that was not sent yet: it is sent', async () => {
    const { track, send, service } = startTracker();
    const tracked = track('m1');
    service.answer('send', replies.accepted('m2', 'PENDING'));
    const sent = send({ ClientRequestToken: 'm1' });
    expect([sent === tracked, sent.id === 'm1']).toEqual([false, false]);
    await pass(SECOND);
    expect(service.count('send')).toBe(1);
    service.settle('m1', 'SENT');
    await pass(5 * SECOND);
    expect(statuses(tracked, sent)).toEqual(['SENT', 'PENDING']);
  });

  it('does not name the message that was sent with it', async () => {
    const { track, send } = startTracker();
    const sent = send({ ClientRequestToken: 'm7' });
    await pass(SECOND);
    expect(track('m7')).not.toBe(sent);
    expect(track('m1')).toBe(sent);
  });
});

describe('an edit and its message', () => {
  const update = { operation: 'update' } as const;

  it('are two deliveries, and the MessageId names the message', () => {
    const { track, tracker } = startTracker();
    const edit = track('m1', update);
    expect(tracker.get('m1')).toBeUndefined();
    const create = track('m1');
    const later = track('m1', update);
    expect([create.id, create.state.operation, later.state.operation]).toEqual(['m1', 'create', 'update']);
    expect(new Set([create.id, edit.id, later.id]).size).toBe(3);
    expect(tracker.get('m1')).toBe(create.state);
    expect(tracker.get('m1', { operation: 'create' })).toBe(create.state);
    expect(tracker.get('m1', update)).toBe(later.state);
    expect(tracker.get(edit.id)).toBe(edit.state);
  });

  it('do not share an outcome: an edit of a message that is SENT is pending', () => {
    const { track, push, story } = startTracker({ socket: 'up' });
    const create = track('m1');
    push.tells('m1', 'SENT');
    const edit = track('m1', update);
    expect(statuses(create, edit)).toEqual(['SENT', 'PENDING']);
    push.event('DENIED_UPDATE_CHANNEL_MESSAGE', { MessageId: 'm1' });
    expect(statuses(create, edit)).toEqual(['SENT', 'DENIED']);
    expect(story.filter((line) => line.startsWith('settled'))).toEqual(['settled SENT m1', 'settled DENIED m1']);
  });

  it('do not share a response: the response to the edit settles no pending message', async () => {
    const { send, service, tracker } = startTracker();
    const create = send();
    await pass(100);
    const answer = { ChannelArn: CHANNEL, MessageId: 'm1', Status: { Value: 'SENT' } };
    await tracker.wrap(async (input: object) => ({ ...input, ...answer }))({ ...draft, MessageId: 'm1', Content: 'b' });
    expect(create.state.status).toBe('PENDING');
    expect(tracker.get('m1', update)).toMatchObject({ status: 'SENT', evidence: 'send-response' });
    service.settle('m1', 'DENIED');
    await pass(MINUTE);
    expect(create.state.status).toBe('DENIED');
  });

  it('are distinguished even if the message is not tracked: it stays in the channel whatever the outcome of the edit', () => {
    const { track, tracker, push } = startTracker({ socket: 'up' });
    const edit = track('m1', update);
    push.event('DENIED_UPDATE_CHANNEL_MESSAGE', { MessageId: 'm1' });
    expect([edit.state.status, tracker.get('m1')]).toEqual(['DENIED', undefined]);
    const create = track('m1');
    expect(create.state.status).toBe('PENDING');
    push.tells('m1', 'SENT');
    expect(statuses(create, edit)).toEqual(['SENT', 'DENIED']);
  });

  it('are both settled by an edit that reached all members: the message has reached them, too', () => {
    const { track, push } = startTracker({ socket: 'up' });
    const create = track('m1');
    const edit = track('m1', update);
    push.event('UPDATE_CHANNEL_MESSAGE', { MessageId: 'm1' });
    expect([create.state, edit.state]).toMatchObject([
      { status: 'SENT', evidence: 'websocket' },
      { status: 'SENT', evidence: 'websocket' },
    ]);
  });

  it('are forgotten one by one', () => {
    const { track, tracker } = startTracker();
    const create = track('m1');
    const edit = track('m1', update);
    expect([tracker.forget(edit.id), tracker.get('m1', update), tracker.get('m1')]).toEqual([
      true,
      undefined,
      create.state,
    ]);
  });

  it('of another bearer, or in another channel, are other deliveries', () => {
    const { track, push } = startTracker({ socket: 'up' });
    const edits = [track('m1', update), track('m1', { ...update, channelArn: OTHER })];
    push.event('FAILED_UPDATE_CHANNEL_MESSAGE', { MessageId: 'm1', ChannelArn: OTHER });
    expect(statuses(...edits)).toEqual(['PENDING', 'FAILED']);
    push.event('DENIED_UPDATE_CHANNEL_MESSAGE', { MessageId: 'm1', Sender: { Arn: BOB } });
    expect(statuses(...edits)).toEqual(['PENDING', 'FAILED']);
    push.event('DENIED_UPDATE_CHANNEL_MESSAGE', { MessageId: 'm1', Sender: { Arn: ALICE } });
    expect(statuses(...edits)).toEqual(['DENIED', 'FAILED']);
  });
});
