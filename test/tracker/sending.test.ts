import { describe, expect, it } from '@jest/globals';
import { RequestTimeoutError } from 'chime-delivery';

import { replies, type Reply } from '../support/scripted-service.ts';
import { draft, MINUTE, pass, SECOND, startTracker, statusesOf } from '../support/tracker-kit.ts';

describe('a send with a response', () => {
  it('is SENDING at once for the local echo, and PENDING with its MessageId after the response', async () => {
    const { send, service, story } = startTracker();
    const delivery = send();
    expect(delivery.state).toEqual({
      id: delivery.id,
      operation: 'create',
      channelArn: draft.ChannelArn,
      chimeBearer: expect.stringContaining('alice'),
      status: 'SENDING',
      trackedAt: Date.now(),
      polls: 0,
      type: 'STANDARD',
      persistence: 'PERSISTENT',
      input: draft,
    });
    expect(Object.isFrozen(delivery.state)).toBe(true);
    expect(Object.isFrozen(delivery.state.input)).toBe(true);
    await pass(100);
    expect(delivery.state).toMatchObject({ id: delivery.id, status: 'PENDING', messageId: 'm1', polls: 0 });
    expect(service.requests('send').map(({ token }) => token)).toEqual([delivery.id]);
    expect(story).toEqual(['update SENDING no id', 'update PENDING m1']);
  });

  it.each(['SENT', 'FAILED', 'DENIED'] as const)(
    'settles at once without a poll if the response contains %s',
    async (word) => {
      const { send, service, story, tracker } = startTracker();
      service.answer('send', replies.accepted('m1', word));
      const delivery = send();
      await pass(10 * MINUTE);
      expect(delivery.state).toMatchObject({ status: word, evidence: 'send-response', messageId: 'm1', polls: 0 });
      const event = word === 'SENT' ? 'sent' : 'failed';
      expect(story).toEqual(['update SENDING no id', `update ${word} m1`, `${event} ${word} m1`, `settled ${word} m1`]);
      expect(service.story).toEqual(['send']);
      expect(tracker.stats).toMatchObject({ polls: 0, pending: 0, requests: { send: 1, status: 0, message: 0 } });
    },
  );

  it('carries the input of the app, and later changes of that input change no retry', async () => {
    const { tracker, service } = startTracker();
    service.answer('send', replies.reset(), (call) => service.acceptSend(call));
    const input = { ...draft, Content: 'as it was', Metadata: 'meta', SubChannelId: 'sub-1' };
    tracker.send(input);
    input.Content = 'changed';
    await pass(5 * SECOND);
    const contents = service
      .requests('send')
      .map(({ input: { Content, Metadata, SubChannelId } }) => [Content, Metadata, SubChannelId]);
    expect(contents).toEqual([
      ['as it was', 'meta', 'sub-1'],
      ['as it was', 'meta', 'sub-1'],
    ]);
  });

  it('of a token that is tracked already is not repeated, and returns the same delivery', async () => {
    const { send, service } = startTracker();
    const first = send({ ClientRequestToken: 'token-1' });
    const second = send({ ClientRequestToken: 'token-1' });
    await pass(SECOND);
    expect(second).toBe(first);
    expect(send({ ClientRequestToken: 'token-1' })).toBe(first);
    await pass(SECOND);
    expect(first.id).toBe('token-1');
    expect(service.count('send')).toBe(1);
  });

  it('accepts an event that came before the response, and settles with the response', async () => {
    const { send, service, push, story } = startTracker({ socket: 'up' });
    service.answer('send', replies.late(300, replies.accepted('m1', 'PENDING')));
    const delivery = send();
    await pass(100);
    push.tells('m1', 'PENDING');
    push.tells('m1', 'DENIED');
    push.tells('m1', 'SENT');
    expect(delivery.state.status).toBe('SENDING');
    await pass(MINUTE);
    expect(delivery.state).toMatchObject({ status: 'DENIED', evidence: 'websocket', messageId: 'm1', polls: 0 });
    expect(story).toEqual(['update SENDING no id', 'update DENIED m1', 'failed DENIED m1', 'settled DENIED m1']);
    expect(service.story).toEqual(['send']);
  });

  it('ignores an early event about another user’s message', async () => {
    const { send, service, push } = startTracker({ socket: 'up' });
    service.answer('send', replies.late(300, replies.accepted('m1', 'PENDING')));
    const delivery = send();
    await pass(100);
    push.tells('m1', 'SENT', { Sender: { Arn: 'arn:aws:chime:us-east-1:1:app-instance/x/user/mallory' } });
    await pass(SECOND);
    expect(delivery.state.status).toBe('PENDING');
  });
});

describe('a send without a response', () => {
  it('keeps its one token over every retry, also when the short retries are exhausted, so that there is one message', async () => {
    const { send, service } = startTracker();
    const lost = Array.from({ length: 17 }, () => replies.reset());
    service.answer('send', lost[0] ?? replies.reset(), ...lost, (call) => service.acceptSend(call));
    const delivery = send();
    const statuses = statusesOf(delivery);
    await pass(5 * MINUTE);
    expect(new Set(service.requests('send').map(({ token }) => token))).toEqual(new Set([delivery.id]));
    expect(service.count('send')).toBe(19);
    expect(service.created.size).toBe(1);
    expect(statuses).toEqual(['SENDING', 'PENDING']);
  });

  const faults: [string, Reply][] = [
    ['a 500', replies.serverError()],
    ['a 503', replies.refusal(503, 'ServiceUnavailableException')],
    ['a 429', replies.throttled()],
    ['a reset', replies.reset()],
    ['a dead network in a browser', replies.noNetwork()],
    ['an empty 200', replies.blank()],
    ['a page of HTML', replies.html()],
    ['a timeout', replies.hangs()],
    ['an expired token', replies.expiredToken()],
    ['a clock that is off', replies.refusal(403, 'RequestTimeTooSkewed')],
  ];
  it.each(faults)('is sent again after %s, with the same token', async (_name, fault) => {
    const { send, service, story } = startTracker();
    service.answer('send', fault, fault, (call) => service.acceptSend(call));
    const delivery = send();
    await pass(2 * MINUTE);
    expect(delivery.state.status).toBe('PENDING');
    expect(service.requests('send').map(({ token }) => token)).toEqual([delivery.id, delivery.id, delivery.id]);
    expect(story.filter((line) => line.startsWith('update'))).toEqual(['update SENDING no id', 'update PENDING m1']);
  });

  it('is UNKNOWN, never FAILED, after ten minutes without a response, and is not sent again', async () => {
    const { send, service, story } = startTracker();
    service.answer('send', replies.hangs());
    const delivery = send();
    await pass(10 * MINUTE - SECOND);
    expect(delivery.state.status).toBe('SENDING');
    expect(service.count('send')).toBeGreaterThan(20);
    await pass(2 * SECOND);
    const sends = service.count('send');
    expect(delivery.state).toMatchObject({ status: 'UNKNOWN', reason: 'indeterminate', polls: 0 });
    expect(delivery.state).toHaveProperty('error', expect.any(RequestTimeoutError));
    expect(delivery.state).toHaveProperty('settledAt', delivery.state.trackedAt + 10 * MINUTE);
    expect(story.slice(1)).toEqual(['update UNKNOWN no id', 'unknown UNKNOWN no id', 'settled UNKNOWN no id']);
    await pass(30 * MINUTE);
    expect(service.count('send')).toBe(sends);
    expect(service.underWay).toBe(0);
  });

  it('is given up after the `send.resendWindowMs` of the app', async () => {
    const { send, service } = startTracker({ send: { resendWindowMs: 30 * SECOND } });
    service.answer('send', replies.reset());
    const delivery = send();
    await pass(30 * SECOND);
    expect(delivery.state).toMatchObject({ status: 'UNKNOWN', reason: 'indeterminate' });
  });
});

describe('a send that is refused for good', () => {
  const refusals: [number, string][] = [
    [400, 'BadRequestException'],
    [400, 'ResourceLimitExceededException'],
    [403, 'ForbiddenException'],
    [403, 'AccessDeniedException'],
    [404, 'NotFoundException'],
    [413, 'PayloadTooLargeException'],
  ];
  it.each(refusals)('is FAILED with the error of a %i %s, after one request', async (status, name) => {
    const { send, service, story, tracker } = startTracker();
    service.answer('send', replies.refusal(status, name));
    const delivery = send();
    await pass(20 * MINUTE);
    expect(delivery.state).toMatchObject({ status: 'FAILED', evidence: 'rejected', error: { name } });
    expect(delivery.state).not.toHaveProperty('messageId');
    expect(service.story).toEqual(['send']);
    const spoken = story.filter((line) => line !== 'error');
    expect(spoken.slice(1)).toEqual(['update FAILED no id', 'failed FAILED no id', 'settled FAILED no id']);
    expect(tracker.stats).toMatchObject({ pending: 0, settled: { FAILED: 1 }, evidence: { rejected: 1 } });
  });

  it('by a 409 again and again is FAILED, after five requests with one token', async () => {
    const { send, service } = startTracker();
    service.answer('send', replies.refusal(409, 'ConflictException'));
    const delivery = send();
    await pass(14 * SECOND);
    expect(delivery.state.status).toBe('SENDING');
    await pass(5 * SECOND);
    expect(delivery.state).toMatchObject({
      status: 'FAILED',
      evidence: 'rejected',
      error: { name: 'ConflictException' },
    });
    await pass(20 * MINUTE);
    expect(service.requests().map(({ token }) => token)).toEqual(Array(5).fill(delivery.id));
  });

  it('reports the missing IAM action in one error event', async () => {
    const { send, service, errors } = startTracker();
    service.answer('send', replies.forbidden());
    send();
    send();
    await pass(SECOND);
    expect(errors).toMatchObject([{ code: 'MISSING_PERMISSION', action: 'chime:SendChannelMessage' }]);
  });

  it('is UNKNOWN rather than FAILED if an earlier attempt may have arrived', async () => {
    const { send, service } = startTracker();
    service.answer('send', replies.reset(), replies.refusal(409, 'ConflictException'));
    const delivery = send();
    await pass(MINUTE);
    expect(delivery.state).toMatchObject({
      status: 'UNKNOWN',
      reason: 'indeterminate',
      error: { name: 'ConflictException' },
    });
  });

  it('is FAILED if every earlier attempt was refused as well', async () => {
    const { send, service } = startTracker();
    service.answer('send', replies.throttled(), replies.forbidden());
    const delivery = send();
    await pass(MINUTE);
    expect(delivery.state).toMatchObject({ status: 'FAILED', evidence: 'rejected' });
  });
});

describe('a send with a 409', () => {
  const conflict = replies.refusal(409, 'ConflictException');

  it('is tried again with the same token, and has the result of that attempt', async () => {
    const { send, service } = startTracker();
    service.answer('send', conflict, (call) => service.acceptSend(call));
    const delivery = send();
    await pass(2 * SECOND);
    expect(delivery.state).toMatchObject({ status: 'PENDING', messageId: 'm1' });
    expect(new Set(service.requests('send').map(({ token }) => token)).size).toBe(1);
  });

  it('after a lost response has the result of one more attempt with the same token', async () => {
    const { send, service } = startTracker();
    service.answer(
      'send',
      (call) => ({ ...service.acceptSend(call), ...replies.reset(), output: undefined }),
      conflict,
      (call) => service.acceptSend(call),
    );
    const delivery = send();
    await pass(10 * SECOND);
    expect(delivery.state).toMatchObject({ status: 'PENDING', messageId: 'm1' });
    expect(service.created.size).toBe(1);
  });

  it('again and again after a lost response is UNKNOWN', async () => {
    const { send, service } = startTracker();
    service.answer('send', replies.reset(), conflict);
    const delivery = send();
    await pass(MINUTE);
    expect(delivery.state).toMatchObject({ status: 'UNKNOWN', reason: 'indeterminate' });
    expect(service.count('send')).toBe(6);
  });

  it('holds up no later sends', async () => {
    const { send, service } = startTracker();
    service.answer('send', conflict, (call) => service.acceptSend(call));
    const first = send();
    await pass(100);
    const second = send();
    await pass(100);
    expect([first.state.status, second.state.status]).toEqual(['SENDING', 'PENDING']);
  });
});
