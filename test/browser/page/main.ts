/**
 * The page program: the real AWS client, the real messaging session and the library, driven by the test through
 * `window.driver` (`driver.ts`).
 */
import { ChimeSDKMessagingClient } from '@aws-sdk/client-chime-sdk-messaging';
import type { DefaultMessagingSession } from 'amazon-chime-sdk-js';
import { createDeliveryTracker } from 'chime-delivery';
import type { Delivery, DeliveryTracker, PushMessage, SessionObserver } from 'chime-delivery';

import type { Driver, Ending, StartOptions } from './driver.ts';
import { keepingLogger, keepSignals, keepSurprises, realNow, Record } from './record.ts';
import { createSession } from './session.ts';
import { markEnded, markKept, readMarks, storeOf } from './store.ts';

interface Opened {
  readonly options: StartOptions;
  readonly tracker: DeliveryTracker;
  readonly session: DefaultMessagingSession;
}

const story = new Record();
const notices = new Record();
const surprises = keepSurprises();
keepSignals(notices);
const endings: Ending[] = [];
const deliveries = new Map<string, Delivery>();
let expired = false;
let sending = false;
let opened: Opened | undefined;

function current(): Opened {
  if (opened === undefined) throw new Error('Nothing is open yet.');
  return opened;
}

function open(options: StartOptions): void {
  const client = new ChimeSDKMessagingClient({
    region: options.region,
    endpoint: options.endpoint,
    // About to expire, so that the client asks again for each request.
    credentials: async () => ({
      accessKeyId: expired ? 'AKIDEXPIRED' : 'AKIDEXAMPLE',
      secretAccessKey: 'secret',
      expiration: new Date(Date.now() + 60_000),
    }),
  });
  const logger = keepingLogger(notices);
  const store = options.store === undefined ? {} : { store: storeOf(options.store) };
  const tracker = createDeliveryTracker({ client, chimeBearer: options.userArn, logger, ...store, ...options.tracker });
  if (options.store !== undefined) {
    // What comes back was written whole, also where the page was gone before the store could say so.
    tracker.on('update', ({ id, status }) => status === 'SENDING' && !sending && markKept(id));
    tracker.on('settled', ({ id, status }) => markEnded(id, status));
  }
  tracker.on('settled', (state) => {
    const { messageId, evidence } = { messageId: undefined, evidence: undefined, ...state };
    endings.push({ id: state.id, messageId, status: state.status, evidence, polls: state.polls, at: realNow() });
  });
  for (const event of ['suspended', 'resumed', 'throttled', 'error'] as const)
    tracker.on(event, () => notices.tell(event));
  tracker.on('link', ({ state }) => notices.tell(`link ${state}`));
  const session = createSession(client, options.userArn, options.session ?? {}, story.tell);
  tracker.attach(session);
  opened = { options, tracker, session };
}

function send(contents: readonly string[]): string[] {
  const { tracker, options } = current();
  return contents.map((Content) => {
    const message = { ChannelArn: options.channelArn, Content, Type: 'STANDARD', Persistence: 'PERSISTENT' } as const;
    return keep(tracker.send(message));
  });
}

function keep(delivery: Delivery): string {
  deliveries.set(delivery.id, delivery);
  return delivery.id;
}

function deliveryOf(id: string): Delivery {
  const delivery = deliveries.get(id);
  if (delivery === undefined) throw new Error(`Nobody knows ${id}.`);
  return delivery;
}

/** Resolves when `delivery` has got further than SENDING. */
function accepted(delivery: Delivery): Promise<void> {
  return new Promise((resolve) => {
    delivery.state$.subscribe({ next: ({ status }) => status !== 'SENDING' && resolve(), complete: resolve });
  });
}

/** Hands an event to the tracker's own observer: the session would hand it out through a timer. */
function hearEvent(event: PushMessage): void {
  const { observerQueue } = current().session as unknown as { observerQueue: Set<SessionObserver> };
  const [ours, tracker] = [...observerQueue];
  if (ours === undefined || tracker?.messagingSessionDidReceiveMessage === undefined)
    throw new Error('Expected two observers, ours and the one of the tracker.');
  tracker.messagingSessionDidReceiveMessage(event);
}

const driver: Driver = {
  open,
  connect: () => current().session.start(),
  connectAndSend: async (contents) => {
    await current().session.start();
    return send(contents);
  },
  stopSession: () => current().session.stop(),
  send,
  track: (messageIds) => {
    const { tracker, options } = current();
    return messageIds.map((messageId) => keep(tracker.track({ channelArn: options.channelArn, messageId })));
  },
  keepSending: async (name) => {
    for (let i = 0; ; i += 1) {
      sending = true;
      send([`${['SENT 0', 'SENT 100', 'DENIED 40', 'FAILED 20'][i % 4]} ${name}-${i}`]);
      sending = false;
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
  },
  untilIdle: async () => {
    const { tracker } = current();
    await tracker.restored;
    while (tracker.stats.pending > 0) await new Promise((resolve) => setTimeout(resolve, 20));
  },
  marks: readMarks,
  untilPending: async (ids) => void (await Promise.all(ids.map((id) => accepted(deliveryOf(id))))),
  untilSettled: async (ids) => void (await Promise.all(ids.map((id) => deliveryOf(id).settled))),
  endings: () => [...endings],
  stats: () => current().tracker.stats,
  story: () => [...story.moments],
  notices: () => [...notices.moments],
  surprises: () => [...surprises],
  expireCredentials: (now) => void (expired = now),
  attachAnything: (source) => {
    try {
      current().tracker.attach(source as Parameters<DeliveryTracker['attach']>[0]);
      return undefined;
    } catch (error) {
      return String(error);
    }
  },
  timeEvents: (events, rounds) => {
    const began = performance.now();
    for (let round = 0; round < rounds; round += 1) for (const event of events) hearEvent({ ...event, headers: {} });
    return performance.now() - began;
  },
  timeParsing: (payload, rounds) => {
    const began = performance.now();
    for (let round = 0; round < rounds; round += 1) JSON.parse(payload);
    return performance.now() - began;
  },
  dispatchPageShow: () => void dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })),
  dispatchOnline: () => void dispatchEvent(new Event('online')),
  status: (id) => current().tracker.get(id)?.status,
  hang: (ms) => {
    const until = performance.now() + ms;
    while (performance.now() < until);
  },
  closeTracker: () => current().tracker.close(),
  close: async () => {
    const { tracker, session } = current();
    await tracker.close();
    session.stop();
  },
};
window.driver = driver;
