import { describe, expect, it } from '@jest/globals';
import type { Delivery, DeliveryTracker } from 'chime-delivery';
import { faults, type FaultRule } from 'chime-delivery/emulator';

import { clientOf, eventually, startKit, type Kit } from '../support/emulator-kit.ts';
import { allSettled, faulty, flowByContent, lies, liveTracker, type LiveTracker } from '../support/live-tracker.ts';

const fates = ['SENT 0', 'FAILED 100', 'SENT 300', 'DENIED 0', 'SENT 100'];

async function startLive(options = {}): Promise<Kit & LiveTracker> {
  const kit = await startKit({ flow: flowByContent, ...options });
  const live = liveTracker(clientOf(kit.emulator, { maxAttempts: 3 }), kit.alice, {
    polling: { firstDelayMs: 100, factor: 1.2, maxDelayMs: 300 },
    missing: { confirmDelayMs: 300, minAgeMs: 500, unseenMs: 500 },
    retry: { retries: 1, minTimeoutMs: 50, maxTimeoutMs: 100 },
    rateLimit: { requestsPerSecond: 40, burst: 20, maxConcurrent: 8 },
    requestTimeoutMs: 1_000,
  });
  return { ...kit, ...live };
}

function sendAll(tracker: DeliveryTracker, ChannelArn: string, contents = fates): Delivery[] {
  return contents.map((Content) => tracker.send({ ChannelArn, Content, Type: 'STANDARD', Persistence: 'PERSISTENT' }));
}

const asking = ['GetChannelMessageStatus', 'GetChannelMessage', 'ListChannelMessages'] as const;

describe('sent messages on an unreliable network', () => {
  const troubles: [string, FaultRule][] = [
    ['an empty 200', faults.emptyAnswer({ operation: asking })],
    ['a 204', faults.noContent({ operation: asking })],
    ['a page of HTML with 200', faults.html({ operation: asking })],
    ['a page of HTML with 404', faults.html({ operation: asking, status: 404 })],
    ['a page of HTML with 403', faults.html({ operation: asking, status: 403 })],
    ['an empty 404', faults.emptyAnswer({ operation: asking, status: 404 })],
    ['an empty 403', faults.emptyAnswer({ operation: asking, status: 403 })],
    ['a 503', faults.unavailable({ operation: asking })],
    ['a reset', faults.reset({ operation: asking })],
  ];
  it.each(troubles)('get no invented outcome from %s, and all end true when it is over', async (_name, trouble) => {
    const { emulator, tracker, channel, endings, events } = await startLive();
    const heal = emulator.fault(trouble);
    const deliveries = sendAll(tracker, channel);
    await eventually(() => faulty(emulator) >= 20);
    expect(endings.size).toBe(0);
    expect(deliveries.map(({ state }) => state.status)).toEqual(fates.map(() => 'PENDING'));
    heal();
    const states = await allSettled(deliveries);
    expect(lies(emulator, states)).toEqual([]);
    expect([...endings.values()].every((told) => told.length === 1)).toBe(true);
    expect(events).toEqual([]);
  });

  it('get no invented outcome from expired credentials: suspended is emitted once, resumed once, and all end true', async () => {
    const { emulator, tracker, channel, endings, events } = await startLive();
    const deliveries = sendAll(tracker, channel);
    await eventually(() => emulator.messages.length === fates.length);
    const heal = emulator.fault(faults.expiredToken({ operation: [...asking, 'SendChannelMessage'] }));
    await eventually(() => events.includes('suspended'));
    const before = emulator.log.length;
    // A send comes during the suspension: it waits like the others.
    const [late] = sendAll(tracker, channel).slice(0, 1);
    // Responses from before the credentials expired have arrived by then.
    await eventually(() => emulator.log.length > before);
    const settledBefore = endings.size;
    await eventually(() => emulator.log.length >= before + 3);
    expect(endings.size).toBe(settledBefore);
    expect(late?.state.status).toBe('SENDING');
    heal();
    const states = await allSettled([...deliveries, ...(late ? [late] : [])]);
    expect(lies(emulator, states)).toEqual([]);
    expect(events).toEqual(['suspended', 'resumed']);
  });

  it('get no invented outcome from a 403 for the status: GetChannelMessage has the true one', async () => {
    const { emulator, tracker, channel, events } = await startLive({
      permissions: (_bearer: string, operation: string) => operation !== 'GetChannelMessageStatus',
    });
    const states = await allSettled(sendAll(tracker, channel));
    expect(lies(emulator, states)).toEqual([]);
    expect(emulator.log.filter(({ operation }) => operation === 'GetChannelMessageStatus').length).toBeLessThan(8);
    expect(events).toEqual([]);
  });

  it('do not end in the first minute of a 403 for everything, and all end true when it is granted', async () => {
    const { emulator, tracker, channel, endings, events } = await startLive({
      permissions: (_bearer: string, operation: string) => operation === 'SendChannelMessage',
    });
    const deliveries = sendAll(tracker, channel, ['SENT 100', 'FAILED 100', 'DENIED 100']);
    const refused = (): number => emulator.log.filter(({ status }) => status === 403).length;
    await eventually(() => refused() >= 2 * deliveries.length);
    expect(endings.size).toBe(0);
    emulator.set({ permissions: undefined });
    void tracker.reconcile();
    const states = await allSettled(deliveries);
    expect(lies(emulator, states)).toEqual([]);
    expect(events).toEqual([]);
  });
});
