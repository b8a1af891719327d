// The operations about the people of a channel: members, moderators, bans, and a member's preferences.

import { isMember, newMembership, type Appointment, type Channel, type Membership } from '../channels.ts';
import { identity } from '../message-view.ts';
import { badRequest, ServiceError } from '../service-error.ts';
import type { Input } from '../operation.ts';
import {
  forbidden,
  missing,
  optionalText,
  pageOf,
  textOf,
  textsOf,
  wordOf,
  type DirectoryContext,
  type Handler,
} from './context.ts';
import { appointmentView, membershipView } from './views.ts';

const TYPES = ['DEFAULT', 'HIDDEN'] as const;
const MOST_AT_ONCE = 100;

export function memberOperations(context: DirectoryContext): Record<string, Handler> {
  const add = (channel: Channel, arn: string, input: Input, bearer: string): Membership => {
    const membership = newMembership(arn, bearer, context.now);
    membership.type = wordOf(input, 'Type', TYPES) ?? 'DEFAULT';
    membership.subChannelId = optionalText(input, 'SubChannelId');
    membersOf(channel, bearer, context).set(arn, membership);
    return membership;
  };
  /** Those who were members hear of it, the one who is removed included. */
  const remove = (channel: Channel, membership: Membership): void => {
    const before = new Set(channel.members?.keys());
    channel.members?.delete(membership.arn);
    channel.moderators.delete(membership.arn);
    const payload = membershipView(channel, membership, context.iso);
    context.publish('DELETE_CHANNEL_MEMBERSHIP', channel, payload, (user) => before.has(user));
  };

  return {
    CreateChannelMembership: (input, bearer) => {
      const channel = invitable(input, bearer, context);
      const arn = textOf(input, 'MemberArn');
      const why = whyNotMember(channel, arn);
      if (why !== undefined) throw why;
      const membership = add(channel, arn, input, bearer);
      context.publish('CREATE_CHANNEL_MEMBERSHIP', channel, membershipView(channel, membership, context.iso));
      return { ChannelArn: channel.arn, Member: identity(arn), SubChannelId: membership.subChannelId };
    },

    BatchCreateChannelMembership: (input, bearer) => {
      const channel = invitable(input, bearer, context);
      const arns = textsOf(input, 'MemberArns');
      if (arns.length === 0 || arns.length > MOST_AT_ONCE)
        throw badRequest(`Expected 1 to ${MOST_AT_ONCE} MemberArns; got ${arns.length}.`);
      const refused = arns.flatMap((MemberArn) => {
        const why = whyNotMember(channel, MemberArn);
        return why === undefined ? [] : [{ MemberArn, ErrorCode: codeOf(why), ErrorMessage: why.message }];
      });
      const added = arns.filter((arn) => refused.every(({ MemberArn }) => MemberArn !== arn));
      const memberships = added.map((arn) => add(channel, arn, input, bearer));
      const type = wordOf(input, 'Type', TYPES) ?? 'DEFAULT';
      const payload = {
        InvitedBy: identity(bearer),
        Type: type,
        Members: added.map(identity),
        ChannelArn: channel.arn,
        SubChannelId: optionalText(input, 'SubChannelId'),
      };
      // Elastic channels have an event for each member (documented).
      if (channel.elastic)
        for (const membership of memberships)
          context.publish('CREATE_CHANNEL_MEMBERSHIP', channel, membershipView(channel, membership, context.iso));
      else if (added.length > 0) context.publish('BATCH_CREATE_CHANNEL_MEMBERSHIP', channel, payload);
      return { BatchChannelMemberships: payload, Errors: refused };
    },

    DescribeChannelMembership: (input, bearer) => {
      const channel = context.visible(input, bearer);
      return { ChannelMembership: membershipView(channel, memberOf(channel, input, context), context.time) };
    },

    ListChannelMemberships: (input, bearer) => {
      const channel = context.visible(input, bearer);
      const type = wordOf(input, 'Type', TYPES) ?? 'DEFAULT';
      const subChannelId = optionalText(input, 'SubChannelId');
      const all = [...(channel.members?.values() ?? [])].filter(
        (membership) => membership.type === type && membership.subChannelId === subChannelId,
      );
      const { page, NextToken } = pageOf(all, input);
      return {
        ChannelArn: channel.arn,
        ChannelMemberships: page.map(({ arn }) => ({ Member: identity(arn) })),
        NextToken,
      };
    },

    DeleteChannelMembership: (input, bearer) => {
      const arn = textOf(input, 'MemberArn');
      // Everyone may leave; a moderator may remove others (documented).
      const channel = arn === bearer ? context.channelOf(input) : context.moderated(input, bearer);
      const membership = memberOf(channel, input, context);
      membersOf(channel, bearer, context);
      remove(channel, membership);
      return undefined;
    },

    GetChannelMembershipPreferences: (input, bearer) => {
      const channel = context.visible(input, bearer);
      const membership = memberOf(channel, input, context);
      return { ChannelArn: channel.arn, Member: identity(membership.arn), Preferences: membership.preferences ?? {} };
    },

    PutChannelMembershipPreferences: (input, bearer) => {
      if (textOf(input, 'MemberArn') !== bearer) throw forbidden('A member may change its own preferences only.');
      const channel = context.visible(input, bearer);
      const membership = memberOf(channel, input, context);
      membership.preferences = input['Preferences'];
      channel.members?.set(membership.arn, membership);
      return { ChannelArn: channel.arn, Member: identity(membership.arn), Preferences: membership.preferences };
    },

    ...appointments(context, {
      name: 'Moderator',
      key: 'ChannelModeratorArn',
      of: ({ moderators }) => moderators,
      onAdded: (channel, arn) => {
        if (!isMember(channel, arn)) throw forbidden(`${arn} is not a member of the channel ${channel.arn}.`);
      },
    }),
    ...appointments(context, {
      name: 'Ban',
      key: 'MemberArn',
      of: ({ bans }) => bans,
      // A member who is banned is removed (documented).
      onAdded: (channel, arn) => {
        const membership = channel.members?.get(arn);
        if (membership !== undefined) remove(channel, membership);
      },
    }),
  };
}

interface AppointmentKind {
  readonly name: 'Moderator' | 'Ban';
  /** The field of the input that names the person. */
  readonly key: string;
  readonly of: (channel: Channel) => Map<string, Appointment>;
  /** Called before it is added; may refuse. */
  readonly onAdded: (channel: Channel, arn: string) => void;
}

/** Moderators and bans have the same four operations. All are for moderators. */
function appointments(context: DirectoryContext, { name, key, of, onAdded }: AppointmentKind): Record<string, Handler> {
  const member = name === 'Ban' ? 'Member' : 'Moderator';
  const found = (channel: Channel, arn: string): Appointment => {
    const one = of(channel).get(arn);
    if (one === undefined) throw missing(`${arn} is not in the list of the channel ${channel.arn}.`);
    return one;
  };
  return {
    [`CreateChannel${name}`]: (input, bearer) => {
      const channel = context.moderated(input, bearer);
      const arn = textOf(input, key);
      if (of(channel).has(arn)) throw new ServiceError('ConflictException', `${arn} is in the list already.`);
      onAdded(channel, arn);
      of(channel).set(arn, { arn, createdBy: bearer, createdAt: context.now });
      return { ChannelArn: channel.arn, [name === 'Ban' ? 'Member' : 'ChannelModerator']: identity(arn) };
    },
    [`DescribeChannel${name}`]: (input, bearer) => {
      const channel = context.moderated(input, bearer);
      return { [`Channel${name}`]: appointmentView(channel, found(channel, textOf(input, key)), member, context.time) };
    },
    [`ListChannel${name}s`]: (input, bearer) => {
      const channel = context.moderated(input, bearer);
      const { page, NextToken } = pageOf([...of(channel).values()], input);
      const views = page.map(({ arn }) => ({ [member]: identity(arn) }));
      return { ChannelArn: channel.arn, NextToken, [`Channel${name}s`]: views };
    },
    [`DeleteChannel${name}`]: (input, bearer) => {
      const channel = context.moderated(input, bearer);
      const arn = textOf(input, key);
      found(channel, arn);
      of(channel).delete(arn);
      return undefined;
    },
  };
}

/** The members, of a channel that had no list of them: from now on it has one. */
function membersOf(channel: Channel, bearer: string, { now }: DirectoryContext): Map<string, Membership> {
  channel.members ??= new Map([[bearer, newMembership(bearer, bearer, now)]]);
  return channel.members;
}

/** A channel to which this user may add members: a restricted one is for its moderators; anyone may enter a public one. */
function invitable(input: Input, bearer: string, context: DirectoryContext): Channel {
  const channel = context.channelOf(input);
  if (channel.mode === 'RESTRICTED') return context.moderated(input, bearer);
  const isEntering = channel.privacy === 'PUBLIC' && textOf(input, 'MemberArn') === bearer;
  if (!isEntering && !isMember(channel, bearer) && !channel.moderators.has(bearer))
    throw forbidden(`${bearer} is not a member of the channel ${channel.arn}.`);
  return channel;
}

function whyNotMember(channel: Channel, arn: string): ServiceError | undefined {
  if (channel.bans.has(arn)) return forbidden(`${arn} is banned from the channel ${channel.arn}.`);
  if (channel.members?.has(arn) === true)
    return new ServiceError('ConflictException', `${arn} is a member of the channel ${channel.arn} already.`);
  return undefined;
}

function memberOf(channel: Channel, input: Input, context: DirectoryContext): Membership {
  const arn = textOf(input, 'MemberArn');
  if (!isMember(channel, arn)) throw missing(`${arn} is not a member of the channel ${channel.arn}.`);
  return context.membershipIn(channel, arn);
}

function codeOf({ name }: ServiceError): string {
  return name.replace(/Exception$/, '');
}
