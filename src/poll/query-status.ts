/**
 * One poll of one delivery: which operation to request, the confirmation where the first response is not enough, and the
 * result as evidence. It plans nothing and decides nothing about the delivery.
 *
 * The service's response for a denied message is unknown (nothing, an empty status, 404, perhaps 403), and a broken proxy
 * gives an empty response, too. So a miss that counts comes from the service itself (it carries a request id), and the
 * last miss from GetChannelMessage, which has a modelled 404.
 */
import { GetChannelMessageCommand, GetChannelMessageStatusCommand } from '@aws-sdk/client-chime-sdk-messaging';
import type { EditFields } from '../core/edit-fields.ts';
import type { EditRead, Evidence, Missing } from '../core/evidence.ts';
import type { DeliveryRecord } from '../core/delivery-record.ts';
import type { Permit, Priority, HttpPort, RequestFailure } from '../core/ports/http.ts';
import { monotonicNow } from '../shared/time.ts';
import type { Permissions } from './permissions.ts';
import { parseStatusResponse, type StatusSource, type StatusResponse } from './parse-status-response.ts';

export interface QueryPorts {
  readonly http: HttpPort;
  readonly access: Permissions;
  readonly confirmations: number;
  readonly onUnknownStatus: (word: unknown) => void;
}

export interface StatusQuery {
  readonly record: DeliveryRecord;
  readonly priority: Priority;
  readonly permit: Permit;
  readonly signal: AbortSignal;
  readonly onRequest: () => void;
  /** For an edit: compares a read of its message with it. */
  readonly readEdit?: ((shown: EditFields) => Pick<EditRead, 'shows' | 'status' | 'ambiguous'>) | undefined;
}

/**
 * The result of a poll: evidence, or none because the credentials are bad, because both operations were just refused, or
 * because it was aborted.
 */
export type PollResult =
  { readonly kind: 'evidence'; readonly evidence: Evidence } | { readonly kind: 'suspended' | 'forbidden' | 'aborted' };

export async function queryStatus(query: StatusQuery, ports: QueryPorts): Promise<PollResult> {
  const { record, signal, priority } = query;
  const { chimeBearer, messageId = '' } = record;
  const { access, http } = ports;
  let permit: Permit | undefined = query.permit;
  let askedAt = monotonicNow();

  const ask = async (source: StatusSource): Promise<StatusResponse> => {
    const result = await http.execute({
      kind: source,
      about: () => [record.id],
      chimeBearer,
      priority,
      signal,
      permit,
      command: () => commandFor(source, record),
      onAttempt: () => {
        askedAt = monotonicNow();
        query.onRequest();
      },
    });
    permit = undefined;
    const response = parseStatusResponse(source, messageId, result);
    if (forbiddenIn(response) !== undefined) access.recordRefused(record, source, monotonicNow());
    else if (response.kind !== 'failure') access.recordAllowed(record, source);
    return response;
  };
  const told = (response: StatusResponse, source: StatusSource): PollResult => {
    if (response.kind !== 'failure') access.recordMessageAllowed(record);
    const missingSource = access.isDenied(record, 'message', askedAt) ? 'status-only' : 'status';
    const found = { at: monotonicNow(), tookMs: Math.max(0, monotonicNow() - askedAt) };
    return toResult(response, source === 'message' ? 'message' : missingSource, found, query, ports);
  };

  const needsConfirmation = record.missingCount > 0 && record.missingCount + 1 >= ports.confirmations;
  // We request a confirmation until it is certain that the policy forbids it. The status tells nothing of an edit.
  const isWanted =
    needsConfirmation && !access.isDenied(record, 'message', askedAt)
      ? true
      : access.allows(record, 'message', askedAt) && (record.isEdit || !access.allows(record, 'status', askedAt));
  let confirmation: StatusResponse | undefined;
  if (isWanted) {
    confirmation = await ask('message');
    // Without a usable response the status is requested, too: the message may have become readable. Where CORS hides the
    // service's marks, even a refusal by the policy looks like a network failure.
    const asksOn = forbiddenIn(confirmation) !== undefined || (tellsNothing(confirmation) && !record.isEdit);
    if (!asksOn) return told(confirmation, 'message');
  }
  const response = await ask('status');
  const refusal = forbiddenIn(response);
  if (refusal !== undefined) {
    confirmation ??= await ask('message');
    if (forbiddenIn(confirmation) === undefined) return told(confirmation, 'message');
    // A service may refuse the status of one message, and tell that of others.
    const isMessageRefused = access.recordMessageRefused(record, askedAt);
    const isFinal =
      isMessageRefused || (['status', 'message'] as const).every((way) => access.isDenied(record, way, askedAt));
    return isFinal ? evidence({ kind: 'forbidden', at: monotonicNow(), error: refusal.error }) : { kind: 'forbidden' };
  }
  if (response.kind === 'empty') {
    // Also where that was refused before: nothing else can tell, and a permission may have been given since.
    confirmation ??= await ask('message');
    if (forbiddenIn(confirmation) === undefined) return told(confirmation, 'message');
  }
  return told(response, 'status');
}

function toResult(
  response: StatusResponse,
  missingSource: Missing['source'],
  { at, tookMs }: { at: number; tookMs: number },
  { readEdit }: StatusQuery,
  ports: QueryPorts,
): PollResult {
  const { shown } = response;
  if (response.kind === 'unknown-status') ports.onUnknownStatus(response.word);
  if (readEdit !== undefined && shown !== undefined) {
    const status = response.kind === 'status' ? response.status : undefined;
    return evidence({ kind: 'edit-read', source: 'message', at, tookMs, ...readEdit({ ...shown, status }) });
  }
  switch (response.kind) {
    case 'status':
      return evidence({
        kind: 'status',
        source: 'status',
        at,
        tookMs,
        status: response.status,
        detail: response.detail,
      });
    case 'unknown-status':
      return evidence({ kind: 'status', source: 'status', at, status: 'PENDING' });
    case 'present':
      return evidence({ kind: 'present', at });
    case 'missing':
      return evidence({ kind: 'missing', at, tookMs, source: missingSource });
    case 'empty':
      return evidence({ kind: 'no-response', at });
    case 'failure':
      return fromFailure(response.failure, at);
  }
}

function fromFailure({ kind, error }: RequestFailure, at: number): PollResult {
  if (kind === 'credentials' || kind === 'clock-skew') return { kind: 'suspended' };
  if (kind === 'aborted') return { kind: 'aborted' };
  if (kind === 'invalid') return evidence({ kind: 'invalid', at, error });
  return evidence({ kind: 'no-response', at });
}

/** The failure of an operation that is not permitted. */
function forbiddenIn(response: StatusResponse): RequestFailure | undefined {
  return response.kind === 'failure' && response.failure.kind === 'forbidden' ? response.failure : undefined;
}

/** Whether a response is neither about the message nor about who asks. */
function tellsNothing(response: StatusResponse): boolean {
  if (response.kind !== 'failure') return response.kind === 'empty';
  const result = fromFailure(response.failure, 0);
  return result.kind === 'evidence' && result.evidence.kind === 'no-response';
}

function evidence(found: Evidence): PollResult {
  return { kind: 'evidence', evidence: found };
}

function commandFor(source: StatusSource, record: DeliveryRecord): object {
  const input = {
    ChannelArn: record.channelArn,
    MessageId: record.messageId,
    ChimeBearer: record.chimeBearer,
    ...(record.subChannelId === undefined ? {} : { SubChannelId: record.subChannelId }),
  };
  return source === 'status' ? new GetChannelMessageStatusCommand(input) : new GetChannelMessageCommand(input);
}
