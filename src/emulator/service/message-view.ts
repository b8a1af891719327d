// A message as a reader gets it, in REST answers and in websocket payloads. The two differ in how they write a time:
// numbers of seconds in REST, ISO strings on the websocket (both measured with the SDK).

import type { MessageStatus, TruthRecord } from './message.ts';
import { statusFor } from './visibility.ts';

export type TimeFormat = (ms: number) => number | string;

export const epochSeconds: TimeFormat = (ms) => ms / 1000;
export const isoString: TimeFormat = (ms) => new Date(ms).toISOString();

export interface StatusView {
  Value: MessageStatus;
  Detail?: string;
}

export type MessageView = Record<string, unknown>;

export function statusView(value: MessageStatus, detail: string | undefined): StatusView {
  return detail === undefined ? { Value: value } : { Value: value, Detail: detail };
}

/** The fields that a list row, a message and a websocket payload share. */
export function messageView(message: TruthRecord, reader: string, time: TimeFormat): MessageView {
  const value = statusFor(message, reader);
  const view: MessageView = {
    MessageId: message.messageId,
    Type: message.type,
    CreatedTimestamp: time(message.createdAt),
    LastUpdatedTimestamp: time(message.lastUpdatedAt),
    Sender: identity(message.sender),
    Redacted: message.redacted,
    Status: statusView(value, value === message.status ? message.detail : undefined),
  };
  if (!message.redacted) {
    view['Content'] = message.content;
    if (message.metadata !== undefined) view['Metadata'] = message.metadata;
  }
  if (message.contentType !== undefined) view['ContentType'] = message.contentType;
  if (message.attributes !== undefined) view['MessageAttributes'] = message.attributes;
  if (message.target !== undefined) view['Target'] = message.target.map((arn) => ({ MemberArn: arn }));
  if (message.lastEditedAt !== undefined) view['LastEditedTimestamp'] = time(message.lastEditedAt);
  return view;
}

/** The whole message, as GetChannelMessage gives it and as events carry it. */
export function fullMessageView(message: TruthRecord, reader: string, time: TimeFormat): MessageView {
  const view = messageView(message, reader, time);
  view['ChannelArn'] = message.channelArn;
  view['Persistence'] = message.persistence;
  if (message.subChannelId !== undefined) view['SubChannelId'] = message.subChannelId;
  return view;
}

/** A user, named after the last part of the ARN. */
export function identity(arn: string): { Arn: string; Name: string } {
  return { Arn: arn, Name: arn.slice(arn.lastIndexOf('/') + 1) };
}
