import { describe, expect, it, jest } from '@jest/globals';
import { Subject } from 'rxjs';

import { sleepFor } from '../support/fake-time.ts';
import { replies } from '../support/scripted-service.ts';
import { chance, HOUR, MINUTE, pass, SECOND, startTracker } from '../support/tracker-kit.ts';

const DAY = 24 * HOUR;

describe('a message that stays PENDING', () => {
  it.each([
    ['early by jitter', 0, 140],
    ['without jitter', 0.5, 70],
    ['late by jitter', 0.999, 55],
  ])(
    'with polls %s (%d) costs at most %i requests in its 48 hours, then ends UNKNOWN deadline',
    async (_name, value, most) => {
      chance(value);
      const { track, service, story } = startTracker();
      const delivery = track('m1');
      await pass(2 * DAY - SECOND);
      expect(delivery.state.status).toBe('PENDING');
      expect(service.count()).toBeLessThanOrEqual(most);
      expect(service.count()).toBeGreaterThan(20);
      await pass(2 * SECOND);
      expect(delivery.state).toMatchObject({ status: 'UNKNOWN', reason: 'deadline' });
      expect(story.slice(1)).toEqual(['update UNKNOWN m1', 'unknown UNKNOWN m1', 'settled UNKNOWN m1']);
      const requests = service.count();
      await pass(DAY);
      expect(service.count()).toBe(requests);
    },
  );

  it('costs no more with the websocket up, and push may still settle it at the last moment', async () => {
    const { track, service, push } = startTracker({ socket: 'up' });
    const delivery = track('m1');
    await pass(2 * DAY - SECOND);
    expect(service.count()).toBeLessThanOrEqual(70);
    push.tells('m1', 'SENT');
    await pass(DAY);
    expect(delivery.state.status).toBe('SENT');
  });

  it('is polled once more shortly before the end', async () => {
    const { track, service } = startTracker({ polling: { giveUpAfterMs: HOUR } });
    const delivery = track('m1');
    await pass(HOUR - 20 * SECOND);
    service.settle('m1', 'FAILED');
    await pass(20 * SECOND);
    expect(delivery.state).toMatchObject({ status: 'FAILED', evidence: 'status' });
  });
});

describe('`giveUpAfterMs`', () => {
  it('ends a delivery without an outcome at that time and not before', async () => {
    const { track, service } = startTracker({ polling: { giveUpAfterMs: 10 * MINUTE } });
    service.answer('status', replies.serverError());
    const delivery = track('m1');
    await pass(10 * MINUTE - 100);
    expect(delivery.state.status).toBe('PENDING');
    await pass(200);
    expect(delivery.state).toMatchObject({ status: 'UNKNOWN', reason: 'deadline' });
    expect(delivery.state).toHaveProperty('settledAt', expect.any(Number));
  });

  it('may be shorter than anything else', async () => {
    const { track, service } = startTracker({ polling: { giveUpAfterMs: 50 } });
    service.answer('status', replies.hangs());
    const delivery = track('m1');
    await pass(MINUTE);
    expect(delivery.state).toMatchObject({ status: 'UNKNOWN', reason: 'deadline' });
  });

  it('may be longer than a timer can count', async () => {
    const { track, service } = startTracker({
      polling: { giveUpAfterMs: 100 * DAY, quietMs: 40 * DAY },
      socket: 'up',
    });
    const delivery = track('m1');
    await pass(39 * DAY);
    expect(service.count()).toBe(0);
    await pass(3 * DAY);
    expect(service.count()).toBe(1);
    await pass(60 * DAY);
    expect(delivery.state).toMatchObject({ status: 'UNKNOWN', reason: 'deadline' });
  });

  it('applies while the credentials are bad, too', async () => {
    const { track, service } = startTracker();
    service.answer('status', replies.expiredToken());
    const delivery = track('m1');
    await pass(2 * DAY + MINUTE);
    expect(delivery.state).toMatchObject({ status: 'UNKNOWN', reason: 'deadline' });
  });
});

describe('a machine that was asleep', () => {
  it('through the deadline gets one last poll, and believes it', async () => {
    const { track, service } = startTracker();
    const delivery = track('m1');
    await pass(HOUR);
    service.settle('m1', 'SENT');
    const before = service.count();
    sleepFor(5 * DAY);
    await pass(HOUR);
    expect(delivery.state).toMatchObject({ status: 'SENT', evidence: 'status' });
    expect(service.count()).toBe(before + 1);
  });

  it('in the middle of a retry does not send again with a token that the service may have forgotten', async () => {
    const { send, service, tracker } = startTracker();
    service.answer('send', replies.reset(), (call) => service.acceptSend(call));
    const delivery = send();
    await pass(30);
    sleepFor(8 * HOUR);
    await pass(MINUTE);
    expect(delivery.state).toMatchObject({ status: 'UNKNOWN', reason: 'indeterminate' });
    expect([service.count('send'), tracker.stats.requests.send]).toEqual([1, 1]);
  });

  it('in the middle of a retry does not send what should have left long ago', async () => {
    const { send, service } = startTracker();
    service.answer('send', replies.throttled(), (call) => service.acceptSend(call));
    const delivery = send();
    await pass(30);
    sleepFor(5 * DAY);
    await pass(MINUTE);
    expect(delivery.state).toMatchObject({ status: 'FAILED', error: { code: 'SEND_EXPIRED' } });
    expect(service.count('send')).toBe(1);
  });

  it('ends UNKNOWN deadline if that poll finds PENDING', async () => {
    const { track, service } = startTracker();
    const delivery = track('m1');
    await pass(HOUR);
    const before = service.count();
    sleepFor(5 * DAY);
    await pass(HOUR);
    expect(delivery.state).toMatchObject({ status: 'UNKNOWN', reason: 'deadline' });
    expect(service.count()).toBe(before + 1);
  });

  it('and has no network when it wakes does not wait for ever', async () => {
    const { track, service } = startTracker();
    const delivery = track('m1');
    await pass(HOUR);
    service.answer('status', replies.hangs());
    sleepFor(5 * DAY);
    await pass(2 * HOUR);
    expect(delivery.state).toMatchObject({ status: 'UNKNOWN', reason: 'deadline' });
  });

  it('for a while polls overdue deliveries at once when `wake$` emits', async () => {
    const wake$ = new Subject<void>();
    const { track, service } = startTracker({ wake$ });
    const delivery = track('m1');
    await pass(10 * HOUR);
    service.settle('m1', 'SENT');
    sleepFor(10 * HOUR);
    wake$.next();
    await pass(2 * SECOND);
    expect(delivery.state).toMatchObject({ status: 'SENT', evidence: 'status' });
  });

  it('for a while polls a new message as soon as ever, although an old poll is overdue', async () => {
    const { track, service } = startTracker();
    track('m1');
    await pass(10 * HOUR);
    sleepFor(10 * HOUR);
    service.settle('m2', 'SENT');
    const delivery = track('m2');
    await pass(2 * SECOND);
    expect(delivery.state).toMatchObject({ status: 'SENT', evidence: 'status' });
  });

  it('and gets no wake signal notices the sleep itself within minutes', async () => {
    const { track, service } = startTracker();
    const delivery = track('m1');
    await pass(20 * HOUR);
    service.settle('m1', 'SENT');
    sleepFor(10 * HOUR);
    await pass(5 * MINUTE);
    expect(delivery.state).toMatchObject({ status: 'SENT', evidence: 'status' });
  });

  it('does not send again a message that grew too old meanwhile', async () => {
    const { send, service } = startTracker();
    service.answer('send', replies.reset());
    const delivery = send();
    await pass(20 * SECOND);
    const sends = service.count('send');
    sleepFor(HOUR);
    await pass(MINUTE);
    expect(delivery.state).toMatchObject({ status: 'UNKNOWN', reason: 'indeterminate' });
    expect(service.count('send')).toBeLessThanOrEqual(sends + 1);
  });

  it('whose clock is set back keeps polling', async () => {
    const { track, service } = startTracker();
    const delivery = track('m1');
    await pass(5 * MINUTE);
    jest.setSystemTime(Date.now() - 10 * HOUR);
    await pass(2 * MINUTE);
    service.settle('m1', 'SENT');
    await pass(5 * MINUTE);
    expect(delivery.state.status).toBe('SENT');
  });
});

describe('a clock that is set while a send is in flight', () => {
  it.each([3 * DAY, -3 * DAY])('by %i ms neither ends the send nor makes it wait', async (step) => {
    const { send, service } = startTracker({ send: { expireMs: HOUR, resendWindowMs: 10 * MINUTE } });
    service.answer('send', replies.reset());
    const delivery = send();
    await pass(20 * SECOND);
    jest.setSystemTime(Date.now() + step);
    await pass(SECOND);
    expect(delivery.state.status).toBe('SENDING');
    service.heal('send');
    await pass(31 * SECOND);
    expect(delivery.state).toHaveProperty('messageId', 'm1');
  });

  it.each([3 * DAY, -3 * DAY])('by %i ms neither shortens nor prolongs how long the send is retried', async (step) => {
    const { send, service } = startTracker({ send: { expireMs: HOUR, resendWindowMs: 10 * MINUTE } });
    service.answer('send', replies.reset());
    const delivery = send();
    await pass(20 * SECOND);
    jest.setSystemTime(Date.now() + step);
    await pass(9 * MINUTE);
    expect(delivery.state.status).toBe('SENDING');
    await pass(MINUTE);
    expect(delivery.state).toMatchObject({ status: 'UNKNOWN', reason: 'indeterminate' });
  });

  it.each([3 * DAY, -3 * DAY])(
    'by %i ms neither shortens nor prolongs how long the send may wait to leave',
    async (step) => {
      const { send, service } = startTracker({ send: { expireMs: HOUR } });
      service.answer('send', replies.expiredToken());
      const delivery = send();
      await pass(20 * SECOND);
      jest.setSystemTime(Date.now() + step);
      await pass(HOUR - MINUTE);
      expect(delivery.state.status).toBe('SENDING');
      await pass(MINUTE);
      expect(delivery.state).toMatchObject({ status: 'FAILED', error: { code: 'SEND_EXPIRED' } });
    },
  );
});
