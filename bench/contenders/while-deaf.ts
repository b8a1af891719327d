/**
 * The code of an app around a poller without push: it polls what is pending while the websocket is down, once more when
 * it is back (missed events never come again), and no longer once push has an outcome.
 */
import {
  GetChannelMessageStatusCommand,
  type GetChannelMessageStatusCommandOutput,
} from '@aws-sdk/client-chime-sdk-messaging';
import type { Follower, Sent, Surroundings } from './contender.ts';

/** Polls one message until it is settled, or stopped. */
export type StartPolling = (message: Sent, known: () => void) => () => void;

export function whileDeaf({ onKnown }: Surroundings, start: StartPolling): Follower {
  const pending = new Map<string, Sent>();
  const polled = new Map<string, () => void>();
  let state: 'up' | 'down' = 'down';

  const known = (messageId: string): void => {
    polled.get(messageId)?.();
    polled.delete(messageId);
    if (pending.delete(messageId)) onKnown(messageId);
  };
  const poll = (message: Sent): void => {
    const { messageId } = message;
    if (!polled.has(messageId))
      polled.set(
        messageId,
        start(message, () => known(messageId)),
      );
  };
  return {
    follow: (message) => {
      pending.set(message.messageId, message);
      if (state === 'down') poll(message);
    },
    link: (now) => {
      state = now;
      for (const message of pending.values()) poll(message);
    },
    push: ({ payload }) => {
      const { MessageId, Status } = JSON.parse(payload) as { MessageId: string; Status: { Value: string } };
      if (Status.Value !== 'PENDING') known(MessageId);
    },
    close: () => {
      for (const stop of polled.values()) stop();
    },
  };
}

/** Polls once, as an app's own code would: the SDK retries by itself, and a missing message counts as denied. */
export async function isSettled({ client, bearer }: Surroundings, { channelArn, messageId }: Sent): Promise<boolean> {
  const input = { ChannelArn: channelArn, MessageId: messageId, ChimeBearer: bearer };
  const answer = (await client.send(new GetChannelMessageStatusCommand(input))) as GetChannelMessageStatusCommandOutput;
  return answer.Status?.Value !== 'PENDING';
}
