// A message may be readable only seconds after its send: a message that was never seen does not count as missing before
// that.

import { describe, expect, it } from '@jest/globals';

import { replies, type Call, type Reply, type ScriptedService } from '../support/scripted-service.ts';
import { MINUTE, pass, SECOND, startTracker } from '../support/tracker-kit.ts';

const shapes: [string, Reply][] = [
  ['an empty status', replies.body({})],
  ['404', replies.notFound()],
];

/** Reads miss each message until it is so old; sends get their response at once. */
function lag(service: ScriptedService, ms: number, shape: Reply): void {
  const sentAt = new Map<string, number>();
  service.answer('send', (call) => {
    const reply = service.acceptSend(call);
    const { MessageId } = reply.output as { MessageId: string };
    sentAt.set(MessageId, sentAt.get(MessageId) ?? call.at);
    return reply;
  });
  const late = (missing: Reply, told: (call: Call) => Reply) => (call: Call) =>
    call.at - (sentAt.get(call.messageId ?? '') ?? 0) < ms ? missing : told(call);
  service.answer(
    'status',
    late(shape, (call) => service.tellStatus(call)),
  );
  service.answer(
    'message',
    late(replies.notFound(), (call) => service.tellMessage(call)),
  );
  service.answer('list', replies.rows([]));
}

describe.each([2_500, 4_000, 8_000])('a message that is first readable %i ms after its send', (ms) => {
  it.each(shapes)('and reads as %s before is not DENIED', async (_shape, shape) => {
    const { send, service, story } = startTracker();
    lag(service, ms, shape);
    const deliveries = Array.from({ length: 5 }, () => send());
    await pass(100);
    for (let i = 1; i <= 5; i += 1) service.settle(`m${i}`, 'SENT');
    await pass(MINUTE);
    expect(deliveries.map(({ state }) => state.status)).toEqual(deliveries.map(() => 'SENT'));
    expect(story.filter((line) => line.startsWith('failed'))).toEqual([]);
  });

  it.each(shapes)('and reads as %s before is DENIED once it is denied', async (_shape, shape) => {
    const { send, service } = startTracker();
    lag(service, ms, shape);
    const delivery = send();
    await pass(12 * SECOND);
    expect(delivery.state.status).toBe('PENDING');
    service.settle('m1', 'DENIED');
    await pass(MINUTE);
    expect(delivery.state).toMatchObject({ status: 'DENIED', evidence: 'missing' });
  });
});

describe('the wait for a message that is not readable yet', () => {
  it.each(shapes)('lasts fifteen seconds at most by default (%s)', async (_shape, shape) => {
    const { send, service } = startTracker();
    service.answer('status', shape);
    service.answer('message', replies.notFound());
    const delivery = send();
    await pass(15 * SECOND);
    expect(delivery.state).toMatchObject({ status: 'DENIED', evidence: 'missing' });
  });

  it('lasts as long as the app has set', async () => {
    const { send, service } = startTracker({ missing: { unseenMs: 20_000 } });
    lag(service, 18_000, replies.notFound());
    const delivery = send();
    await pass(100);
    service.settle('m1', 'SENT');
    await pass(MINUTE);
    expect(delivery.state.status).toBe('SENT');
  });

  it('is shorter if the last twenty messages were readable at their first read', async () => {
    const { send, service } = startTracker({ polling: { learn: false }, rateLimit: { requestsPerSecond: 100 } });
    for (let i = 1; i <= 20; i += 1) {
      send();
      await pass(SECOND);
      service.settle(`m${i}`, 'SENT');
    }
    const denied = send();
    await pass(50);
    service.settle('m21', 'DENIED');
    await pass(4 * SECOND);
    expect(denied.state).toMatchObject({ status: 'DENIED', evidence: 'missing' });
    // One later message that is readable late cancels that.
    lag(service, 1_200, replies.notFound());
    const late = send();
    await pass(5 * SECOND);
    expect(late.state.status).toBe('PENDING');
    service.answer('status', replies.notFound());
    service.answer('message', replies.notFound());
    const next = send();
    await pass(9 * SECOND);
    expect(next.state.status).toBe('PENDING');
  });

  it('is not shortened by messages of `track`: their send time is unknown', async () => {
    const { track, service } = startTracker({ polling: { learn: false } });
    for (let i = 1; i <= 25; i += 1) {
      track(`m${i}`);
      await pass(SECOND);
      service.settle(`m${i}`, 'SENT');
    }
    service.settle('m26', 'DENIED');
    const denied = track('m26');
    await pass(9 * SECOND);
    expect(denied.state.status).toBe('PENDING');
  });
});
