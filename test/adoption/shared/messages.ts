// The app's messages, in a reducer by MessageId.
import type { ChannelMessageSummary } from '@aws-sdk/client-chime-sdk-messaging';

export type Messages = readonly ChannelMessageSummary[];

export function reduce(messages: Messages, changed: Messages): Messages {
  const byId = new Map(messages.map((message) => [message.MessageId, message]));
  for (const message of changed) byId.set(message.MessageId, message);
  const time = ({ CreatedTimestamp }: ChannelMessageSummary): number => Number(CreatedTimestamp ?? 0);
  return [...byId.values()].sort((a, b) => time(a) - time(b));
}

/** The message of an event: times travel as ISO strings. */
export function fromEvent(payload: string): ChannelMessageSummary {
  const { CreatedTimestamp, ...message } = JSON.parse(payload) as { CreatedTimestamp: string };
  return { ...message, CreatedTimestamp: new Date(CreatedTimestamp) };
}
