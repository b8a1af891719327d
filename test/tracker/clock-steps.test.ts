// Ages, deadlines, windows and delays are durations: a step of the wall clock ends nothing and delays nothing.

import { describe, expect, it, jest } from '@jest/globals';

import { replies } from '../support/scripted-service.ts';
import { HOUR, MINUTE, pass, SECOND, startTracker } from '../support/tracker-kit.ts';

const DAY = 24 * HOUR;
const steps: [string, number][] = [
  ['three days forward', 3 * DAY],
  ['two hours forward', 2 * HOUR],
  ['a second forward', SECOND],
  ['three days back', -3 * DAY],
  ['a year back', -365 * DAY],
];

/** The clock is set; no time passes. */
function step(ms: number): void {
  jest.setSystemTime(Date.now() + ms);
}

/** When requests left, by the monotonic clock. */
function requestTimes(service: { client: { send: unknown } }): number[] {
  const times: number[] = [];
  const began = performance.now();
  const send = service.client.send as (...args: unknown[]) => unknown;
  Object.assign(service.client, {
    send: (...args: unknown[]) => {
      times.push(Math.round(performance.now() - began));
      return send(...args);
    },
  });
  return times;
}

describe.each(steps)('a clock that is set %s', (_name, ms) => {
  it('does not change when a pending message is polled, and its outcome is found', async () => {
    const { track, service } = startTracker();
    const times = requestTimes(service);
    const delivery = track('m1');
    await pass(2 * SECOND);
    step(ms);
    await pass(30 * SECOND);
    expect(delivery.state.status).toBe('PENDING');
    service.settle('m1', 'SENT');
    await pass(60 * SECOND);
    expect(delivery.state).toMatchObject({ status: 'SENT', evidence: 'status' });
    const undisturbed = startTracker();
    const expected = requestTimes(undisturbed.service);
    undisturbed.track('m1');
    await pass(32 * SECOND);
    undisturbed.service.settle('m1', 'SENT');
    await pass(60 * SECOND);
    expect(times).toEqual(expected);
  });

  it('does not change how soon a later message is polled', async () => {
    const { track, service } = startTracker();
    track('m1');
    await pass(2 * SECOND);
    step(ms);
    const delivery = track('m2');
    service.settle('m2', 'SENT');
    await pass(SECOND);
    expect(delivery.state.status).toBe('SENT');
  });

  it('does not affect a send in flight, and one whose response was lost is sent again', async () => {
    const { send, service } = startTracker();
    service.answer('send', replies.late(2 * SECOND, replies.accepted('m1', 'PENDING')));
    const underWay = send();
    await pass(SECOND);
    service.answer('send', replies.reset(), replies.reset(), (call) => service.acceptSend(call));
    const lost = send();
    await pass(100);
    step(ms);
    await pass(30 * SECOND);
    expect([underWay.state.status, lost.state.status]).toEqual(['PENDING', 'PENDING']);
    expect(service.count('send')).toBe(4);
  });

  it('does not change the elapsed time of a delivery', async () => {
    const { track, service } = startTracker();
    const begun = Date.now();
    const delivery = track('m1');
    await pass(5 * SECOND);
    step(ms);
    service.settle('m1', 'SENT');
    await pass(30 * SECOND);
    const { trackedAt, settledAt } = { settledAt: 0, ...delivery.state };
    expect(trackedAt).toBe(begun);
    expect(settledAt - trackedAt).toBeGreaterThan(5 * SECOND);
    expect(settledAt - trackedAt).toBeLessThan(30 * SECOND);
  });

  it('does not move the deadline', async () => {
    const { track } = startTracker({ polling: { giveUpAfterMs: 10 * MINUTE } });
    const delivery = track('m1');
    await pass(MINUTE);
    step(ms);
    await pass(9 * MINUTE - SECOND);
    expect(delivery.state.status).toBe('PENDING');
    await pass(2 * SECOND);
    expect(delivery.state).toMatchObject({ status: 'UNKNOWN', reason: 'deadline' });
  });

  it('denies an unseen message no sooner and no later', async () => {
    const { track, service } = startTracker();
    service.settle('m1', 'DENIED');
    const delivery = track('m1');
    await pass(SECOND);
    step(ms);
    await pass(8 * SECOND);
    expect(delivery.state.status).toBe('PENDING');
    await pass(6 * SECOND);
    expect(delivery.state).toMatchObject({ status: 'DENIED', evidence: 'missing' });
  });

  it('changes neither the resend window nor how long a send may wait to leave', async () => {
    const { send, service } = startTracker({ send: { resendWindowMs: 5 * MINUTE } });
    service.answer('send', replies.reset());
    const lost = send();
    await pass(MINUTE);
    step(ms);
    await pass(3 * MINUTE);
    expect(lost.state.status).toBe('SENDING');
    await pass(2 * MINUTE);
    expect(lost.state).toMatchObject({ status: 'UNKNOWN', reason: 'indeterminate' });
  });

  it('makes a refusal final no sooner', async () => {
    const { track, service } = startTracker();
    for (const way of ['status', 'message', 'list'] as const) service.answer(way, replies.forbidden());
    const delivery = track('m1');
    await pass(5 * SECOND);
    step(ms);
    await pass(30 * SECOND);
    expect(delivery.state.status).toBe('PENDING');
    for (const way of ['status', 'message', 'list'] as const) service.heal(way);
    service.settle('m1', 'SENT');
    await pass(30 * SECOND);
    expect(delivery.state.status).toBe('SENT');
  });
});

describe('a clock that is set again and again', () => {
  it('ends nothing and delays nothing', async () => {
    const { send, track, service } = startTracker();
    const times = requestTimes(service);
    const [sent, tracked] = [send(), track('m9')];
    for (let i = 0; i < 60; i += 1) {
      step((i % 2 === 0 ? 1 : -1) * (i + 1) * HOUR);
      await pass(SECOND);
    }
    expect(times.filter((at) => at > 30 * SECOND).length).toBeGreaterThan(0);
    service.settle('m1', 'SENT');
    service.settle('m9', 'FAILED');
    for (let i = 0; i < 60; i += 1) {
      step(HOUR);
      await pass(SECOND);
    }
    expect([sent.state.status, tracked.state.status]).toEqual(['SENT', 'FAILED']);
  });
});

describe('a send that was held back before it left', () => {
  const offline = (): ReturnType<typeof replies.reset> => ({
    error: Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', syscall: 'connect' }),
  });

  it('for eleven minutes is polled like a fresh one', async () => {
    const { send, service } = startTracker();
    service.answer('send', offline());
    const delivery = send();
    await pass(11 * MINUTE);
    expect(delivery.state.status).toBe('SENDING');
    service.heal('send');
    while (delivery.state.status === 'SENDING') await pass(100);
    const left = service.times('send').at(-1) ?? 0;
    await pass(25 * SECOND);
    const looks = service.times('status').map((at) => at - left);
    expect(looks[0]).toBeLessThan(SECOND);
    expect(looks.filter((at) => at < 5 * SECOND).length).toBeGreaterThanOrEqual(3);
    expect(looks.length).toBeGreaterThanOrEqual(5);
    service.settle('m1', 'SENT');
    await pass(30 * SECOND);
    expect(delivery.state.status).toBe('SENT');
  });

  it('has the full time of any send once it has left', async () => {
    const { send, service } = startTracker({ polling: { giveUpAfterMs: 10 * MINUTE } });
    service.answer('send', offline());
    const delivery = send();
    await pass(11 * MINUTE);
    service.heal('send');
    while (delivery.state.status === 'SENDING') await pass(100);
    await pass(9 * MINUTE);
    expect(delivery.state.status).toBe('PENDING');
    service.settle('m1', 'SENT');
    await pass(MINUTE);
    expect(delivery.state.status).toBe('SENT');
  });
});
