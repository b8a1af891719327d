import type { ChimeSDKMessagingClient } from '@aws-sdk/client-chime-sdk-messaging';
import { describe, expect, it } from '@jest/globals';
import { faults } from 'chime-delivery/emulator';

import { clientOf, eventually, startKit } from '../support/emulator-kit.ts';
import {
  allSettled,
  attachRealSession,
  flowByContent,
  lies,
  liveTracker,
  mostArriving,
} from '../support/live-tracker.ts';

const message = { Type: 'STANDARD', Persistence: 'PERSISTENT' } as const;

/** Counts the requests of a client as they leave. */
function countDepartures(client: ChimeSDKMessagingClient): () => number {
  let departed = 0;
  client.middlewareStack.add(
    (next) => (args) => {
      departed += 1;
      return next(args);
    },
    { step: 'initialize' },
  );
  return () => departed;
}

describe('the budget, counted by the service', () => {
  it('never exceeds burst, rate and the requests in flight in a sliding second, despite client retries and frequent 500s', async () => {
    const { emulator, alice, bob, channel } = await startKit({
      flow: flowByContent,
      channelRequestsPerSecond: { sends: Infinity, gets: Infinity },
      seed: 3,
    });
    emulator.fault(faults.serverError({ probability: 0.4 }));
    const rateLimit = { requestsPerSecond: 15, burst: 10, maxConcurrent: 4 };
    const polling = { firstDelayMs: 50, maxDelayMs: 200 };
    const retry = { retries: 3, minTimeoutMs: 20, maxTimeoutMs: 100 };
    const users = [alice, bob].map((user) => {
      const client = clientOf(emulator, { maxAttempts: 3 });
      const departed = countDepartures(client);
      return { user, departed, ...liveTracker(client, user, { rateLimit, polling, retry }) };
    });
    const deliveries = users.flatMap(({ tracker }) =>
      Array.from({ length: 25 }, (_, i) =>
        tracker.send({ ...message, ChannelArn: channel, Content: i % 4 === 0 ? 'DENIED 100' : 'SENT 500' }),
      ),
    );
    const states = await allSettled(deliveries);
    expect(lies(emulator, states)).toEqual([]);
    for (const { user, tracker, departed } of users) {
      const arrivals = emulator.log.filter(({ bearer }) => bearer === user);
      expect(emulator.maxInSlidingSecond(user)).toBeLessThanOrEqual(mostArriving(rateLimit));

      const { send, status, message: second, list } = tracker.stats.requests;
      expect([departed(), send + status + second + list]).toEqual([arrivals.length, arrivals.length]);
      expect(arrivals.filter(({ status: answered }) => answered === 500).length).toBeGreaterThan(10);
    }
    // The SDK numbers its attempts if its retries are on: they are off for every command of ours.
    expect(new Set(emulator.log.map(({ attempt }) => attempt))).toEqual(new Set([undefined]));
  });

  it('is used by sends alone while the websocket is up', async () => {
    const { emulator, alice, channel } = await startKit({
      flow: flowByContent,
      channelRequestsPerSecond: { sends: Infinity },
    });
    const client = clientOf(emulator, { maxAttempts: 3 });
    const { tracker } = liveTracker(client, alice, { rateLimit: { requestsPerSecond: 50, burst: 20 } });
    await attachRealSession(tracker, emulator, client, alice);
    const fates = ['SENT 0', 'DENIED 50', 'FAILED 200', 'SENT 800', 'DENIED 1200'];
    const states = await allSettled(
      Array.from({ length: 40 }, (_, i) =>
        tracker.send({ ...message, ChannelArn: channel, Content: fates[i % fates.length] }),
      ),
    );
    expect(lies(emulator, states)).toEqual([]);
    expect(states.every((state) => state.polls === 0 && 'evidence' in state && state.evidence === 'websocket')).toBe(
      true,
    );
    expect(tracker.stats).toMatchObject({
      polls: 0,
      requests: { send: 40, status: 0, message: 0, list: 0 },
      link: 'up',
    });
    expect(emulator.log.filter(({ bearer }) => bearer === alice).map(({ operation }) => operation)).toEqual(
      Array.from({ length: 40 }, () => 'SendChannelMessage'),
    );
  });

  it('slows down after a 429, and every message still ends with the true outcome', async () => {
    const { emulator, alice, channel } = await startKit({
      flow: flowByContent,
      requestsPerSecond: 10,
      retryAfterSeconds: 1,
      channelRequestsPerSecond: { sends: Infinity },
    });
    const { tracker, events } = liveTracker(clientOf(emulator, { maxAttempts: 3 }), alice, {
      rateLimit: { requestsPerSecond: 20, burst: 20, maxConcurrent: 10 },
      polling: { firstDelayMs: 100, maxDelayMs: 500 },
    });
    const deliveries = Array.from({ length: 15 }, () =>
      tracker.send({ ...message, ChannelArn: channel, Content: 'SENT 300' }),
    );
    await eventually(() => events.includes('throttled'));
    expect(lies(emulator, await allSettled(deliveries))).toEqual([]);
    expect(tracker.stats.throttles).toBe(emulator.log.filter(({ status }) => status === 429).length);
    expect(emulator.messages).toHaveLength(15);
  });
});
