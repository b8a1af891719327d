/**
 * Parses the argument of `track` and `wrap`, a `SendChannelMessage` output or a plain message, into what the registry needs.
 * Throws `InvalidArgumentError` for bad input.
 */
import type { SendChannelMessageCommandOutput } from '@aws-sdk/client-chime-sdk-messaging';
import { digestOf } from '../shared/digest.ts';
import type { DeliveryDetails, SendInput, UpdateInput } from '../core/delivery-details.ts';
import { deepFreeze, jsonCopy } from '../shared/json-copy.ts';
import { InvalidArgumentError } from '../shared/errors.ts';
import { isServiceStatus, type ServiceStatus } from '../core/status.ts';
import { parseStatus } from '../core/parse-status.ts';
import { expectArn, expectId, expectObject, expectOneOf, expectReadable } from '../shared/validate.ts';

/** A message that the app has sent itself. */
export interface TrackableMessage {
  /** ARN of the channel. */
  channelArn: string;
  /** Chime's id of the message. */
  messageId: string;
  subChannelId?: string | undefined;
  /** ARN of the sender. Default: the tracker's `chimeBearer`. */
  chimeBearer?: string | undefined;
  /** Default `PERSISTENT`. For a `NON_PERSISTENT` message a missing status proves nothing, and it ends as UNKNOWN. */
  persistence?: 'PERSISTENT' | 'NON_PERSISTENT' | undefined;
  /** Default `STANDARD`. Only standard messages go through a channel flow. */
  type?: 'STANDARD' | 'CONTROL' | undefined;
  /** Default `create`. An `update` is an edit of the message, and a delivery of its own. */
  operation?: 'create' | 'update' | undefined;
  /**
   * The content. If it is given for an edit, the tracker can tell by reading the message whether the edit was applied. Only a
   * digest is kept.
   */
  content?: string | undefined;
  /** What was sent: `retry` can then send it again. Only what TypeScript's `SendInput` or `UpdateInput` has. */
  input?: SendInput | UpdateInput | undefined;
  /** The app's own JSON, kept with the delivery and in the store. */
  context?: unknown;
  /** The status in the send's response. Default `PENDING`. */
  status?: ServiceStatus | undefined;
}

/** The argument of `track`: a plain message, or a `SendChannelMessage` output with the fields that the output lacks. */
export type Trackable =
  | TrackableMessage
  | (Pick<SendChannelMessageCommandOutput, 'ChannelArn' | 'MessageId' | 'Status' | 'SubChannelId'> &
      Partial<
        Pick<TrackableMessage, 'chimeBearer' | 'persistence' | 'type' | 'operation' | 'content' | 'input' | 'context'>
      >);

/** What the registry needs to begin tracking. */
export interface TrackRequest {
  readonly channelArn: string;
  readonly messageId: string;
  readonly subChannelId: string | undefined;
  readonly chimeBearer: string;
  readonly missingMeansDenied: boolean;
  readonly isEdit: boolean;
  readonly contentDigest: number | undefined;
  readonly details: DeliveryDetails;
  readonly status: ServiceStatus | undefined;
  readonly detail: string | undefined;
}

export function parseTrackable(message: Trackable, chimeBearer: string): TrackRequest {
  return expectReadable('message', message, () => read(message, chimeBearer));
}

function read(message: Trackable, chimeBearer: string): TrackRequest {
  const given = expectObject('message', 'a SendChannelMessage output or { channelArn, messageId }', message);
  const plain = 'MessageId' in given || 'ChannelArn' in given ? withOutput(given) : given;
  const { persistence = 'PERSISTENT', type = 'STANDARD', operation = 'create', status, detail } = plain;
  expectOneOf('persistence', ['PERSISTENT', 'NON_PERSISTENT'], persistence);
  expectOneOf('type', ['STANDARD', 'CONTROL'], type);
  expectOneOf('operation', ['create', 'update'], operation);
  if (status !== undefined && !isServiceStatus(status)) {
    throw new InvalidArgumentError('status', 'one of PENDING, SENT, FAILED, DENIED', status);
  }
  const { channelArn, messageId, subChannelId, content } = plain;
  if (content !== undefined && typeof content !== 'string')
    throw new InvalidArgumentError('content', 'a string', content);
  return {
    channelArn: expectArn('channelArn', channelArn),
    messageId: expectId('messageId', messageId),
    subChannelId: subChannelId === undefined ? undefined : expectId('subChannelId', subChannelId),
    chimeBearer: expectArn('chimeBearer', plain['chimeBearer'] ?? chimeBearer),
    missingMeansDenied: persistence === 'PERSISTENT' && type === 'STANDARD' && operation === 'create',
    isEdit: operation === 'update',
    contentDigest: content === undefined ? undefined : digestOf(content),
    details: detailsOf(plain),
    status,
    detail: typeof detail === 'string' ? detail : undefined,
  };
}

function detailsOf({ type, persistence, input, context }: Record<string, unknown>): DeliveryDetails {
  const given = input === undefined ? undefined : expectObject('input', 'the input of the send', input);
  return {
    type: type as DeliveryDetails['type'],
    persistence: persistence as DeliveryDetails['persistence'],
    input: given && (deepFreeze(jsonCopy('input', given)) as DeliveryDetails['input']),
    context: context === undefined ? undefined : deepFreeze(jsonCopy('context', context)),
  };
}

/** The fields of an output under our names. The fields beside it (`persistence`, …) stay, inherited or own. */
function withOutput(output: Record<string, unknown>): Record<string, unknown> {
  // A status of a later service version is no reason to reject a message: it is polled.
  const { status, detail } = parseStatus(output['Status']);
  return {
    chimeBearer: output['chimeBearer'],
    persistence: output['persistence'],
    type: output['type'],
    operation: output['operation'],
    content: output['content'],
    input: output['input'],
    context: output['context'],
    channelArn: output['ChannelArn'],
    messageId: output['MessageId'],
    subChannelId: output['SubChannelId'] ?? undefined,
    status,
    detail,
  };
}
