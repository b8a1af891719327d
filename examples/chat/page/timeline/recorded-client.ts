// A thin decorator around the AWS client: it notes each request that the tracker makes, and how it ended.
import {
  GetChannelMessageCommand,
  GetChannelMessageStatusCommand,
  ListChannelMessagesCommand,
  SendChannelMessageCommand,
  type ChimeSDKMessagingClient,
  type ListChannelMessagesCommandOutput,
} from '@aws-sdk/client-chime-sdk-messaging';
import type { MessagingClient } from 'chime-delivery';
import type { Answer, Mark, Trace } from './trace.ts';

type Command = Parameters<ChimeSDKMessagingClient['send']>[0];

export function recordedClient(client: ChimeSDKMessagingClient, trace: Trace): MessagingClient {
  return {
    send: async (command: Command, options) => {
      const mark = begin(command, trace);
      try {
        const output = await client.send(command, options);
        if (mark !== undefined) mark.answer = 'answered';
        if (command instanceof ListChannelMessagesCommand) noteRows(output, trace);
        return output;
      } catch (error) {
        if (mark !== undefined) mark.answer = answerOf(error);
        throw error;
      }
    },
  };
}

function begin(command: Command, trace: Trace): Mark | undefined {
  if (command instanceof SendChannelMessageCommand) {
    return trace.note('send', command.input.ClientRequestToken ?? '', 'waiting');
  }
  if (command instanceof GetChannelMessageStatusCommand || command instanceof GetChannelMessageCommand) {
    return trace.note('look', command.input.MessageId ?? '', 'waiting');
  }
  return undefined;
}

/** A page is a look at each message that it shows. */
function noteRows({ ChannelMessages = [] }: ListChannelMessagesCommandOutput, trace: Trace): void {
  for (const { MessageId } of ChannelMessages) if (MessageId !== undefined) trace.note('look', MessageId, 'answered');
}

function answerOf(error: unknown): Answer {
  const { $metadata } = error as { $metadata?: { httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode;
  if (status === undefined) return 'lost';
  // "No such message" is an answer, and an interesting one.
  return status === 404 ? 'answered' : status === 429 ? 'throttled' : 'refused';
}
