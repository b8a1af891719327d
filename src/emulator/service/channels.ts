// Channels and their members. A declared channel has the members of its declaration; an undeclared one exists as soon as it is
// used, and every user is a member.

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

export interface Channel {
  readonly arn: string;
  readonly name: string;
  readonly members: ReadonlySet<string> | undefined;
  readonly flow: Flow | undefined;
  readonly elastic: boolean;
  readonly declared: boolean;
  readonly createdAt: number;
}

/** A user who uses a channel. */
interface Entrant {
  readonly arn: string;
  readonly user: string;
  readonly subChannelId: string | undefined;
}

export class Channels {
  readonly #channels = new Map<string, Channel>();
  readonly #deleted = new Set<string>();

  declare(arn: string, options: ChannelOptions, now: number): Channel {
    const channel: Channel = {
      arn,
      name: options.name ?? lastPart(arn),
      members: options.members && new Set(options.members),
      flow: options.flow,
      elastic: options.elastic ?? false,
      declared: true,
      createdAt: now,
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
    if (this.#deleted.has(arn)) {
      const type = ifDeleted === 'forbidden' ? 'ForbiddenException' : 'NotFoundException';
      throw new ServiceError(type, `There is no channel ${arn}.`);
    }
    const channel = this.#channels.get(arn) ?? this.#discover(arn, now);
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

  of(user: string): Channel[] {
    return [...this.#channels.values()].filter((channel) => isMember(channel, user));
  }

  #discover(arn: string, now: number): Channel {
    const channel: Channel = {
      arn,
      name: lastPart(arn),
      members: undefined,
      flow: undefined,
      elastic: false,
      declared: false,
      createdAt: now,
    };
    this.#channels.set(arn, channel);
    return channel;
  }
}

export function isMember(channel: Channel, user: string): boolean {
  return channel.members?.has(user) ?? true;
}

function lastPart(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}
