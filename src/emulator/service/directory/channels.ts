// The operations about channels themselves: create, describe, change, delete, list, search.

import { isMember, type Channel } from '../channels.ts';
import { text } from '../checks.ts';
import { hex } from '../ids.ts';
import { badRequest, ServiceError } from '../service-error.ts';
import type { Input } from '../operation.ts';
import {
  forbidden,
  optionalText,
  pageOf,
  textOf,
  textsOf,
  wordOf,
  type DirectoryContext,
  type Handler,
} from './context.ts';
import { channelView, membershipView, ofUserView, summaryView } from './views.ts';

const MODES = ['UNRESTRICTED', 'RESTRICTED'] as const;
const PRIVACIES = ['PUBLIC', 'PRIVATE'] as const;
const CHANNEL_ID = /^[A-Za-z0-9]([A-Za-z0-9:\-_.@]{0,62}[A-Za-z0-9])?$/;
const MOST_MEMBERS = 10;

export function channelOperations(context: DirectoryContext): Record<string, Handler> {
  /** The answers to tokens, by creator. */
  const created = new Map<string, string>();

  const list = (channels: readonly Channel[], input: Input): unknown => {
    const { page, NextToken } = pageOf(channels, input);
    return { Channels: page.map((channel) => summaryView(channel, context.time)), NextToken };
  };

  return {
    CreateChannel: (input, bearer) => {
      const token = `${bearer} ${textOf(input, 'ClientRequestToken')}`;
      const before = created.get(token);
      if (before !== undefined) return { ChannelArn: before };
      const instance = textOf(input, 'AppInstanceArn');
      const id = optionalText(input, 'ChannelId') ?? hex(context.random, 64);
      if (!CHANNEL_ID.test(id))
        throw badRequest(`Expected ChannelId to be 1 to 64 characters of a channel's name; got ${id}.`);
      const arn = `${instance}/channel/${id}`;
      if (context.channels.has(arn)) throw new ServiceError('ConflictException', `There is a channel ${arn} already.`);
      const members = textsOf(input, 'MemberArns');
      const moderators = textsOf(input, 'ModeratorArns');
      if (members.length > MOST_MEMBERS)
        throw badRequest(`Expected at most ${MOST_MEMBERS} MemberArns; got ${members.length}.`);
      // The creator is a member and a moderator (documented).
      const channel = context.channels.add(
        arn,
        {
          ...readSettings(input),
          name: text('Name', input['Name'], 1, 256),
          createdBy: bearer,
          members: [...new Set([bearer, ...moderators, ...members])],
          elastic: input['ElasticChannelConfiguration'] !== undefined,
          elasticConfiguration: input['ElasticChannelConfiguration'],
          expiration: input['ExpirationSettings'],
          declared: true,
        },
        context.now,
      );
      for (const moderator of new Set([bearer, ...moderators]))
        channel.moderators.set(moderator, { arn: moderator, createdBy: bearer, createdAt: context.now });
      created.set(token, arn);
      for (const member of channel.members?.keys() ?? [])
        if (member !== bearer)
          context.publish(
            'CREATE_CHANNEL_MEMBERSHIP',
            channel,
            membershipView(channel, context.membershipIn(channel, member), context.iso),
            (user) => user === member,
          );
      return { ChannelArn: arn };
    },

    DescribeChannel: (input, bearer) => ({ Channel: channelView(context.visible(input, bearer), context.time) }),

    UpdateChannel: (input, bearer) => {
      const channel = context.moderated(input, bearer);
      Object.assign(channel, readSettings(input));
      if (input['Name'] !== undefined) channel.name = text('Name', input['Name'], 1, 256);
      channel.updatedAt = context.now;
      context.publish('UPDATE_CHANNEL', channel, channelView(channel, context.iso));
      return { ChannelArn: channel.arn };
    },

    DeleteChannel: (input, bearer) => {
      const channel = context.moderated(input, bearer);
      context.remove(channel);
      context.publish('DELETE_CHANNEL', channel, channelView(channel, context.iso));
      return undefined;
    },

    ListChannels: (input) => {
      const instance = textOf(input, 'AppInstanceArn');
      // Only an administrator of the app instance may list private ones (documented).
      if (wordOf(input, 'Privacy', PRIVACIES) === 'PRIVATE')
        throw forbidden('Only an administrator of the app instance may list private channels.');
      return list(
        context.channels.all.filter(({ arn, privacy }) => privacy === 'PUBLIC' && arn.startsWith(`${instance}/`)),
        input,
      );
    },

    SearchChannels: (input, bearer) => {
      const fields = (input['Fields'] ?? []) as readonly { Key: string; Values: readonly string[]; Operator: string }[];
      const found = context.channels.all.filter(
        (channel) =>
          isMember(channel, bearer) &&
          fields.every(({ Key, Values, Operator }) => {
            if (Key !== 'MEMBERS') throw badRequest(`Expected Fields.Key to be MEMBERS; got ${Key}.`);
            const members = new Set(channel.members?.keys());
            const has = Values.map((value) => members.has(value));
            return Operator === 'EQUALS'
              ? has.every(Boolean) && members.size === new Set(Values).size
              : has.every(Boolean);
          }),
      );
      return list(found, input);
    },

    ListChannelMembershipsForAppInstanceUser: (input, bearer) => {
      const user = ownOf(input, bearer);
      const { page, NextToken } = pageOf(context.channels.of(user), input);
      const views = page.map((channel) => ofUserView(channel, context.membershipIn(channel, user), context.time));
      return { ChannelMemberships: views, NextToken };
    },

    DescribeChannelMembershipForAppInstanceUser: (input, bearer) => {
      const user = ownOf(input, bearer);
      const channel = context.visible(input, user);
      return { ChannelMembership: ofUserView(channel, context.membershipIn(channel, user), context.time) };
    },

    ListChannelsModeratedByAppInstanceUser: (input, bearer) => {
      const user = ownOf(input, bearer);
      const { page, NextToken } = pageOf(
        context.channels.all.filter(({ moderators }) => moderators.has(user)),
        input,
      );
      return { Channels: page.map((channel) => ({ ChannelSummary: summaryView(channel, context.time) })), NextToken };
    },

    DescribeChannelModeratedByAppInstanceUser: (input, bearer) => {
      const user = ownOf(input, bearer);
      const channel = context.channelOf(input);
      if (!channel.moderators.has(user)) throw forbidden(`${user} is not a moderator of the channel ${channel.arn}.`);
      return { Channel: { ChannelSummary: summaryView(channel, context.time) } };
    },

    PutChannelExpirationSettings: (input, bearer) => {
      const channel = context.moderated(input, bearer);
      channel.expiration = input['ExpirationSettings'];
      return { ChannelArn: channel.arn, ExpirationSettings: channel.expiration };
    },

    UpdateChannelReadMarker: (input, bearer) => {
      const channel = context.visible(input, bearer);
      const membership = context.membershipIn(channel, bearer);
      membership.readMarkerAt = context.now;
      // A channel without a list of members remembers it for those who have one.
      channel.members?.set(bearer, membership);
      return { ChannelArn: channel.arn };
    },

    ListSubChannels: (input, bearer) => {
      const channel = context.visible(input, bearer);
      const counts = new Map<string, number>();
      for (const { subChannelId } of channel.members?.values() ?? [])
        if (subChannelId !== undefined) counts.set(subChannelId, (counts.get(subChannelId) ?? 0) + 1);
      const all = [...counts].map(([SubChannelId, MembershipCount]) => ({ SubChannelId, MembershipCount }));
      const { page, NextToken } = pageOf(all, input);
      return { ChannelArn: channel.arn, SubChannels: page, NextToken };
    },
  };
}

/** The user that an operation is about: only one's own memberships may be read, except by administrators (documented). */
function ownOf(input: Input, bearer: string): string {
  const user = optionalText(input, 'AppInstanceUserArn') ?? bearer;
  if (user !== bearer) throw forbidden(`${bearer} may not read the channels of ${user}.`);
  return user;
}

function readSettings(input: Input): Partial<Channel> {
  const mode = wordOf(input, 'Mode', MODES);
  const privacy = wordOf(input, 'Privacy', PRIVACIES);
  const metadata = input['Metadata'] === undefined ? undefined : text('Metadata', input['Metadata'], 0, 1024);
  return {
    ...(mode === undefined ? {} : { mode }),
    ...(privacy === undefined ? {} : { privacy }),
    ...(metadata === undefined ? {} : { metadata }),
  };
}
