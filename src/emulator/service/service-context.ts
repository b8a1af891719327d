// The context of all operations: the messages, the channels, the settings and the world; and the first checks of each request,
// whether the caller may use the channel, and which message is at the address.

import type { Channel } from './channels.ts';
import { Channels } from './channels.ts';
import type { ChimeEvent } from './events.ts';
import type { StoredMessage } from './message.ts';
import { MessageStore } from './message-store.ts';
import type { ChannelRequest, MessageRequest } from './requests.ts';
import { ServiceError } from './service-error.ts';
import type { ServiceSettings } from './settings.ts';
import type { Reader } from './visibility.ts';
import { canRead, isKept } from './visibility.ts';
import type { World } from './world.ts';

export interface ServiceParts {
  readonly world: World;
  /** Read at each use, so that a change of a field takes effect at once. */
  readonly settings: ServiceSettings;
  /** Called with each event as it happens. */
  readonly publish: (event: ChimeEvent) => void;
}

export class ServiceContext {
  readonly parts: ServiceParts;
  readonly channels: Channels = new Channels();
  readonly store: MessageStore = new MessageStore();

  constructor(parts: ServiceParts) {
    this.parts = parts;
  }

  /** The channel of a request; throws if the caller is not a member. */
  enter({ channelArn, bearer, subChannelId }: ChannelRequest): Channel {
    const { world, settings } = this.parts;
    return this.channels.enter({ arn: channelArn, user: bearer, subChannelId }, world.now(), settings.deletedChannel);
  }

  /** Deletes a channel with its messages, and returns it if it existed. */
  removeChannel(arn: string): Channel | undefined {
    for (const message of this.store.inChannel(arn)) message.deleted = true;
    return this.channels.delete(arn);
  }

  /** The message at a request's address, readable or not. */
  at({ channelArn, subChannelId, messageId }: MessageRequest): StoredMessage | undefined {
    return this.store.at(channelArn, subChannelId, messageId);
  }

  /** The message at a request's address if the caller can read it; otherwise throws a 404. */
  readable(request: MessageRequest): StoredMessage {
    const message = this.at(request);
    if (message && canRead(message, this.reader(request.bearer))) return message;
    throw notFound(request);
  }

  /** The caller's own message, for a change: a message that is not readable yet can be changed (assumed). */
  own(request: MessageRequest, verb: string): StoredMessage {
    const message = this.at(request);
    if (!message || !isKept(message)) throw notFound(request);
    if (message.sender === request.bearer) return message;
    if (!canRead(message, this.reader(request.bearer))) throw notFound(request);
    throw new ServiceError('ForbiddenException', `Only the sender may ${verb} the message ${message.messageId}.`);
  }

  reader(user: string): Reader {
    const { world, settings } = this.parts;
    return { user, now: world.now(), settings };
  }
}

export function notFound({ messageId, channelArn }: MessageRequest): ServiceError {
  return new ServiceError('NotFoundException', `There is no message ${messageId} in the channel ${channelArn}.`);
}
