import { describe, expect, it } from '@jest/globals';
import type { DeliveryState } from 'chime-delivery';

import { clientOf, eventually, startKit } from '../support/emulator-kit.ts';
import { allSettled, flowByContent, lies, liveTracker } from '../support/live-tracker.ts';

const rateLimit = { requestsPerSecond: 200, burst: 150, maxConcurrent: 16 };
const missing = { confirmations: 2, confirmDelayMs: 100, minAgeMs: 300, unseenMs: 300 };

function messageIdOf(state: DeliveryState): string {
  return 'messageId' in state ? (state.messageId ?? '') : '';
}

describe('ListChannelMessages over real HTTP', () => {
  it.each([undefined, 'sub-1'])(
    'settles many messages at once, and the denied ones singly (sub-channel: %s)',
    async (sub) => {
      const kit = await startKit({
        flow: flowByContent,
        requestsPerSecond: Infinity,
        channelRequestsPerSecond: { sends: Infinity },
      });
      const { emulator, alice, channel } = kit;
      const ChannelArn = sub === undefined ? channel : emulator.createChannel({ elastic: true });
      // Nothing is polled before all is decided: then one reconcile polls everything.
      const polling = { firstDelayMs: 3_600_000, maxDelayMs: 3_600_000 };
      const { tracker } = liveTracker(clientOf(emulator), alice, { missing, polling, rateLimit });
      const deliveries = Array.from({ length: 120 }, (_, i) =>
        tracker.send({
          ChannelArn,
          Content: ['SENT 100', 'FAILED 100', 'SENT 150', 'DENIED 100'][i % 40 === 3 ? 3 : i % 3] ?? '',
          Type: 'STANDARD',
          Persistence: 'PERSISTENT',
          ...(sub === undefined ? {} : { SubChannelId: sub }),
        }),
      );
      const decided = (): boolean => emulator.messages.filter(({ status }) => status !== 'PENDING').length === 120;
      await eventually(() => decided() && deliveries.every(({ state }) => state.status !== 'SENDING'));
      // All of them, unless a send was repeated: its second response has the outcome.
      const open = deliveries.filter(({ state }) => state.status === 'PENDING');
      expect(open.length).toBeGreaterThan(100);
      const denied = open.filter(({ state }) => emulator.truth(messageIdOf(state)) === 'DENIED').length;
      const stored = open.length - denied;
      const before = emulator.log.length;
      const report = await tracker.reconcile();
      const asked = emulator.log.slice(before);
      const lists = asked.filter(({ operation }) => operation === 'ListChannelMessages');
      expect(lists.length).toBe(3);
      expect(lists.every(({ status }) => status === 200)).toBe(true);
      expect(report).toMatchObject({
        asked: open.length,
        settled: stored,
        pending: denied,
        requests: asked.length,
      });
      expect(asked.length).toBeLessThanOrEqual(9);
      void tracker.reconcile();
      const states = await allSettled(deliveries);
      expect(lies(emulator, states)).toEqual([]);
      // A message at the edge of a page may be polled singly.
      const { list, missing: missingCount, status } = tracker.stats.evidence;
      expect([list + status, missingCount]).toEqual([stored, denied]);
      expect(status).toBeLessThanOrEqual(3);
      expect(tracker.stats.requests.list).toBe(3);
    },
  );

  it('is given up if the policy forbids it, and every outcome is true all the same', async () => {
    const { emulator, alice, channel } = await startKit({
      flow: flowByContent,
      requestsPerSecond: Infinity,
      channelRequestsPerSecond: { sends: Infinity, gets: Infinity },
      permissions: (_bearer, subject) => subject !== 'ListChannelMessages',
    });
    const polling = { firstDelayMs: 200, maxDelayMs: 400 };
    const { tracker } = liveTracker(clientOf(emulator), alice, { missing, polling, rateLimit });
    const deliveries = Array.from({ length: 30 }, (_, i) =>
      tracker.send({
        ChannelArn: channel,
        Content: i % 5 === 0 ? 'DENIED 50' : 'SENT 300',
        Type: 'STANDARD',
        Persistence: 'PERSISTENT',
      }),
    );
    const states = await allSettled(deliveries);
    expect(lies(emulator, states)).toEqual([]);
    expect(emulator.log.filter(({ operation }) => operation === 'ListChannelMessages').length).toBeLessThanOrEqual(1);
    expect(tracker.stats.evidence.list).toBe(0);
  });
});
