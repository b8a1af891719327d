import { describe, expect, it } from '@jest/globals';

import { replies, type Reply } from '../support/scripted-service.ts';
import { trackOne } from '../support/track-one.ts';
import { HOUR, MINUTE, pass, SECOND, startTracker } from '../support/tracker-kit.ts';

const miss = replies.body({});

describe('the confirmation', () => {
  it('that finds the message with an outcome reports the outcome', async () => {
    const { delivery } = trackOne(miss, replies.found('m1', 'SENT'));
    await pass(5 * SECOND);
    expect(delivery.state).toMatchObject({ status: 'SENT', evidence: 'status' });
  });

  it('that finds the message without a status proves that it was not denied', async () => {
    const { delivery } = trackOne(miss, replies.found('m1'), { polling: { giveUpAfterMs: 6 * HOUR } });
    await pass(5 * HOUR);
    expect(delivery.state.status).toBe('PENDING');
    await pass(2 * HOUR);
    expect(delivery.state).toMatchObject({ status: 'UNKNOWN', reason: 'deadline' });
  });

  it('that has been forbidden for a minute is replaced by a second miss', async () => {
    const { delivery, track, service } = trackOne(miss, replies.forbidden());
    await pass(MINUTE);
    expect(delivery.state.status).toBe('PENDING');
    await pass(MINUTE);
    expect(delivery.state).toMatchObject({ status: 'DENIED', evidence: 'missing' });
    expect(service.count()).toBeLessThan(40);
    const later = track('m2');
    await pass(15 * SECOND);
    expect(later.state).toMatchObject({ status: 'DENIED', evidence: 'missing' });
  });

  it('that is refused only for a moment is repeated, and decides', async () => {
    const { track, service } = startTracker();
    service.answer('status', miss);
    service.answer('message', replies.forbidden(), replies.forbidden(), replies.found('m1', 'SENT'));
    const delivery = track('m1');
    await pass(MINUTE);
    expect(delivery.state).toMatchObject({ status: 'SENT', evidence: 'status' });
  });

  const mute: [string, Reply][] = [
    ['a 500', replies.serverError()],
    ['a reset', replies.reset()],
    ['a page of HTML', replies.html()],
    ['a page of HTML with 404', replies.html(404)],
    [
      'an empty 404',
      { error: Object.assign(new Error('Unknown'), { name: 'Unknown', $metadata: { httpStatusCode: 404 } }) },
    ],
    ['an empty 200', replies.blank()],
    ['silence', replies.hangs()],
  ];
  it.each(mute)('that answers with %s proves nothing', async (_name, reply) => {
    const { delivery, service, story } = trackOne(miss, reply);
    await pass(HOUR);
    expect(story).toEqual(['update PENDING m1']);
    expect(service.count()).toBeLessThan(150);
    service.answer('message', replies.notFound());
    await pass(3 * HOUR);
    expect(delivery.state.status).toBe('DENIED');
  });
});

describe('an empty 200 without a request id', () => {
  it('proves nothing, however often it comes', async () => {
    const { delivery, service, story } = trackOne(replies.blank(), replies.blank(), { missing: { confirmations: 1 } });
    await pass(HOUR);
    expect(story).toEqual(['update PENDING m1']);
    service.heal('status');
    service.heal('message');
    service.settle('m1', 'SENT');
    await pass(HOUR);
    expect(delivery.state.status).toBe('SENT');
  });

  it('is a miss if GetChannelMessage returns 404, and confirmed as any other', async () => {
    const { delivery, service } = trackOne(replies.blank(), replies.notFound());
    await pass(9_990);
    expect(delivery.state.status).toBe('PENDING');
    await pass(SECOND);
    expect(delivery.state).toMatchObject({ status: 'DENIED', evidence: 'missing' });
    expect(new Set(service.story)).toEqual(new Set(['status m1', 'message m1']));
  });

  it('is overruled by a GetChannelMessage that finds the message', async () => {
    const { delivery } = trackOne(replies.blank(), replies.found('m1', 'SENT'));
    await pass(SECOND);
    expect(delivery.state).toMatchObject({ status: 'SENT', evidence: 'status' });
  });

  it('repeats GetChannelMessage after a refusal: nothing else can tell', async () => {
    const { delivery, service } = trackOne(replies.blank(), replies.forbidden());
    await pass(5 * MINUTE);
    expect(delivery.state.status).toBe('PENDING');
    service.answer('message', replies.notFound());
    await pass(10 * MINUTE);
    expect(delivery.state).toMatchObject({ status: 'DENIED', evidence: 'missing' });
  });

  it('ends UNKNOWN, not DENIED, if no confirmation is permitted', async () => {
    const { delivery } = trackOne(replies.blank(), replies.forbidden());
    await pass(49 * HOUR);
    expect(delivery.state).toMatchObject({ status: 'UNKNOWN', reason: 'deadline' });
  });
});
