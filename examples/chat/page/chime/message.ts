// A message of the chat, parsed from the service's two forms: a row of ListChannelMessages and a websocket event.
import type { ChannelMessageStatusStructure, ChannelMessageSummary } from '@aws-sdk/client-chime-sdk-messaging';

export interface ChatMessage {
  /** The sender's own id, sent as Metadata: known before Chime assigns a MessageId. */
  readonly key: string;
  readonly messageId: string;
  readonly senderArn: string;
  readonly senderName: string;
  readonly text: string;
  readonly at: number;
  /** Undefined without a channel flow: every listed message was delivered. */
  readonly status: ChannelMessageStatusStructure | undefined;
}

export function fromRow(row: ChannelMessageSummary): ChatMessage | undefined {
  const { MessageId, Sender, Content, Metadata, CreatedTimestamp, Status } = row;
  if (MessageId === undefined || Sender?.Arn === undefined || Content === undefined) return undefined;
  return {
    key: Metadata ?? MessageId,
    messageId: MessageId,
    senderArn: Sender.Arn,
    senderName: Sender.Name ?? 'unknown sender',
    text: Content,
    at: CreatedTimestamp?.getTime() ?? Date.now(),
    status: Status,
  };
}

/** The payload of CREATE_CHANNEL_MESSAGE: the same fields, with times as ISO strings. */
export function fromEvent(payload: string): ChatMessage | undefined {
  const row = JSON.parse(payload) as Omit<ChannelMessageSummary, 'CreatedTimestamp'> & { CreatedTimestamp: string };
  return fromRow({ ...row, CreatedTimestamp: new Date(row.CreatedTimestamp) });
}
