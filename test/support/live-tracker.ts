// A tracker with the real SDK client over real HTTP, with an emulator, and with all its events recorded. For
// integration tests: real time, and waiting for facts.

import type { ChimeSDKMessagingClient } from '@aws-sdk/client-chime-sdk-messaging';
import { createDeliveryTracker, isTerminal } from 'chime-delivery';
import type { Delivery, DeliveryState, DeliveryTracker, DeliveryTrackerOptions } from 'chime-delivery';
import type { ChimeEmulator, FlowDecision, FlowMessage, RequestRecord } from 'chime-delivery/emulator';

import { afterTest, eventually } from './emulator-kit.ts';
import { createRealSession, type RealSession } from './real-session.ts';

export interface LiveTracker {
  readonly tracker: DeliveryTracker;
  /** Every terminal event, by the delivery's id. */
  readonly endings: ReadonlyMap<string, readonly DeliveryState[]>;
  readonly events: readonly string[];
}

export function liveTracker(
  client: ChimeSDKMessagingClient,
  chimeBearer: string,
  options: Partial<DeliveryTrackerOptions> = {},
): LiveTracker {
  const tracker = createDeliveryTracker({ client, chimeBearer, ...options });
  afterTest(() => tracker.close());
  const endings = new Map<string, DeliveryState[]>();
  const events: string[] = [];
  tracker.on('settled', (state) => endings.set(state.id, [...(endings.get(state.id) ?? []), state]));
  for (const event of ['suspended', 'resumed', 'throttled', 'error'] as const)
    tracker.on(event, () => events.push(event));
  return { tracker, endings, events };
}

/**
 * The real session of this user, attached before it starts; resolves when the tracker has seen that it is established.
 */
export async function attachRealSession(
  tracker: DeliveryTracker,
  emulator: ChimeEmulator,
  client: ChimeSDKMessagingClient,
  userArn: string,
  more: { prefetch?: boolean } = {},
): Promise<RealSession> {
  const real = createRealSession({ emulator, client, userArn, ...more });
  afterTest(() => real.stop());
  tracker.attach(real.session);
  await real.start();
  await real.message('SESSION_ESTABLISHED');
  // Each observer is called by its own timer: after this one the tracker was called, too.
  await new Promise((resolve) => setImmediate(resolve));
  return real;
}

/** Resolves with the terminal states when every one is settled. */
export async function allSettled(deliveries: readonly Delivery[]): Promise<DeliveryState[]> {
  return Promise.all(deliveries.map(({ settled }) => settled));
}

/** The outcomes that differ from the emulator's, for an assertion that shows them: 'told DENIED, is SENT'. */
export function lies(emulator: ChimeEmulator, states: readonly DeliveryState[]): string[] {
  return states.flatMap((state) => {
    const { status, messageId } = { messageId: undefined, ...state };
    const truth = messageId === undefined ? 'nothing' : emulator.truth(messageId);
    return isTerminal(status) && truth === status ? [] : [`${messageId}: told ${status}, is ${truth}`];
  });
}

/**
 * The most requests of one bearer that can arrive within a sliding second, on a machine of any speed: the budget of a
 * second, and the requests in flight when it began.
 */
export function mostArriving(limit: { requestsPerSecond: number; burst: number; maxConcurrent: number }): number {
  return limit.burst + limit.requestsPerSecond + limit.maxConcurrent;
}

/** A flow whose message contains its outcome: 'DENIED 200 whatever'. */
export function flowByContent({ content }: FlowMessage): FlowDecision {
  const [outcome, afterMs] = content.split(' ');
  return { outcome: outcome as FlowDecision['outcome'], afterMs: Number(afterMs) };
}

/** Requests about one message, or all, that the emulator has seen. */
export function requestsFor(emulator: ChimeEmulator, messageId: string): RequestRecord[] {
  return emulator.log.filter((record) => record.messageId === messageId);
}

export function faulty(emulator: ChimeEmulator): number {
  return emulator.log.filter(({ fault }) => fault !== undefined).length;
}

export { eventually };
