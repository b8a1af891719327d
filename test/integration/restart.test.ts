import { describe, expect, it } from '@jest/globals';
import type { Delivery, DeliveryStore, DeliveryTracker } from 'chime-delivery';
import { faults } from 'chime-delivery/emulator';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createStorage } from 'unstorage';
import fsDriver from 'unstorage/drivers/fs';

import { afterTest, clientOf, eventually, startKit } from '../support/emulator-kit.ts';
import { flowByContent, lies, liveTracker, mostArriving } from '../support/live-tracker.ts';

const fates = ['SENT 0', 'FAILED 300', 'SENT 700', 'DENIED 400', 'SENT 100'];
const options = {
  polling: { firstDelayMs: 100, factor: 1.2, maxDelayMs: 300 },
  missing: { confirmDelayMs: 100, minAgeMs: 300, unseenMs: 300 },
  retry: { retries: 1, minTimeoutMs: 50, maxTimeoutMs: 100 },
  requestTimeoutMs: 1_000,
};
const quick = { requestsPerSecond: 100, burst: 50, maxConcurrent: 20 };

async function files(): Promise<DeliveryStore> {
  const base = await mkdtemp(join(tmpdir(), 'chime-delivery-restart-'));
  afterTest(() => rm(base, { recursive: true }));
  return createStorage({ driver: fsDriver({ base }) });
}

function sendAll(tracker: DeliveryTracker, ChannelArn: string): Delivery[] {
  return fates.map((Content) => tracker.send({ ChannelArn, Content, Type: 'STANDARD', Persistence: 'PERSISTENT' }));
}

describe('a process that is restarted on the same files', () => {
  it('finds the true outcome of what was pending', async () => {
    const { emulator, alice, channel } = await startKit({ flow: flowByContent });
    const store = await files();
    const first = liveTracker(clientOf(emulator), alice, { ...options, rateLimit: quick, store });
    const deliveries = sendAll(first.tracker, channel);
    await eventually(() => deliveries.every(({ state }) => state.status !== 'SENDING'));
    const settled = first.endings.size;
    await first.tracker.close();
    const second = liveTracker(clientOf(emulator), alice, { ...options, rateLimit: quick, store });
    expect(await second.tracker.restored).toBe(fates.length - settled);
    await eventually(() => second.tracker.stats.pending === 0);
    const endings = [...first.endings.values(), ...second.endings.values()].flat();
    expect(endings.map(({ id }) => id).toSorted()).toEqual(deliveries.map(({ id }) => id).toSorted());
    expect(lies(emulator, endings)).toEqual([]);
    await second.tracker.close();
    expect(await store.getKeys()).toEqual([]);
  });

  it('sends unanswered messages once more, in order, and there is one of each', async () => {
    const { emulator, alice, channel } = await startKit({ flow: flowByContent });
    const store = await files();
    const heal = emulator.fault(faults.hang({ operation: 'SendChannelMessage', applied: 'after' }));
    const first = liveTracker(clientOf(emulator), alice, { ...options, rateLimit: quick, store });
    const deliveries = sendAll(first.tracker, channel);
    await eventually(() => emulator.messages.length === fates.length);
    await first.tracker.close();
    heal();
    const second = liveTracker(clientOf(emulator), alice, { ...options, rateLimit: quick, store });
    expect(await second.tracker.restored).toBe(fates.length);
    await eventually(() => second.tracker.stats.pending === 0);
    expect(lies(emulator, [...second.endings.values()].flat())).toEqual([]);
    expect([...second.endings.keys()].toSorted()).toEqual(deliveries.map(({ id }) => id).toSorted());
    expect(emulator.messages).toHaveLength(fates.length);
  });

  it('sends what could not leave, since no connection was made, when it can', async () => {
    const { emulator, alice, channel } = await startKit({ flow: flowByContent });
    const nobody = await startKit();
    const nowhere = clientOf(nobody.emulator);
    await nobody.emulator.close();
    const store = await files();
    const first = liveTracker(nowhere, alice, { ...options, rateLimit: quick, store });
    const [delivery] = sendAll(first.tracker, channel);
    await eventually(
      async () => (await store.getKeys()).filter((key) => key.includes(':held-')).length === fates.length,
    );
    expect(delivery?.state.status).toBe('SENDING');
    await first.tracker.close();
    const second = liveTracker(clientOf(emulator), alice, { ...options, rateLimit: quick, store });
    await eventually(() => emulator.messages.length === fates.length && second.tracker.stats.pending === 0);
    expect(emulator.messages.map(({ content }) => content)).toEqual(fates);
    expect(lies(emulator, [...second.endings.values()].flat())).toEqual([]);
  });

  it('polls within the budget from its first second on', async () => {
    const { emulator, alice, channel, sent } = await startKit({
      flow: () => ({ outcome: 'SENT', afterMs: 60_000 }),
      channelRequestsPerSecond: { sends: Infinity, gets: Infinity },
      // No page settles many: each of them needs a request.
      permissions: (_bearer, subject) => subject !== 'ListChannelMessages',
    });
    const store = await files();
    const ids = await Promise.all(Array.from({ length: 60 }, () => sent()));
    const first = liveTracker(clientOf(emulator), alice, { store, rateLimit: { requestsPerSecond: 0.01, burst: 1 } });
    for (const messageId of ids) first.tracker.track({ channelArn: channel, messageId });
    await first.tracker.close();
    const before = emulator.log.length;
    const rateLimit = { requestsPerSecond: 10, burst: 10, maxConcurrent: 4 };
    const second = liveTracker(clientOf(emulator), alice, { store, rateLimit, polling: { firstDelayMs: 60_000 } });
    expect(await second.tracker.restored).toBe(60);
    await eventually(() => emulator.log.length >= before + 30);
    const times = emulator.log.slice(before).map(({ at }) => at);
    const most = Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + 1_000).length));
    expect(most).toBeLessThanOrEqual(mostArriving(rateLimit));
  });
});
