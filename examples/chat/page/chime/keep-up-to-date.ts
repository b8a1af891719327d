// Keeps a conversation up to date: new messages come by websocket. Chime never repeats an event, so the chat lists the
// messages of the channel after each reconnect. The same list fills the chat after a reload.
import { ListChannelMessagesCommand, type ChimeSDKMessagingClient } from '@aws-sdk/client-chime-sdk-messaging';
import type { MessagingSession } from 'amazon-chime-sdk-js';
import type { DeliveryTracker } from 'chime-delivery';
import type { Conversation } from '../conversation/conversation.ts';
import { fromEvent, fromRow, type ChatMessage } from './message.ts';

interface Parts {
  readonly client: ChimeSDKMessagingClient;
  readonly arn: string;
  readonly channelArn: string;
  readonly session: MessagingSession;
  readonly tracker: DeliveryTracker;
  readonly conversation: Conversation;
}

export function keepUpToDate({ client, arn, channelArn, session, tracker, conversation }: Parts): void {
  /** The tracker gets own messages: it follows a message that was pending before a reload to its outcome. */
  function show(message: ChatMessage): void {
    const { key, messageId, senderArn, status = { Value: 'SENT' } } = message;
    if (conversation.has(key)) return;
    const sent = { ChannelArn: channelArn, MessageId: messageId, Status: status };
    conversation.add({ ...message, delivery: senderArn === arn ? tracker.track(sent) : undefined });
  }

  async function list(): Promise<void> {
    const query = new ListChannelMessagesCommand({ ChannelArn: channelArn, ChimeBearer: arn, MaxResults: 50 });
    try {
      const { ChannelMessages = [] } = await client.send(query);
      for (const row of ChannelMessages.toReversed()) {
        const message = fromRow(row);
        if (message !== undefined) show(message);
      }
      conversation.setStale(undefined);
    } catch {
      // The SDK has already tried three times. The page shows the failure with a button to load again.
      conversation.setStale(() => void list());
    }
  }

  session.addObserver({
    messagingSessionDidStart: () => void list(),
    messagingSessionDidReceiveMessage: ({ type, payload }) => {
      if (type !== 'CREATE_CHANNEL_MESSAGE') return;
      const message = fromEvent(payload);
      if (message !== undefined) show(message);
    },
  });
}
