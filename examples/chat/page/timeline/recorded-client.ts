// A decorator of the AWS client: records each request of the tracker and its result.
import {
  GetChannelMessageCommand,
  GetChannelMessageStatusCommand,
  ListChannelMessagesCommand,
  SendChannelMessageCommand,
  type ChimeSDKMessagingClient,
  type ListChannelMessagesCommandOutput,
} from '@aws-sdk/client-chime-sdk-messaging';
import type { MessagingClient } from 'chime-delivery';
import type { Mark, RequestResult, Trace } from './trace.ts';

type Command = Parameters<ChimeSDKMessagingClient['send']>[0];

export function recordedClient(client: ChimeSDKMessagingClient, trace: Trace): MessagingClient {
  return {
    send: async (command: Command, options) => {
      const mark = begin(command, trace);
      try {
        const output = await client.send(command, options);
        if (mark !== undefined) mark.result = 'answered';
        if (command instanceof ListChannelMessagesCommand) recordRows(output, trace);
        return output;
      } catch (error) {
        if (mark !== undefined) mark.result = resultOf(error);
        throw error;
      }
    },
  };
}

function begin(command: Command, trace: Trace): Mark | undefined {
  if (command instanceof SendChannelMessageCommand) {
    return trace.record('send', command.input.ClientRequestToken ?? '', 'in-flight');
  }
  if (command instanceof GetChannelMessageStatusCommand || command instanceof GetChannelMessageCommand) {
    return trace.record('poll', command.input.MessageId ?? '', 'in-flight');
  }
  return undefined;
}

/** A page counts as a poll of each message that it shows. */
function recordRows({ ChannelMessages = [] }: ListChannelMessagesCommandOutput, trace: Trace): void {
  for (const { MessageId } of ChannelMessages) if (MessageId !== undefined) trace.record('poll', MessageId, 'answered');
}

function resultOf(error: unknown): RequestResult {
  const { $metadata } = error as { $metadata?: { httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode;
  if (status === undefined) return 'no-response';
  // A 404 is a valid answer: the message is missing.
  return status === 404 ? 'answered' : status === 429 ? 'throttled' : 'failed';
}
