/**
 * Parses a websocket event: which message it is about, who sent it, and its status. Pure.
 * Event types and payloads are documented; an event that does not fit them is `malformed`, never evidence.
 */
import type { MessageReference } from '../core/identity.ts';
import { asObject, isNonEmptyString, tryRead } from '../shared/unknown-json.ts';
import { digestOf } from '../shared/digest.ts';
import { isId } from '../shared/validate.ts';
import type { OutcomeEvidence, ServiceStatus } from '../core/status.ts';
import { parseStatus } from '../core/parse-status.ts';

/** A message as a session's observer gets it: the event type, the headers, and the payload as a JSON string. */
export interface PushMessage {
  readonly type: string;
  readonly headers?: unknown;
  readonly payload?: string | null;
}

export interface PushedStatus {
  readonly message: MessageReference;
  readonly status: ServiceStatus;
  readonly detail: string | undefined;
  readonly source: Extract<OutcomeEvidence, 'websocket' | 'prefetch'>;
  /** It is concluded from another event: the message was delivered some time before. */
  readonly isImplied?: true;
}

/** A message that was deleted or redacted, or (without `message`) all messages of a channel. */
export interface PushedRemoval {
  readonly channelArn: string;
  readonly message: MessageReference | undefined;
}

export type PushEvent =
  | { readonly kind: 'established' }
  /** `malformed` names the part that could not be read. */
  | { readonly kind: 'statuses'; readonly statuses: readonly PushedStatus[]; readonly malformed?: string }
  | { readonly kind: 'removed'; readonly removal: PushedRemoval }
  /** An event without a message status. */
  | { readonly kind: 'other' }
  | { readonly kind: 'malformed'; readonly why: string };

const statusOfEvent: ReadonlyMap<string, { readonly status: ServiceStatus; readonly isEdit: boolean }> = new Map(
  [false, true].flatMap((isEdit): [string, { status: ServiceStatus; isEdit: boolean }][] => {
    const event = isEdit ? 'UPDATE_CHANNEL_MESSAGE' : 'CREATE_CHANNEL_MESSAGE';
    return [
      [event, { status: 'SENT', isEdit }],
      [`PENDING_${event}`, { status: 'PENDING', isEdit }],
      [`FAILED_${event}`, { status: 'FAILED', isEdit }],
      [`DENIED_${event}`, { status: 'DENIED', isEdit }],
    ];
  }),
);

/** Events after which the absence of a message proves nothing (documented). */
const removals: ReadonlySet<string> = new Set(['DELETE_CHANNEL_MESSAGE', 'REDACT_CHANNEL_MESSAGE', 'DELETE_CHANNEL']);

/** Documented: an ARN has at most 1600 characters. */
const MAX_ARN = 1_600;

export function parsePushEvent(message: PushMessage): PushEvent {
  return tryRead<PushEvent>(
    () => ({ kind: 'malformed', why: 'a message that cannot be read' }),
    () => read(message),
  );
}

function read(message: PushMessage): PushEvent {
  const { type, payload } = asObject(message) ?? {};
  if (typeof type !== 'string') return { kind: 'malformed', why: 'a message without a type' };
  if (type === 'SESSION_ESTABLISHED') return { kind: 'established' };
  const event = statusOfEvent.get(type);
  if (event === undefined && type !== 'CHANNEL_DETAILS' && !removals.has(type)) return { kind: 'other' };
  const body = parse(payload);
  if (body === undefined) return { kind: 'malformed', why: `${type} without a JSON object as its payload` };
  if (type === 'DELETE_CHANNEL') return parseChannelRemoval(body);
  if (type === 'CHANNEL_DETAILS') return parseChannelDetails(body);

  const key = parseReference(body, body['ChannelArn'], event?.isEdit ?? false);
  if (key === undefined) return { kind: 'malformed', why: `${type} without ChannelArn and MessageId` };
  if (event === undefined) return { kind: 'removed', removal: { channelArn: key.channelArn, message: key } };
  const { status = event.status, detail } = parseStatus(body['Status']);
  if (status !== event.status) return { kind: 'malformed', why: `${type} with status ${status}` };
  const statuses: PushedStatus = { message: key, status, detail, source: 'websocket' };
  if (!event.isEdit) return { kind: 'statuses', statuses: [statuses] };
  const edit = { ...statuses, message: { ...key, ...digestsOf(body, `${type} ${String(payload)}`) } };
  if (status !== 'SENT') return { kind: 'statuses', statuses: [edit] };
  // The event goes to all members (documented), who have the message: so the message itself was delivered.
  return {
    kind: 'statuses',
    statuses: [edit, { ...statuses, detail: undefined, message: { ...key, isEdit: false }, isImplied: true }],
  };
}

/**
 * Digests of an edit's content, to tell it from other edits, and of its event, to tell a copy of the event from that of
 * another edit. Only an event with a timestamp has the second one.
 */
function digestsOf(
  body: Readonly<Record<string, unknown>>,
  event: string,
): Pick<MessageReference, 'contentDigest' | 'eventDigest'> {
  const { Content, LastEditedTimestamp, LastUpdatedTimestamp } = body;
  const isDated = (LastEditedTimestamp ?? LastUpdatedTimestamp ?? undefined) !== undefined;
  return {
    contentDigest: typeof Content === 'string' ? digestOf(Content) : undefined,
    eventDigest: isDated ? digestOf(event) : undefined,
  };
}

function parseChannelRemoval(body: Readonly<Record<string, unknown>>): PushEvent {
  const channelArn = body['ChannelArn'] ?? asObject(body['Channel'])?.['ChannelArn'];
  if (typeof channelArn !== 'string') return { kind: 'malformed', why: 'DELETE_CHANNEL without ChannelArn' };
  return { kind: 'removed', removal: { channelArn, message: undefined } };
}

/** Parses the rows of the prefetch. Only statuses in the rows count; an absent message proves nothing. */
function parseChannelDetails(body: Readonly<Record<string, unknown>>): PushEvent {
  const rows = body['ChannelMessages'] ?? [];
  if (!Array.isArray(rows))
    return { kind: 'malformed', why: 'CHANNEL_DETAILS with ChannelMessages that are not a list' };
  const channelArn = asObject(body['Channel'])?.['ChannelArn'] ?? body['ChannelArn'];
  const all: PushedStatus[] = [];
  let unreadable = 0;
  for (const row of rows as readonly unknown[]) {
    const fields = asObject(row) ?? {};
    const key = parseReference(fields, fields['ChannelArn'] ?? channelArn, undefined);
    const { status, detail } = parseStatus(fields['Status']);
    if (key === undefined) unreadable += 1;
    else if (status !== undefined) all.push({ message: key, status, detail, source: 'prefetch' });
  }
  const statuses = { kind: 'statuses', statuses: all } as const;
  return unreadable === 0
    ? statuses
    : { ...statuses, malformed: 'rows of CHANNEL_DETAILS without ChannelArn and MessageId' };
}

function parseReference(
  fields: Readonly<Record<string, unknown>>,
  channelArn: unknown,
  isEdit: boolean | undefined,
): MessageReference | undefined {
  const { MessageId: messageId, Sender, SubChannelId } = fields;
  if (!isId(messageId) || typeof channelArn !== 'string' || channelArn.length > MAX_ARN) return undefined;
  const arn = asObject(Sender)?.['Arn'];
  const subChannelId = isNonEmptyString(SubChannelId) ? SubChannelId : undefined;
  return { messageId, channelArn, subChannelId, sender: typeof arn === 'string' ? arn : undefined, isEdit };
}

function parse(payload: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof payload !== 'string') return undefined;
  try {
    return asObject(JSON.parse(payload));
  } catch {
    return undefined;
  }
}
