// Keeps a conversation up to date: new messages and edits come by websocket. Chime never repeats an event, so the chat catches up
// after each reconnect. The latest messages fill the chat after a reload.
import { ListChannelMessagesCommand } from '@aws-sdk/client-chime-sdk-messaging';
import type { MessagingSession } from 'amazon-chime-sdk-js';
import type { DeliveryTracker } from 'chime-delivery';
import type { Conversation } from '../conversation/conversation.ts';
import { fromEvent, fromRow, type ChatMessage } from './message.ts';

interface Parts {
  readonly arn: string;
  readonly channelArn: string;
  readonly session: MessagingSession;
  readonly tracker: DeliveryTracker;
  readonly conversation: Conversation;
}

export function keepUpToDate({ arn, channelArn, session, tracker, conversation }: Parts): void {
  /** An own message that is pending has a delivery, or gets one: it may be of another device, or of before a reload. */
  function show(message: ChatMessage): void {
    const { MessageId, Sender, Status } = message;
    conversation.put(message);
    if (Sender?.Arn !== arn || Status?.Value !== 'PENDING') return;
    void tracker.ownMessage(MessageId).then((delivery) => {
      if (delivery === undefined) tracker.track({ ChannelArn: channelArn, MessageId, Status });
    });
  }

  async function list(): Promise<void> {
    const latest = conversation.read().messages.at(-1);
    try {
      if (latest === undefined) {
        const query = new ListChannelMessagesCommand({ ChannelArn: channelArn, ChimeBearer: arn, MaxResults: 50 });
        const { ChannelMessages = [] } = await tracker.call(query);
        for (const row of ChannelMessages.toReversed()) showRow(row);
      } else {
        // From a little before: an earlier message may have become visible later.
        const after = latest.CreatedTimestamp.getTime() - 60_000;
        for await (const row of tracker.catchUp({ channelArn, after })) showRow(row);
      }
      conversation.setStale(undefined);
    } catch {
      // The SDK has already tried three times. The page shows the failure with a button to load again.
      conversation.setStale(() => void list());
    }
  }

  function showRow(row: Parameters<typeof fromRow>[0]): void {
    const message = fromRow(row);
    if (message !== undefined) show(message);
  }

  session.addObserver({
    messagingSessionDidReceiveMessage: ({ type, payload }) => {
      if (type !== 'CREATE_CHANNEL_MESSAGE' && type !== 'UPDATE_CHANNEL_MESSAGE') return;
      const message = fromEvent(payload);
      if (message !== undefined) show(message);
    },
  });
  tracker.on('link', ({ state }) => {
    if (state === 'up') void list();
  });
  // The websocket may be down for long.
  void list();
}
