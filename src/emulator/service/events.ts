// The events of the service: their type, their recipients, and the payload at the time of the event. `socket/` handles sockets,
// frames, copies and delays.

import type { Channel } from './channels.ts';
import { isMember } from './channels.ts';
import type { MessageStatus, MessageType, StoredUpdate, TruthRecord } from './message.ts';
import { fullMessageView, isoString, statusView } from './message-view.ts';
import type { ServiceSettings } from './settings.ts';
import { isTarget } from './visibility.ts';

type Verb = 'CREATE' | 'UPDATE';

/** The events about messages. */
export type MessageEventType =
  | `${Verb}_CHANNEL_MESSAGE`
  | `${'PENDING' | 'FAILED' | 'DENIED'}_${Verb}_CHANNEL_MESSAGE`
  | 'REDACT_CHANNEL_MESSAGE'
  | 'DELETE_CHANNEL_MESSAGE';

/** The events about channels that the emulator sends. */
export type ChannelEventType =
  | 'UPDATE_CHANNEL'
  | 'DELETE_CHANNEL'
  | 'CREATE_CHANNEL_MEMBERSHIP'
  | 'BATCH_CREATE_CHANNEL_MEMBERSHIP'
  | 'DELETE_CHANNEL_MEMBERSHIP';

/** An event on its way to the users' websockets. */
export interface ChimeEvent {
  readonly type: MessageEventType | ChannelEventType;
  /** The frame's `x-amz-chime-message-type`. */
  readonly messageType: MessageType | 'SYSTEM';
  readonly channelArn: string;
  /** Undefined for an event about a channel. */
  readonly messageId: string | undefined;
  /** ARN of the message's sender. */
  readonly sender: string | undefined;
  readonly payload: Readonly<Record<string, unknown>>;
  /** Whether this user gets it. */
  readonly isFor: (userArn: string) => boolean;
}

export interface MessageFact {
  readonly channel: Channel;
  readonly message: TruthRecord;
  readonly settings: ServiceSettings;
}

/** The event of a create with this status: SENT goes to every member, another status to the sender alone (documented). */
export function createEvent(fact: MessageFact): ChimeEvent {
  const { status, detail } = fact.message;
  return about(fact, typeOf('CREATE', status), status, { Status: statusView(status, detail) });
}

/** The event of an edit with this status. Until it is SENT the payload has the requested content. */
export function updateEvent(fact: MessageFact, update: StoredUpdate): ChimeEvent {
  const metadata = update.metadata === undefined ? {} : { Metadata: update.metadata };
  return about(fact, typeOf('UPDATE', update.status), update.status, {
    ...(update.status === 'SENT' ? {} : { Content: update.content, ...metadata }),
    Status: statusView(update.status, update.detail),
  });
}

/** The event of a redaction or deletion; every member gets it. */
export function removalEvent(fact: MessageFact, type: 'REDACT_CHANNEL_MESSAGE' | 'DELETE_CHANNEL_MESSAGE'): ChimeEvent {
  return about(fact, type, 'SENT', {});
}

/** The event of a channel's deletion; every user who was a member gets it. */
export function channelDeletedEvent(channel: Channel): ChimeEvent {
  return channelEvent('DELETE_CHANNEL', channel, { ChannelArn: channel.arn, Name: channel.name });
}

/** An event about a channel, for those users that `isFor` names, or for its members. */
export function channelEvent(
  type: ChannelEventType,
  channel: Channel,
  payload: Readonly<Record<string, unknown>>,
  isFor: (user: string) => boolean = (user) => isMember(channel, user),
): ChimeEvent {
  return {
    type,
    messageType: 'SYSTEM',
    channelArn: channel.arn,
    messageId: undefined,
    sender: undefined,
    payload,
    isFor,
  };
}

function typeOf(verb: Verb, status: MessageStatus): MessageEventType {
  return status === 'SENT' ? `${verb}_CHANNEL_MESSAGE` : `${status}_${verb}_CHANNEL_MESSAGE`;
}

function about(
  { channel, message, settings }: MessageFact,
  type: MessageEventType,
  status: MessageStatus,
  fields: Record<string, unknown>,
): ChimeEvent {
  const payload = { ...fullMessageView(message, { user: message.sender, settings, time: isoString }), ...fields };
  if (status === 'DENIED' && !settings.deniedCarriesContent) {
    delete payload['Content'];
    delete payload['Metadata'];
  }
  return {
    type,
    messageType: message.type,
    channelArn: message.channelArn,
    messageId: message.messageId,
    sender: message.sender,
    payload,
    isFor:
      status === 'SENT'
        ? (user) => isMember(channel, user) && isTarget(message, user)
        : (user) => user === message.sender,
  };
}
