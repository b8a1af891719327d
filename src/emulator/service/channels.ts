// Channels and their members. A declared or created channel has the members of its declaration; an undeclared one exists as soon as
// it is used, and every user is a member.

import type { Flow } from './flow.ts';
import { badRequest, ServiceError } from './service-error.ts';

/** The options of a declared channel. */
export interface ChannelOptions {
  /** ARNs of the members. Default: every user is a member. */
  members?: readonly string[] | undefined;
  /** The flow of this channel, instead of the emulator's. `() => undefined` is a channel without a flow. */
  flow?: Flow | undefined;
  /** An elastic channel: every message belongs to a sub-channel and every request names it. Default false. */
  elastic?: boolean | undefined;
  /** The channel's name, as prefetch shows it. */
  name?: string | undefined;
}

export interface Membership {
  readonly arn: string;
  type: 'DEFAULT' | 'HIDDEN';
  readonly invitedBy: string;
  readonly createdAt: number;
  subChannelId: string | undefined;
  readMarkerAt: number | undefined;
  preferences: unknown;
}

/** A moderator, or a ban. */
export interface Appointment {
  readonly arn: string;
  readonly createdBy: string;
  readonly createdAt: number;
}

export interface Channel {
  readonly arn: string;
  name: string;
  mode: 'UNRESTRICTED' | 'RESTRICTED';
  privacy: 'PUBLIC' | 'PRIVATE';
  metadata: string | undefined;
  readonly createdBy: string | undefined;
  /** Undefined: every user is a member. */
  members: Map<string, Membership> | undefined;
  readonly moderators: Map<string, Appointment>;
  readonly bans: Map<string, Appointment>;
  /** The flow of a test. */
  readonly flow: Flow | undefined;
  /** The channel flow that is associated with it. */
  flowArn: string | undefined;
  readonly elastic: boolean;
  readonly elasticConfiguration: unknown;
  expiration: unknown;
  readonly declared: boolean;
  readonly createdAt: number;
  updatedAt: number;
  lastMessageAt: number | undefined;
}

/** A user who uses a channel. */
interface Entrant {
  readonly arn: string;
  readonly user: string;
  readonly subChannelId: string | undefined;
}

type Given = { readonly [K in keyof Omit<Channel, 'members'>]?: Channel[K] | undefined } & {
  readonly members?: readonly string[] | undefined;
};

export class Channels {
  readonly #channels = new Map<string, Channel>();
  readonly #deleted = new Set<string>();

  declare(arn: string, options: ChannelOptions, now: number): Channel {
    return this.add(arn, { ...options, declared: true }, now);
  }

  /** Adds a channel. Its creator, if it has one, is the one who invites its members. */
  add(arn: string, given: Given, now: number): Channel {
    const { members, createdBy } = given;
    const channel: Channel = {
      arn,
      createdBy,
      // The service's defaults (documented).
      mode: given.mode ?? 'UNRESTRICTED',
      privacy: given.privacy ?? 'PRIVATE',
      metadata: given.metadata,
      moderators: new Map(),
      bans: new Map(),
      flow: given.flow,
      flowArn: undefined,
      elasticConfiguration: given.elasticConfiguration,
      expiration: given.expiration,
      declared: given.declared ?? false,
      lastMessageAt: undefined,
      name: given.name ?? lastPart(arn),
      elastic: given.elastic ?? false,
      members: members && new Map(members.map((one) => [one, newMembership(one, createdBy ?? one, now)])),
      createdAt: now,
      updatedAt: now,
    };
    this.#channels.set(arn, channel);
    this.#deleted.delete(arn);
    return channel;
  }

  /** Deletes a channel, and returns it if it existed. Using it does not create it again; it can be declared again. */
  delete(arn: string): Channel | undefined {
    const channel = this.#channels.get(arn);
    this.#channels.delete(arn);
    this.#deleted.add(arn);
    return channel;
  }

  /** The channel of this ARN for this user; throws the service's refusal. */
  enter({ arn, user, subChannelId }: Entrant, now: number, ifDeleted: 'not-found' | 'forbidden'): Channel {
    const channel = this.find(arn, now, ifDeleted);
    if (!isMember(channel, user)) {
      throw new ServiceError('ForbiddenException', `${user} is not a member of the channel ${arn}.`);
    }
    if (channel.elastic && subChannelId === undefined) {
      throw badRequest(`The channel ${arn} is elastic: SubChannelId is required.`);
    }
    if (channel.declared && !channel.elastic && subChannelId !== undefined) {
      throw badRequest(`The channel ${arn} is not elastic: it has no sub-channel ${subChannelId}.`);
    }
    return channel;
  }

  /** The channel of this ARN. */
  find(arn: string, now: number, ifDeleted: 'not-found' | 'forbidden'): Channel {
    if (this.#deleted.has(arn)) {
      const type = ifDeleted === 'forbidden' ? 'ForbiddenException' : 'NotFoundException';
      throw new ServiceError(type, `There is no channel ${arn}.`);
    }
    return this.#channels.get(arn) ?? this.add(arn, {}, now);
  }

  has(arn: string): boolean {
    return this.#channels.has(arn);
  }

  get all(): readonly Channel[] {
    return [...this.#channels.values()];
  }

  of(user: string): Channel[] {
    return this.all.filter((channel) => isMember(channel, user));
  }
}

export function isMember(channel: Channel, user: string): boolean {
  return channel.members?.has(user) ?? true;
}

export function newMembership(arn: string, invitedBy: string, now: number): Membership {
  return {
    arn,
    type: 'DEFAULT',
    invitedBy,
    createdAt: now,
    subChannelId: undefined,
    readMarkerAt: undefined,
    preferences: undefined,
  };
}

function lastPart(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}
