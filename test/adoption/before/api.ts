// The app's own functions, in the pattern of AWS's demo chat: positional arguments, and a result with `response`.
import {
  ListChannelMessagesCommand,
  SendChannelMessageCommand,
  UpdateChannelMessageCommand,
  type ChannelMessageSummary,
  type SendChannelMessageCommandOutput,
  type UpdateChannelMessageCommandOutput,
} from '@aws-sdk/client-chime-sdk-messaging';
import { client } from './chime.ts';

export async function sendMessage(
  channelArn: string,
  content: string,
  persistence: 'PERSISTENT' | 'NON_PERSISTENT',
  type: 'STANDARD' | 'CONTROL',
  member: string,
): Promise<{ response: SendChannelMessageCommandOutput }> {
  const input = { ChannelArn: channelArn, Content: content, Persistence: persistence, Type: type, ChimeBearer: member };
  return { response: await client.send(new SendChannelMessageCommand(input)) };
}

export async function updateMessage(
  channelArn: string,
  messageId: string,
  content: string,
  member: string,
): Promise<{ response: UpdateChannelMessageCommandOutput }> {
  const input = { ChannelArn: channelArn, MessageId: messageId, Content: content, ChimeBearer: member };
  return { response: await client.send(new UpdateChannelMessageCommand(input)) };
}

export async function listMessages(channelArn: string, member: string): Promise<ChannelMessageSummary[]> {
  const input = { ChannelArn: channelArn, ChimeBearer: member, MaxResults: 50 };
  const { ChannelMessages = [] } = await client.send(new ListChannelMessagesCommand(input));
  return ChannelMessages.toReversed();
}
