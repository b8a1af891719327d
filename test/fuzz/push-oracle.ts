// The content of a websocket message, parsed a second time and as plainly as possible: only what it contains counts.

import { isText, parsed, peek } from './peek.ts';

/** One message's status, as the service's own word. */
export interface Word {
  readonly messageId: string;
  readonly channelArn: string;
  readonly sender: string | undefined;
  /** Whether it is about an edit; undefined if it does not say so. */
  readonly isEdit: boolean | undefined;
  readonly status: string;
  readonly source: 'websocket' | 'prefetch';
  readonly subChannelId: string | undefined;
  /** For an event about an edit: its content, and whether it has a time. */
  readonly content: string | undefined;
  readonly dated: boolean;
}

const EVENT = /^(?:(PENDING|FAILED|DENIED)_)?(CREATE|UPDATE)_CHANNEL_MESSAGE$/;
const WORD = /^(PENDING|SENT|FAILED|DENIED)$/;
const ID = /^[-_a-zA-Z0-9]{1,128}$/;

export function wordsIn(message: unknown): Word[] {
  const type = peek(message, 'type');
  const payload = peek(message, 'payload');
  const body = typeof payload === 'string' ? parsed(payload) : undefined;
  if (typeof type !== 'string') return [];
  const [event, prefix, verb] = EVENT.exec(type) ?? [];
  if (event === undefined) return type === 'CHANNEL_DETAILS' ? wordsInRows(body) : [];
  const status = prefix ?? 'SENT';
  const told = peek(peek(body, 'Status'), 'Value');
  // Its type and its status contradict each other.
  if (isWord(told) && told !== status) return [];
  const source = 'websocket';
  const ofMessage = word(body, peek(body, 'ChannelArn'), { status, isEdit: false, source });
  if (verb !== 'UPDATE') return ofMessage;
  const content = peek(body, 'Content');
  const time = peek(body, 'LastEditedTimestamp') ?? peek(body, 'LastUpdatedTimestamp') ?? undefined;
  const ofEdit = ofMessage.map((one) => ({
    ...one,
    isEdit: true,
    content: typeof content === 'string' ? content : undefined,
    dated: time !== undefined,
  }));
  // A delivered edit reaches all members, who have the message.
  return status === 'SENT' ? [...ofEdit, ...ofMessage] : ofEdit;
}

function wordsInRows(body: unknown): Word[] {
  const rows = peek(body, 'ChannelMessages');
  const channelArn = peek(peek(body, 'Channel'), 'ChannelArn') ?? peek(body, 'ChannelArn');
  if (!Array.isArray(rows)) return [];
  return rows.flatMap((row: unknown) => {
    const status = peek(peek(row, 'Status'), 'Value');
    if (!isWord(status)) return [];
    return word(row, peek(row, 'ChannelArn') ?? channelArn, { status, isEdit: undefined, source: 'prefetch' });
  });
}

function word(body: unknown, channelArn: unknown, rest: Pick<Word, 'status' | 'isEdit' | 'source'>): Word[] {
  const messageId = peek(body, 'MessageId');
  const sender = peek(peek(body, 'Sender'), 'Arn');
  if (typeof messageId !== 'string' || !ID.test(messageId)) return [];
  if (typeof channelArn !== 'string' || channelArn.length > 1_600) return [];
  const subChannelId = peek(body, 'SubChannelId');
  return [
    {
      messageId,
      channelArn,
      subChannelId: isText(subChannelId) ? subChannelId : undefined,
      sender: typeof sender === 'string' ? sender : undefined,
      content: undefined,
      dated: false,
      ...rest,
    },
  ];
}

function isWord(value: unknown): value is string {
  return typeof value === 'string' && WORD.test(value);
}
