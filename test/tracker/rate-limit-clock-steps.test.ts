// Steps of the wall clock, by days and in either direction: rate, pauses and probes are durations, and are unaffected.

import { describe, expect, it, jest } from '@jest/globals';

import { replies } from '../support/scripted-service.ts';
import { HOUR, MINUTE, mostInASecond, pass, SECOND, startTracker } from '../support/tracker-kit.ts';

const DAY = 24 * HOUR;
const steps = [-3 * DAY, -2 * HOUR, -MINUTE, MINUTE, 2 * HOUR, 3 * DAY];

function step(ms: number): void {
  jest.setSystemTime(Date.now() + ms);
}

/** When each of the service's requests left, by the monotonic clock. */
function departuresOf({ service }: ReturnType<typeof startTracker>): number[] {
  const times: number[] = [];
  const { client } = service;
  const send = client.send.bind(client);
  Object.assign(client, {
    send: (...order: Parameters<typeof send>) => {
      times.push(performance.now());
      return send(...order);
    },
  });
  return times;
}

describe.each(steps)('a step of the wall clock by %i ms', (ms) => {
  it('neither stops the sends nor lets more of them leave', async () => {
    const kit = startTracker({ send: { expireMs: 30 * DAY, resendWindowMs: 30 * DAY } });
    const times = departuresOf(kit);
    kit.service.answer('send', (call) => replies.accepted(call.token ?? '', 'SENT'));
    const deliveries = Array.from({ length: 30 }, () => kit.send());
    for (let i = 0; i < 8; i += 1) {
      await pass(700);
      step(i % 2 === 0 ? ms : -ms);
    }
    expect(deliveries.every(({ state }) => state.status === 'SENT')).toBe(true);
    expect([times.length, mostInASecond(times) <= 10]).toEqual([30, true]);
  });

  it('neither ends nor lengthens the pause after a 429', async () => {
    const kit = startTracker({ send: { expireMs: 30 * DAY, resendWindowMs: 30 * DAY } });
    const times = departuresOf(kit);
    kit.service.answer('send', replies.throttled('10'), (call) => replies.accepted(call.token ?? '', 'SENT'));
    kit.send();
    await pass(SECOND);
    step(ms);
    kit.send();
    await pass(8 * SECOND);
    expect(times).toHaveLength(1);
    await pass(3 * SECOND);
    expect(times.length).toBeGreaterThan(1);
  });

  it('delays no probe while the credentials are bad; a step forward, as after a sleep, may cost one more', async () => {
    const count = async (byMs: number): Promise<number> => {
      const kit = startTracker({ send: { expireMs: 30 * DAY, resendWindowMs: 30 * DAY } });
      kit.service.answer('send', replies.expiredToken());
      kit.send();
      await pass(2 * MINUTE);
      step(byMs);
      const before = kit.service.count();
      await pass(10 * MINUTE);
      return kit.service.count() - before;
    };
    const more = (await count(ms)) - (await count(0));
    expect(more).toBeGreaterThanOrEqual(0);
    expect(more).toBeLessThanOrEqual(ms > 0 ? 1 : 0);
  });
});
