/**
 * Which delivery a message, a request or an event is about: one operation on one message. A bare id never says enough: the
 * service scopes request tokens to a bearer and a channel, and each edit has an outcome of its own. Pure.
 */

/** Where a message is, and whose it is. */
export interface MessageAddress {
  readonly channelArn: string;
  /** The sender. */
  readonly chimeBearer: string;
  readonly subChannelId: string | undefined;
}

/** A message, or an edit of one, as everything but a request token names it. */
export interface MessageIdentity extends MessageAddress {
  readonly messageId: string | undefined;
  /** An edit of the message, rather than the message itself. */
  readonly isEdit: boolean;
}

/** What an event names of the message that it is about. */
export interface MessageReference {
  readonly messageId: string;
  readonly channelArn: string;
  readonly subChannelId?: string | undefined;
  /** Who sent it, where that was said. */
  readonly sender: string | undefined;
  /** An edit, not a new message. Undefined where that was not said. */
  readonly isEdit: boolean | undefined;
  /** Of an event about an edit: what tells its content from others', and a copy of the event from another event. */
  readonly contentDigest?: number | undefined;
  readonly eventDigest?: number | undefined;
}

export function isSameAddress(one: MessageAddress, other: MessageAddress): boolean {
  return (
    one.channelArn === other.channelArn &&
    one.chimeBearer === other.chimeBearer &&
    one.subChannelId === other.subChannelId
  );
}

/** One bearer's channel, or sub-channel of one, as the key of a map. */
export function addressKey({ chimeBearer, channelArn, subChannelId = '' }: MessageAddress): string {
  // Neither ARNs nor ids contain a space, so the parts cannot run into each other.
  return `${chimeBearer} ${channelArn} ${subChannelId}`;
}

/** A channel, or sub-channel of one, as the key of a map. */
export function channelKey({ channelArn, subChannelId }: Omit<MessageAddress, 'chimeBearer'>): string {
  return subChannelId === undefined ? channelArn : `${channelArn} ${subChannelId}`;
}

/** The message, or the edits of it, as the key of a map. */
export function identityKey(message: MessageIdentity): string {
  return `${message.isEdit ? 'update' : 'create'} ${message.messageId ?? ''} ${addressKey(message)}`;
}

/** The request token that an id stands for where no token is named: a message that was tracked has its MessageId as its id. */
export function impliedToken({
  id,
  messageId,
  isEdit,
}: Pick<MessageIdentity, 'messageId' | 'isEdit'> & { readonly id: string }): string | undefined {
  return isEdit || id === messageId ? undefined : id;
}
