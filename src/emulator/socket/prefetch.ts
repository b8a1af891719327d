// Prefetch: a connect that requests it gets one CHANNEL_DETAILS for each of the user's channels, up to 50, the most recently
// used first, each with the latest 20 messages that the user can see (documented), newest first (assumed).

import type { Channel } from '../service/channels.ts';
import { identity, isoString } from '../service/message-view.ts';
import type { ChimeService } from '../service/service.ts';
import { frame } from './frames.ts';

const mostChannels = 50;
const mostMessages = 20;

export function prefetchFrames(service: ChimeService, user: string): string[] {
  return service.channels
    .of(user)
    .map((channel) => ({ channel, messages: service.reads.latest(user, channel.arn, mostMessages) }))
    .sort((a, b) => (b.messages[0]?.createdAt ?? 0) - (a.messages[0]?.createdAt ?? 0))
    .slice(0, mostChannels)
    .map(({ channel, messages }) =>
      frame('CHANNEL_DETAILS', 'SYSTEM', {
        Channel: { ChannelArn: channel.arn, Name: channel.name },
        ChannelMessages: messages.map((message) => service.reads.prefetched(user, message)),
        ChannelMemberships: membersOf(channel, user),
        // Read markers are not kept: all messages count as unread.
        ReadMarkerTimestamp: isoString(channel.createdAt),
      }),
    );
}

function membersOf(channel: Channel, user: string): unknown[] {
  return [...(channel.members?.keys() ?? [user])].map((arn) => ({ Member: identity(arn) }));
}
