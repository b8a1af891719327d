// What push reports about removed messages: their absence proves nothing. What an edit proves that all members have
// received.

import { describe, expect, it } from '@jest/globals';

import { lives } from '../support/restart-kit.ts';
import { BOB, CHANNEL, replies, type Reply, type ScriptedService } from '../support/scripted-service.ts';
import { startBrowser } from '../support/tabs-kit.ts';
import { flush, MINUTE, pass, SECOND, startTracker, type TrackerKit } from '../support/tracker-kit.ts';

const gone: [string, Reply][] = [
  ['404', replies.notFound()],
  ['an empty status', replies.body({})],
];
const byModerator = { Sender: { Arn: BOB, Name: 'Bob' } };
const removals: [string, object][] = [
  ['DELETE_CHANNEL_MESSAGE', { MessageId: 'm1' }],
  ['DELETE_CHANNEL_MESSAGE', { MessageId: 'm1', ...byModerator }],
  ['REDACT_CHANNEL_MESSAGE', { MessageId: 'm1' }],
  ['REDACT_CHANNEL_MESSAGE', { MessageId: 'm1', ...byModerator }],
  ['DELETE_CHANNEL', { Sender: undefined }],
];

/** A tracker whose websocket is up, with a service that does not have the message. */
function startWithout(reply: Reply = replies.notFound()): TrackerKit {
  const kit = startTracker({ socket: 'up' });
  lose(kit.service, reply);
  return kit;
}

function lose(service: ScriptedService, reply: Reply): void {
  service.answer('status', reply);
  service.answer('message', replies.notFound());
}

describe.each(gone)('a pending message that reads as %s', (_shape, reply) => {
  it.each(removals)('after %s %j is not DENIED', async (type, fields) => {
    const { track, push, story } = startWithout(reply);
    const delivery = track('m1');
    push.event(type, fields);
    expect(delivery.state.status).toBe('PENDING');
    push.down();
    await pass(2 * MINUTE);
    expect(delivery.state).toMatchObject({ status: 'UNKNOWN', reason: 'indeterminate' });
    expect(story.filter((line) => line.startsWith('failed'))).toEqual([]);
  });

  it.each(removals)('after %s %j that followed its first miss is not DENIED', async (type, fields) => {
    const { track, push } = startWithout(reply);
    const delivery = track('m1');
    push.down();
    await pass(SECOND);
    push.event(type, fields);
    push.down();
    await pass(2 * MINUTE);
    expect(delivery.state).toMatchObject({ status: 'UNKNOWN', reason: 'indeterminate' });
  });

  it('after an edit of it reached all members is SENT', async () => {
    const { track, push } = startWithout(reply);
    const delivery = track('m1');
    push.event('UPDATE_CHANNEL_MESSAGE', { MessageId: 'm1', Content: 'new words' });
    push.down();
    await pass(2 * MINUTE);
    expect(delivery.state).toMatchObject({ status: 'SENT', evidence: 'websocket' });
  });
});

describe('a removal', () => {
  it.each(removals)('(%s %j) counts if it arrives before the response to the send', async (type, fields) => {
    const { send, push, service } = startTracker({ socket: 'up' });
    service.answer('send', replies.late(SECOND, replies.accepted('m1', 'PENDING')));
    lose(service, replies.notFound());
    const delivery = send();
    await pass(500);
    push.event(type, fields);
    await pass(SECOND);
    push.down();
    await pass(2 * MINUTE);
    expect(delivery.state).toMatchObject({ status: 'UNKNOWN', reason: 'indeterminate' });
  });

  it('applies to every delivery that it may be about', async () => {
    const { track, push } = startWithout();
    const deliveries = [
      track('m1', { subChannelId: 's1' }),
      track('m1', { subChannelId: 's2' }),
      track('m1', { chimeBearer: BOB }),
    ];
    push.event('DELETE_CHANNEL_MESSAGE', { MessageId: 'm1' });
    push.down();
    await pass(2 * MINUTE);
    expect(deliveries.map(({ state }) => state.status)).toEqual(['UNKNOWN', 'UNKNOWN', 'UNKNOWN']);
  });

  it('counts if it came minutes before the response to the send', async () => {
    const { send, push, service } = startTracker({ socket: 'up' });
    lose(service, replies.notFound());
    service.answer('send', replies.reset(), replies.accepted('m1', 'PENDING'));
    const delivery = send();
    push.event('DELETE_CHANNEL_MESSAGE', { MessageId: 'm1' });
    push.down();
    await pass(10 * MINUTE);
    expect(delivery.state).toMatchObject({ status: 'UNKNOWN', reason: 'indeterminate' });
  });

  it.each(removals)('(%s %j) counts if an earlier session has seen it', async (type, fields) => {
    const { start, service } = lives();
    lose(service, replies.notFound());
    const first = await start({ socket: 'up' });
    first.track('m1');
    await flush();
    first.push.event(type, fields);
    await pass(SECOND);
    first.kill();
    const { tracker } = await start();
    await pass(2 * MINUTE);
    expect(tracker.get('m1')).toMatchObject({ status: 'UNKNOWN', reason: 'indeterminate' });
  });

  it.each(removals)(
    '(%s %j) counts if an earlier session has seen it, and the app tracks the message again at once',
    async (type, fields) => {
      const { boot, start, service } = lives();
      lose(service, replies.notFound());
      const first = await start({ socket: 'up' });
      first.track('m1');
      await flush();
      first.push.event(type, fields);
      await pass(SECOND);
      first.kill();
      // Before its records are read.
      const delivery = boot().track('m1');
      await pass(2 * MINUTE);
      expect(delivery.state).toMatchObject({ status: 'UNKNOWN', reason: 'indeterminate' });
    },
  );

  it.each(removals)('(%s %j) counts if another tab has seen it', async (type, fields) => {
    const browser = startBrowser();
    const [one, two] = [browser.open(), browser.open()];
    await flush();
    lose(browser.service, replies.notFound());
    one.kit.track('m1');
    two.tracker.attach(two.kit.push);
    two.kit.push.up();
    two.kit.push.event(type, fields);
    await pass(2 * MINUTE);
    expect(one.tracker.get('m1')).toMatchObject({ status: 'UNKNOWN', reason: 'indeterminate' });
  });

  it.each([
    ['another message', 'DELETE_CHANNEL_MESSAGE', { MessageId: 'm2' }],
    ['a message of that id in another channel', 'DELETE_CHANNEL_MESSAGE', { ChannelArn: `${CHANNEL}-2` }],
    ['another channel', 'DELETE_CHANNEL', { ChannelArn: `${CHANNEL}-2` }],
  ])('of %s leaves a denial certain', async (_what, type, fields) => {
    const { track, push } = startWithout();
    const delivery = track('m1');
    push.event(type, { MessageId: 'm1', ...fields });
    push.down();
    await pass(2 * MINUTE);
    expect(delivery.state).toMatchObject({ status: 'DENIED', evidence: 'missing' });
  });

  it('hides no outcome that the service still returns', async () => {
    const { track, push, service } = startWithout();
    const delivery = track('m1');
    push.event('REDACT_CHANNEL_MESSAGE', { MessageId: 'm1' });
    service.answer('status', replies.says('SENT'));
    push.down();
    await pass(MINUTE);
    expect(delivery.state).toMatchObject({ status: 'SENT', evidence: 'status' });
  });

  it('of a channel applies to all of its pending messages, and to no settled ones', async () => {
    const { track, push, story } = startWithout();
    const settled = track('m0');
    push.tells('m0', 'DENIED');
    const deliveries = ['m1', 'm2', 'm3'].map((id) => track(id));
    push.event('DELETE_CHANNEL', {});
    await flush();
    push.down();
    await pass(2 * MINUTE);
    expect(settled.state.status).toBe('DENIED');
    expect(deliveries.map(({ state }) => state.status)).toEqual(['UNKNOWN', 'UNKNOWN', 'UNKNOWN']);
    expect(story.filter((line) => line.startsWith('failed'))).toEqual(['failed DENIED m0']);
  });

  it('of one of two messages with the same id applies to the one in its channel', async () => {
    const { track, push } = startWithout();
    const here = track('m1');
    const there = track('m1', { channelArn: `${CHANNEL}-2` });
    push.event('DELETE_CHANNEL_MESSAGE', { MessageId: 'm1', ChannelArn: `${CHANNEL}-2` });
    push.down();
    await pass(2 * MINUTE);
    expect([here.state.status, there.state.status]).toEqual(['DENIED', 'UNKNOWN']);
  });
});

describe('a denied edit', () => {
  it('proves nothing about the delivery of the message', async () => {
    const { track, push } = startWithout();
    const delivery = track('m1');
    push.event('DENIED_UPDATE_CHANNEL_MESSAGE', { MessageId: 'm1' });
    push.down();
    await pass(2 * MINUTE);
    expect(delivery.state).toMatchObject({ status: 'DENIED', evidence: 'missing' });
  });
});
