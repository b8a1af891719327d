/** A service in the process of a worker: it answers at once, so that a figure is the fleet's own. */
import type { MessagingClient } from 'chime-delivery';

export const CHANNELS = 'arn:aws:chime:us-east-1:111122223333:app-instance/bench/channel/';
const USERS = 'arn:aws:chime:us-east-1:111122223333:app-instance/bench/user/';
const PAGE = 50;

export function bearerOf(number: number): string {
  return `${USERS}${number}`;
}

export function messageIdOf(bearer: number, index: number): string {
  return `${bearer.toString(16).padStart(8, '0')}${index.toString(16).padStart(8, '0')}`.padEnd(64, '0');
}

export interface ServiceOptions {
  /** Messages in the channel of each bearer. */
  readonly messages: (bearer: number) => number;
  /** Whether the flow has decided on the messages of a bearer. */
  readonly isDecided: (bearer: number) => boolean;
  readonly onRequest?: (bearer: number) => void;
}

/** Answers status polls, and pages of a channel, newest first. */
export function localService({ messages, isDecided, onRequest }: ServiceOptions): MessagingClient {
  const began = Date.now();
  return {
    send: (command: object) => {
      const { input } = command as { input: Readonly<Record<string, string | undefined>> };
      const number = Number(input['ChimeBearer']?.slice(USERS.length));
      onRequest?.(number);
      const status = { Value: isDecided(number) ? 'SENT' : 'PENDING' };
      if (input['MessageId'] !== undefined) return Promise.resolve({ Status: status });
      const from = Number(input['NextToken'] ?? 0);
      const total = messages(number);
      const rows = Array.from({ length: Math.min(PAGE, total - from) }, (_, i) => ({
        MessageId: messageIdOf(number, total - 1 - from - i),
        Status: status,
        Sender: { Arn: bearerOf(number) },
        CreatedTimestamp: new Date(began - from - i),
        LastUpdatedTimestamp: new Date(began - from - i),
        Type: 'STANDARD',
        Content: '',
      }));
      return Promise.resolve({
        ChannelArn: `${CHANNELS}${number}`,
        ChannelMessages: rows,
        ...(from + PAGE < total ? { NextToken: String(from + PAGE) } : {}),
      });
    },
  };
}
