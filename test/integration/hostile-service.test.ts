import { describe, expect, it } from '@jest/globals';
import type { Delivery } from 'chime-delivery';
import { faults, type ConnectionRecord } from 'chime-delivery/emulator';

import { clientOf, eventually, startKit } from '../support/emulator-kit.ts';
import { allSettled, attachRealSession, flowByContent, lies, liveTracker } from '../support/live-tracker.ts';

const EACH = 150;
const asked = ['SendChannelMessage', 'GetChannelMessageStatus', 'GetChannelMessage'] as const;
const fates = ['SENT 50', 'SENT 900', 'DENIED 100', 'FAILED 300', 'SENT 3000', 'DENIED 1500', 'SENT 0'];

function isUp({ establishedAt, closedAt }: ConnectionRecord): boolean {
  return establishedAt !== undefined && closedAt === undefined;
}

describe('a hostile service', () => {
  it('ends 300 messages of two bearers exactly once each, all true, none UNKNOWN, none twice', async () => {
    const kit = await startKit({
      flow: flowByContent,
      readLagMs: 1_500,
      requestsPerSecond: 20,
      channelRequestsPerSecond: { sends: Infinity, lists: Infinity, gets: Infinity },
      seed: 7,
    });
    const { emulator, alice, bob, channel } = kit;
    for (const operation of asked) {
      emulator.fault(faults.serverError({ operation, probability: 0.05 }));
      emulator.fault(faults.serverError({ operation, probability: 0.05, applied: 'after' }));
      emulator.fault(faults.reset({ operation, probability: 0.025 }));
      emulator.fault(faults.reset({ operation, probability: 0.025, applied: 'after' }));
      emulator.fault(faults.hang({ operation, probability: 0.025 }));
      emulator.fault(faults.hang({ operation, probability: 0.025, applied: 'after' }));
    }
    const users = await Promise.all(
      [alice, bob].map(async (user) => {
        const client = clientOf(emulator, { maxAttempts: 3 });
        const live = liveTracker(client, user, {
          rateLimit: { requestsPerSecond: 80, burst: 80, maxConcurrent: 16 },
          polling: { quietMs: 3_000 },
          missing: { unseenMs: 2_500 },
          requestTimeoutMs: 1_500,
        });
        const session = await attachRealSession(live.tracker, emulator, client, user);
        return { ...live, session };
      }),
    );

    const deliveries: Delivery[] = [];
    for (let i = 0; i < EACH; i += 1) {
      for (const { tracker } of users) {
        const Content = `${fates[i % fates.length]} number ${i}`;
        deliveries.push(tracker.send({ ChannelArn: channel, Content, Type: 'STANDARD', Persistence: 'PERSISTENT' }));
      }
    }
    for (const milestone of [80, 220]) {
      await eventually(() => emulator.messages.length >= milestone);
      // Both are up, so that both drop, each time.
      await eventually(() => emulator.connections.filter(isUp).length === users.length);
      emulator.dropSockets();
    }
    const states = await allSettled(deliveries);

    expect(lies(emulator, states)).toEqual([]);
    expect(emulator.messages).toHaveLength(2 * EACH);
    expect(new Set(emulator.messages.map(({ token }) => token)).size).toBe(2 * EACH);
    const endings = users.flatMap((user) => [...user.endings.values()]);
    expect(endings.map((told) => told.length)).toEqual(Array.from({ length: 2 * EACH }, () => 1));
    const { stats } = users[0]?.tracker ?? {};
    expect(stats).toMatchObject({ pending: 0, settled: { UNKNOWN: 0 } });
    const drops = users.map(
      ({ session }) =>
        () =>
          session.story.filter((line) => line === 'reconnecting').length >= 2,
    );
    for (const dropped of drops) await eventually(dropped);
    // The service was as hostile as configured.
    const kinds = new Set(emulator.log.map(({ fault, status }) => fault ?? status));
    expect([...kinds]).toEqual(expect.arrayContaining(['error', 'reset', 'hang', 429, 201, 200]));
  });
});
