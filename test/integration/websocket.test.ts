import { describe, expect, it } from '@jest/globals';
import type { Delivery, DeliveryTracker } from 'chime-delivery';

import { clientOf, eventually, startKit, type Kit } from '../support/emulator-kit.ts';
import {
  allSettled,
  attachRealSession,
  flowByContent,
  lies,
  liveTracker,
  type LiveTracker,
} from '../support/live-tracker.ts';
import type { RealSession } from '../support/real-session.ts';

const rateLimit = { requestsPerSecond: 100, burst: 30, maxConcurrent: 8 };
const fates = ['SENT 0', 'DENIED 0', 'FAILED 0', 'SENT 300', 'DENIED 300', 'FAILED 300'];

interface Live extends Kit, LiveTracker {
  readonly session: RealSession;
}

async function startLive(options = {}, session = {}): Promise<Live> {
  const kit = await startKit({
    flow: flowByContent,
    channelRequestsPerSecond: { sends: Infinity, gets: Infinity },
    ...options,
  });
  const client = clientOf(kit.emulator, { maxAttempts: 3 });
  const live = liveTracker(client, kit.alice, { rateLimit });
  return { ...kit, ...live, session: await attachRealSession(live.tracker, kit.emulator, client, kit.alice, session) };
}

function sendAll(tracker: DeliveryTracker, ChannelArn: string): Delivery[] {
  return fates.map((Content) => tracker.send({ ChannelArn, Content, Type: 'STANDARD', Persistence: 'PERSISTENT' }));
}

describe('the real session', () => {
  it('may deliver an event before the response to the send: the delivery settles with the response, without a request', async () => {
    const { emulator, tracker, channel, endings } = await startLive({ eventOrder: 'before-response' });
    const states = await allSettled(sendAll(tracker, channel));
    expect(lies(emulator, states)).toEqual([]);
    expect(states.every(({ polls }) => polls === 0)).toBe(true);
    expect([...endings.values()].map((told) => told.length)).toEqual(fates.map(() => 1));
  });

  it('may deliver every event twice, late and out of order', async () => {
    const { emulator, tracker, channel, endings, session } = await startLive({
      eventCopies: 2,
      eventDelayMs: (event: { type: string }) => (event.type.startsWith('PENDING') ? 200 : 20),
    });
    const states = await allSettled(sendAll(tracker, channel));
    await eventually(
      () => session.messages.filter(({ type }) => type !== 'SESSION_ESTABLISHED').length >= 4 * fates.length,
    );
    expect(lies(emulator, states)).toEqual([]);
    expect([...endings.values()].map((told) => told.length)).toEqual(fates.map(() => 1));
    expect(tracker.stats).toMatchObject({ polls: 0, pending: 0 });
  });

  it('also delivers other users’ events, which do not count as ours', async () => {
    const { emulator, tracker, channel, bob, session, send } = await startLive();
    const strangers = await Promise.all(fates.map((Content) => send({ ChimeBearer: bob, Content })));
    const deliveries = sendAll(tracker, channel);
    const states = await allSettled(deliveries);
    await eventually(() =>
      session.messages.some(({ payload }) => payload?.includes(strangers[3]?.MessageId ?? '-') ?? false),
    );
    expect(lies(emulator, states)).toEqual([]);
    expect(strangers.map(({ MessageId }) => tracker.get(MessageId ?? ''))).toEqual(fates.map(() => undefined));
    expect(tracker.stats).toMatchObject({ polls: 0, settled: { SENT: 2, FAILED: 2, DENIED: 2, UNKNOWN: 0 } });
  });

  it('settles after a reconnect what its prefetch contains, and polls find the rest', async () => {
    const { emulator, tracker, channel, endings, session } = await startLive({}, { prefetch: true });
    const deliveries = sendAll(tracker, channel);
    await eventually(() => emulator.messages.length === fates.length);
    emulator.dropSockets();
    await session.heard('started', 2);
    const states = await allSettled(deliveries);
    expect(lies(emulator, states)).toEqual([]);
    expect([...endings.values()].map((told) => told.length)).toEqual(fates.map(() => 1));
    expect(tracker.stats.link).toBe('up');
  });

  it('is detected as half-open by a safety poll', async () => {
    const kit = await startKit({ flow: flowByContent });
    const { emulator, alice, channel } = kit;
    const client = clientOf(emulator);
    const { tracker } = liveTracker(client, alice, { rateLimit, polling: { quietMs: 500, firstDelayMs: 100 } });
    await attachRealSession(tracker, emulator, client, alice);
    emulator.halfOpenSockets();
    const states = await allSettled(sendAll(tracker, channel));
    expect(lies(emulator, states)).toEqual([]);
    expect(tracker.stats).toMatchObject({ link: 'down', evidence: { websocket: 0 } });
    emulator.halfOpenSockets(false);
    await kit.send({ ChimeBearer: kit.bob, Content: 'SENT 0' });
    await eventually(() => tracker.stats.link === 'up');
  });

  it('leaves the work to the poller if it cannot reconnect', async () => {
    const { emulator, tracker, channel, session } = await startLive();
    emulator.refuseSockets('drop');
    emulator.dropSockets();
    await session.heard('reconnecting');
    const states = await allSettled(sendAll(tracker, channel));
    expect(lies(emulator, states)).toEqual([]);
    expect(tracker.stats).toMatchObject({ link: 'down', pending: 0, evidence: { websocket: 0 } });
  });
});
