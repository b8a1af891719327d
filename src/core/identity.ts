/**
 * The identity of a delivery: one operation on one message. An id alone is not enough: the service scopes request tokens to a
 * bearer and a channel, and each edit has its own outcome. Pure.
 */

/** The place of a message, and its sender. */
export interface MessageAddress {
  readonly channelArn: string;
  /** The sender. */
  readonly chimeBearer: string;
  readonly subChannelId: string | undefined;
}

/** The identity of a message, or of an edit of one, apart from its request token. */
export interface MessageIdentity extends MessageAddress {
  readonly messageId: string | undefined;
  /** An edit of the message, rather than the message itself. */
  readonly isEdit: boolean;
}

/** The reference of an event to a message. */
export interface MessageReference {
  readonly messageId: string;
  readonly channelArn: string;
  readonly subChannelId?: string | undefined;
  /** The sender, if the event names it. */
  readonly sender: string | undefined;
  /** An edit, not a new message. Undefined if the event does not say. */
  readonly isEdit: boolean | undefined;
  /** For an event about an edit: digests of the content, and of the event (to recognize a copy). */
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

/** An address as the key of a map. */
export function addressKey({ chimeBearer, channelArn, subChannelId = '' }: MessageAddress): string {
  // Neither ARNs nor ids contain a space, so the parts cannot run into each other.
  return `${chimeBearer} ${channelArn} ${subChannelId}`;
}

/** A channel, or sub-channel of one, as the key of a map. */
export function channelKey({ channelArn, subChannelId }: Omit<MessageAddress, 'chimeBearer'>): string {
  return subChannelId === undefined ? channelArn : `${channelArn} ${subChannelId}`;
}

/** A message, or all its edits, as the key of a map. */
export function identityKey(message: MessageIdentity): string {
  return `${message.isEdit ? 'update' : 'create'} ${message.messageId ?? ''} ${addressKey(message)}`;
}

/** The request token of a record that has none: its id, unless it was tracked by its MessageId, or is an edit. */
export function impliedToken({
  id,
  messageId,
  isEdit,
}: Pick<MessageIdentity, 'messageId' | 'isEdit'> & { readonly id: string }): string | undefined {
  return isEdit || id === messageId ? undefined : id;
}
