// The view of a message in REST answers and in websocket payloads. The two differ in the format of times: seconds in REST, ISO
// strings on the websocket (both measured with the SDK).

import type { MessageStatus, TruthRecord } from './message.ts';
import type { EditSettings, ServiceSettings } from './settings.ts';

export type TimeFormat = (ms: number) => number | string;

/** The format of times in REST answers: seconds, with or without a fraction. */
export function restTime({ restTimestamps }: Pick<ServiceSettings, 'restTimestamps'>): TimeFormat {
  return restTimestamps === 'fraction' ? (ms) => ms / 1000 : (ms) => Math.floor(ms / 1000);
}

export const isoString: TimeFormat = (ms) => new Date(ms).toISOString();

/** The reader, the format of times, and the settings for edits. */
export interface View {
  readonly user: string;
  readonly time: TimeFormat;
  readonly settings: Pick<EditSettings, 'pendingEdit' | 'refusedEdit'>;
}

export interface StatusView {
  Value: MessageStatus;
  Detail?: string;
}

export type MessageView = Record<string, unknown>;

export function statusView(value: MessageStatus, detail: string | undefined): StatusView {
  return detail === undefined ? { Value: value } : { Value: value, Detail: detail };
}

/** The status that a reader gets. Only the sender sees an edit that is not applied (assumed). */
export function statusAsRead(message: TruthRecord, { user, settings }: Omit<View, 'time'>): StatusView {
  const own = statusView(message.status, message.detail);
  if (message.status !== 'SENT' || user !== message.sender) return own;
  if (settings.pendingEdit === 'pending' && message.updates.some(({ status }) => status === 'PENDING')) {
    return statusView('PENDING', undefined);
  }
  const last = message.updates.findLast(({ status }) => status !== 'PENDING');
  if (last === undefined || last.status === 'SENT' || settings.refusedEdit === 'unchanged') return own;
  return statusView(last.status, last.detail);
}

/** The fields that a list row, a message and a websocket payload share. */
export function messageView(message: TruthRecord, reader: View): MessageView {
  const { time } = reader;
  const view: MessageView = {
    MessageId: message.messageId,
    Type: message.type,
    CreatedTimestamp: time(message.createdAt),
    LastUpdatedTimestamp: time(message.lastUpdatedAt),
    Sender: identity(message.sender),
    Redacted: message.redacted,
    Status: statusAsRead(message, reader),
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

/** The whole message, as in GetChannelMessage and in events. */
export function fullMessageView(message: TruthRecord, reader: View): MessageView {
  const view = messageView(message, reader);
  view['ChannelArn'] = message.channelArn;
  view['Persistence'] = message.persistence;
  if (message.subChannelId !== undefined) view['SubChannelId'] = message.subChannelId;
  return view;
}

/** A user, named after the last part of the ARN. */
export function identity(arn: string): { Arn: string; Name: string } {
  return { Arn: arn, Name: arn.slice(arn.lastIndexOf('/') + 1) };
}
