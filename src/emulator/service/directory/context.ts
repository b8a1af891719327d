// What the operations about channels share: who may do what, pages of lists, and events.

import type { Input } from '../operation.ts';
import type { Channel, Membership } from '../channels.ts';
import { isMember, newMembership } from '../channels.ts';
import { word } from '../checks.ts';
import { channelEvent, type ChannelEventType } from '../events.ts';
import { isoString, restTime, type TimeFormat } from '../message-view.ts';
import type { ServiceContext } from '../service-context.ts';
import { badRequest, ServiceError } from '../service-error.ts';

/** An operation: its answer from its input; `bearer` is empty where the operation has none. */
export type Handler = (input: Input, bearer: string) => unknown;

const PAGE = 50;

export class DirectoryContext {
  readonly #service: ServiceContext;

  constructor(service: ServiceContext) {
    this.#service = service;
  }

  get channels(): ServiceContext['channels'] {
    return this.#service.channels;
  }

  get now(): number {
    return this.#service.parts.world.now();
  }

  get random(): () => number {
    return this.#service.parts.world.random;
  }

  /** The format of times in answers. */
  get time(): TimeFormat {
    return restTime(this.#service.parts.settings);
  }

  after(ms: number, task: () => void): () => void {
    return this.#service.parts.world.after(ms, task);
  }

  channelOf(input: Input): Channel {
    return this.channels.find(textOf(input, 'ChannelArn'), this.now, this.#service.parts.settings.deletedChannel);
  }

  /** A channel that this user may see: a private one is for its members and moderators. */
  visible(input: Input, bearer: string): Channel {
    const channel = this.channelOf(input);
    if (channel.privacy === 'PRIVATE' && !isMember(channel, bearer) && !channel.moderators.has(bearer))
      throw forbidden(`${bearer} is not a member of the channel ${channel.arn}.`);
    return channel;
  }

  /** A channel that this user moderates. One without moderators is moderated by each of its members. */
  moderated(input: Input, bearer: string): Channel {
    const channel = this.channelOf(input);
    const isAllowed = channel.moderators.size === 0 ? isMember(channel, bearer) : channel.moderators.has(bearer);
    if (!isAllowed) throw forbidden(`${bearer} is not a moderator of the channel ${channel.arn}.`);
    return channel;
  }

  /** The membership of a user of a channel; of one whose members are not listed, as if it was. */
  membershipIn(channel: Channel, user: string): Membership {
    return channel.members?.get(user) ?? newMembership(user, channel.createdBy ?? user, this.now);
  }

  /** Sends an event about a channel to those members that `isFor` names, or to all. */
  publish(
    type: ChannelEventType,
    channel: Channel,
    payload: Record<string, unknown>,
    isFor?: (user: string) => boolean,
  ): void {
    this.#service.parts.publish(channelEvent(type, channel, payload, isFor));
  }

  readonly iso: TimeFormat = isoString;

  /** Deletes a channel with its messages. */
  remove({ arn }: Channel): void {
    this.#service.removeChannel(arn);
  }
}

export function forbidden(message: string): ServiceError {
  return new ServiceError('ForbiddenException', message);
}

export function missing(message: string): ServiceError {
  return new ServiceError('NotFoundException', message);
}

/** A field that the model requires, or ''. */
export function textOf(input: Input, name: string): string {
  const value = input[name];
  return typeof value === 'string' ? value : '';
}

export function optionalText(input: Input, name: string): string | undefined {
  const value = input[name];
  return typeof value === 'string' ? value : undefined;
}

export function textsOf(input: Input, name: string): readonly string[] {
  const value = input[name];
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
}

/** One of the words of an enumeration, which the SDK's schemas do not have. */
export function wordOf<Word extends string>(input: Input, name: string, words: readonly Word[]): Word | undefined {
  const value = input[name];
  return value === undefined ? undefined : word(name, value, words);
}

/** One page of a list, and the token of the next one. */
export function pageOf<T>(
  all: readonly T[],
  input: Input,
): { readonly page: readonly T[]; readonly NextToken?: string } {
  const most = Number(input['MaxResults'] ?? PAGE);
  if (!Number.isInteger(most) || most < 1 || most > PAGE)
    throw badRequest(
      `Expected MaxResults to be a whole number from 1 to ${PAGE}; got ${JSON.stringify(input['MaxResults'])}.`,
    );
  const token = optionalText(input, 'NextToken');
  const digits = token === undefined ? '0' : /^rows-(\d{1,9})$/.exec(token)?.[1];
  if (digits === undefined) throw badRequest(`NextToken is not one that this service gave out: ${token}`);
  const from = Number(digits);
  const next = from + most;
  return { page: all.slice(from, next), ...(next < all.length ? { NextToken: `rows-${next}` } : {}) };
}
