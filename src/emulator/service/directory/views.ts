// What the operations about channels answer, and what their events carry. Times are seconds in REST and ISO texts in events.

import type { Appointment, Channel, Membership } from '../channels.ts';
import { identity, type TimeFormat } from '../message-view.ts';

type View = Record<string, unknown>;

/** Without the fields that have no value. */
export function compact(view: View): View {
  return Object.fromEntries(Object.entries(view).filter(([, value]) => value !== undefined));
}

export function channelView(channel: Channel, time: TimeFormat): View {
  const { createdBy, lastMessageAt } = channel;
  return compact({
    ...summaryView(channel, time),
    CreatedBy: createdBy === undefined ? undefined : identity(createdBy),
    CreatedTimestamp: time(channel.createdAt),
    LastMessageTimestamp: lastMessageAt === undefined ? undefined : time(lastMessageAt),
    LastUpdatedTimestamp: time(channel.updatedAt),
    ChannelFlowArn: channel.flowArn,
    ElasticChannelConfiguration: channel.elasticConfiguration,
    ExpirationSettings: channel.expiration,
  });
}

export function summaryView(channel: Channel, time: TimeFormat): View {
  const { arn, name, mode, privacy, metadata, lastMessageAt } = channel;
  return compact({
    Name: name,
    ChannelArn: arn,
    Mode: mode,
    Privacy: privacy,
    Metadata: metadata,
    LastMessageTimestamp: lastMessageAt === undefined ? undefined : time(lastMessageAt),
  });
}

export function membershipView({ arn: channelArn }: Channel, membership: Membership, time: TimeFormat): View {
  const { arn, type, invitedBy, createdAt, subChannelId } = membership;
  return compact({
    InvitedBy: identity(invitedBy),
    Type: type,
    Member: identity(arn),
    ChannelArn: channelArn,
    CreatedTimestamp: time(createdAt),
    LastUpdatedTimestamp: time(createdAt),
    SubChannelId: subChannelId,
  });
}

export function ofUserView(channel: Channel, membership: Membership, time: TimeFormat): View {
  const { type, readMarkerAt, subChannelId } = membership;
  return {
    ChannelSummary: summaryView(channel, time),
    AppInstanceUserMembershipSummary: compact({
      Type: type,
      ReadMarkerTimestamp: readMarkerAt === undefined ? undefined : time(readMarkerAt),
      SubChannelId: subChannelId,
    }),
  };
}

export function appointmentView(
  { arn: channelArn }: Channel,
  { arn, createdBy, createdAt }: Appointment,
  name: 'Moderator' | 'Member',
  time: TimeFormat,
): View {
  return {
    [name]: identity(arn),
    ChannelArn: channelArn,
    CreatedTimestamp: time(createdAt),
    CreatedBy: identity(createdBy),
  };
}
