/** The input of every contender: pending messages, and the events that settle them. */

export const user = 'arn:aws:chime:us-east-1:123456789012:app-instance/bench/user/alice';
export const channel = 'arn:aws:chime:us-east-1:123456789012:app-instance/bench/channel/lobby';

/** An event as a session's observer gets it. */
export interface PushEvent {
  readonly type: string;
  readonly headers: object;
  readonly payload: string;
}

/** One way of tracking deliveries. */
export interface Contender {
  /** Begins to track one pending message. */
  track(messageId: string): void;
  /** Passes on one event, as the websocket would. */
  push(event: PushEvent): void;
  /** How many have settled. */
  settled(): number;
  close(): Promise<void> | void;
}

export function messageIds(count: number): string[] {
  // Joined, not concatenated: a rope of string halves would be counted as the contender's memory when it is flattened.
  return Array.from({ length: count }, (_, i) =>
    ['message', i.toString(36).padStart(12, '0'), 'aaaaaaaaaaaaaaaa'].join('-'),
  );
}

/** The event that announces `messageId` as SENT, with content of ordinary length. */
export function sentEvent(messageId: string): PushEvent {
  const at = '2026-01-01T00:00:00.000Z';
  return {
    type: 'CREATE_CHANNEL_MESSAGE',
    headers: { 'x-amz-chime-event-type': 'CREATE_CHANNEL_MESSAGE', 'x-amz-chime-message-type': 'STANDARD' },
    payload: JSON.stringify({
      ChannelArn: channel,
      MessageId: messageId,
      Content: 'Shall we meet at seven, at the usual place?',
      Type: 'STANDARD',
      Persistence: 'PERSISTENT',
      Sender: { Arn: user, Name: 'Alice' },
      Status: { Value: 'SENT' },
      CreatedTimestamp: at,
      LastUpdatedTimestamp: at,
    }),
  };
}
