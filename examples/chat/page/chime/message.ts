// A message of the chat: the service's own fields, as a row of ListChannelMessages and a websocket event have them.
import type { ChannelMessageSummary } from '@aws-sdk/client-chime-sdk-messaging';

export interface ChatMessage extends ChannelMessageSummary {
  readonly MessageId: string;
  readonly CreatedTimestamp: Date;
}

/** The row as a message; undefined where it has no id or no content: a redacted message, say. */
export function fromRow(row: ChannelMessageSummary): ChatMessage | undefined {
  const { MessageId, Content, CreatedTimestamp = new Date() } = row;
  return MessageId === undefined || Content === undefined ? undefined : { ...row, MessageId, CreatedTimestamp };
}

/** The payload of an event about a message: the same fields, with times as ISO strings. */
export function fromEvent(payload: string): ChatMessage | undefined {
  const row = JSON.parse(payload) as Omit<ChannelMessageSummary, 'CreatedTimestamp'> & { CreatedTimestamp: string };
  return fromRow({ ...row, CreatedTimestamp: new Date(row.CreatedTimestamp) });
}
