// Two chats on one service: one without this library, which waits for the websocket alone, and one with it.
import { ChimeSDKMessagingClient, SendChannelMessageCommand } from '@aws-sdk/client-chime-sdk-messaging';
import { filter, map, type Subscription } from 'rxjs';

import { createDeliveryTracker, type DeliveryTracker } from '../../../src/index.ts';
import { PageService } from './page-service.ts';

const INSTANCE = 'arn:aws:chime:us-east-1:111122223333:app-instance/playground';
const CHANNEL = `${INSTANCE}/channel/general`;

export interface Bubble {
  readonly id: string;
  readonly text: string;
  /** As the chat shows it. */
  status: string;
}

export interface Chat {
  readonly bubbles: readonly Bubble[];
  send(text: string): void;
  /** As if the page was loaded again. */
  reload(): void;
  close(): void;
}

function clientOf(service: PageService): ChimeSDKMessagingClient {
  return new ChimeSDKMessagingClient({
    region: service.region,
    credentials: { accessKeyId: 'page', secretAccessKey: 'page' },
    maxAttempts: 1,
    requestHandler: service.handler as never,
  });
}

/** What most apps do: the bubble waits for the answer, and then for its event. */
export function plainChat(service: PageService, onChange: () => void): Chat {
  const chimeBearer = `${INSTANCE}/user/plain`;
  const client = clientOf(service);
  const bubbles: Bubble[] = [];
  const byMessageId = new Map<string, Bubble>();
  const words: Readonly<Record<string, string>> = {
    CREATE_CHANNEL_MESSAGE: 'sent',
    DENIED_CREATE_CHANNEL_MESSAGE: 'denied',
    FAILED_CREATE_CHANNEL_MESSAGE: 'failed',
  };
  const listen = (): Subscription =>
    service.events$.pipe(filter(({ isFor }) => isFor(chimeBearer))).subscribe(({ type, payload }) => {
      const { MessageId = '' } = JSON.parse(payload) as { MessageId?: string };
      const bubble = byMessageId.get(MessageId);
      const word = words[type];
      if (bubble === undefined || word === undefined) return;
      bubble.status = word;
      onChange();
    });
  let subscription = listen();
  return {
    bubbles,
    send: (text) => {
      const bubble: Bubble = { id: crypto.randomUUID(), text, status: 'sending…' };
      bubbles.push(bubble);
      onChange();
      const input = { ChannelArn: CHANNEL, Content: text, Type: 'STANDARD', Persistence: 'PERSISTENT' } as const;
      client
        .send(new SendChannelMessageCommand({ ...input, ChimeBearer: chimeBearer, ClientRequestToken: bubble.id }))
        .then(
          ({ MessageId = '' }) => byMessageId.set(MessageId, bubble),
          () => {
            bubble.status = 'error';
            onChange();
          },
        );
    },
    reload: () => {
      // The page shows what it had stored; nothing in it knows what became of a message.
      byMessageId.clear();
      subscription.unsubscribe();
      subscription = listen();
      onChange();
    },
    close: () => subscription.unsubscribe(),
  };
}

/** The same chat with a tracker. */
export function trackedChat(
  service: PageService,
  onChange: () => void,
  onTracker: (tracker: DeliveryTracker) => void,
): Chat {
  const chimeBearer = `${INSTANCE}/user/tracked`;
  const client = clientOf(service);
  const bubbles: Bubble[] = [];
  const items = new Map<string, string>();
  const store = {
    getKeys: () => [...items.keys()],
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
    removeItem: (key: string) => void items.delete(key),
  };
  const words = {
    SENDING: 'sending…',
    PENDING: 'sending…',
    SENT: 'sent',
    FAILED: 'failed',
    DENIED: 'denied',
    UNKNOWN: 'unknown',
  };
  const start = (): DeliveryTracker => {
    const tracker = createDeliveryTracker({ client, chimeBearer, store });
    tracker.attach({
      messages$: service.events$.pipe(
        filter(({ isFor }) => isFor(chimeBearer)),
        map(({ type, payload }) => ({ type, payload })),
      ),
      link$: service.link$,
    });
    tracker.deliveries$.subscribe((deliveries) => {
      for (const bubble of bubbles) {
        const state = deliveries.get(bubble.id);
        if (state !== undefined) bubble.status = words[state.status];
      }
      onChange();
    });
    onTracker(tracker);
    return tracker;
  };
  let tracker = start();
  return {
    bubbles,
    send: (text) => {
      const input = { ChannelArn: CHANNEL, Content: text, Type: 'STANDARD', Persistence: 'PERSISTENT' } as const;
      const { id } = tracker.send(input);
      bubbles.push({ id, text, status: 'sending…' });
      onChange();
    },
    reload: () => {
      void tracker.close();
      tracker = start();
    },
    close: () => void tracker.close(),
  };
}

export { PageService };
