import { describe, expect, it } from '@jest/globals';
import type { DeniedShape } from 'chime-delivery/emulator';

import { clientOf, startKit } from '../support/emulator-kit.ts';
import { allSettled, flowByContent, lies, liveTracker, requestsFor } from '../support/live-tracker.ts';

const missing = { confirmations: 2, confirmDelayMs: 350, minAgeMs: 300, unseenMs: 300 };
const polling = { firstDelayMs: 60, factor: 1.5, maxDelayMs: 200 };

const shapes: readonly DeniedShape[] = ['empty', 'no-status', 'null', 'not-found'];
const cases = shapes.flatMap((deniedShape) => [false, true].map((hideRequestId) => ({ deniedShape, hideRequestId })));

describe('a denied message, in any shape of the service', () => {
  it.each(cases)('is DENIED with %j, never before the confirmation, and others never are', async (shape) => {
    // The lag is shorter than the confirmation delay: a tracker that believes a first miss fails here.
    const kit = await startKit({ flow: flowByContent, readLagMs: 250, ...shape });
    const { emulator, alice, channel } = kit;
    const { tracker, endings } = liveTracker(clientOf(emulator, { maxAttempts: 3 }), alice, {
      missing,
      polling,
      rateLimit: { requestsPerSecond: 200, burst: 50, maxConcurrent: 16 },
    });
    const fates = ['DENIED 0', 'SENT 0', 'DENIED 100', 'FAILED 300', 'SENT 700', 'DENIED 600'];
    const deliveries = fates.map((Content) =>
      tracker.send({ ChannelArn: channel, Content, Type: 'STANDARD', Persistence: 'PERSISTENT' }),
    );
    const states = await allSettled(deliveries);

    expect(lies(emulator, states)).toEqual([]);
    expect(states.map(({ status }) => status)).toEqual(fates.map((fate) => fate.split(' ')[0]));
    expect([...endings.values()].every((told) => told.length === 1)).toBe(true);
    for (const state of states) {
      if (state.status !== 'DENIED') continue;
      expect(state.evidence).toBe('missing');
      const born = emulator.messages.find(({ messageId }) => messageId === state.messageId)?.createdAt ?? Infinity;
      expect(state.settledAt - born).toBeGreaterThanOrEqual(missing.minAgeMs);
      const asked = requestsFor(emulator, state.messageId);
      const last = asked.at(-1);
      expect(last).toMatchObject({ operation: 'GetChannelMessage', status: 404 });
      expect(asked.length).toBeGreaterThan(1);
      expect((last?.at ?? 0) - born).toBeGreaterThanOrEqual(missing.minAgeMs);
    }
  });
});
