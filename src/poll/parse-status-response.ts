/**
 * The service's answers to the two ways of asking, translated into our words. Pure, and the border: nothing behind it
 * knows the service's words. `reduce.ts` says whether a miss is believed, `query-status.ts` what to request next.
 */
import { asObject, isNonEmptyString, tryRead } from '../shared/unknown-json.ts';
import type { ServiceStatus } from '../core/status.ts';
import type { ServiceResult, RequestFailure } from '../core/ports/http.ts';
import { parseStatus } from '../core/parse-status.ts';
import { parseEditFields, type EditFields } from '../core/edit-fields.ts';

/** The two operations that tell of a message. */
export type StatusSource = 'status' | 'message';

/** The meaning of one response. */
export type StatusResponse = StatusOutcome & {
  /** The fields of GetChannelMessage's response that tell of edits. */
  readonly shown?: Omit<EditFields, 'status'> | undefined;
};

type StatusOutcome =
  | { readonly kind: 'status'; readonly status: ServiceStatus; readonly detail?: string | undefined }
  /** A status that this version does not know: the message exists, poll again later. */
  | { readonly kind: 'unknown-status'; readonly word: unknown }
  /** GetChannelMessage returns it without a status. */
  | { readonly kind: 'present' }
  | { readonly kind: 'missing' }
  /** An empty 200 without the service's marks: perhaps a missing status, perhaps a broken proxy. */
  | { readonly kind: 'empty' }
  | { readonly kind: 'failure'; readonly failure: RequestFailure };

export function parseStatusResponse(source: StatusSource, messageId: string, result: ServiceResult): StatusResponse {
  if (!result.ok) {
    return result.failure.kind === 'not-found' ? { kind: 'missing' } : { kind: 'failure', failure: result.failure };
  }
  return tryRead<StatusResponse>(
    (error) => ({ kind: 'failure', failure: { kind: 'unreachable', error } }),
    () => parseOutput(source, messageId, asObject(result.output) ?? {}),
  );
}

function parseOutput(
  source: StatusSource,
  messageId: string,
  output: Readonly<Record<string, unknown>>,
): StatusResponse {
  const { Status, ChannelMessage, $metadata } = output;
  if (source === 'status') return parseStatusOutcome(Status, isNonEmptyString(asObject($metadata)?.['requestId']));
  const message = asObject(ChannelMessage);
  const { MessageId = messageId } = message ?? {};
  if (message === undefined || MessageId !== messageId) return { kind: 'empty' };
  const reading = parseStatusOutcome(message['Status'], true);
  return { ...(reading.kind === 'missing' ? { kind: 'present' } : reading), shown: parseEditFields(message) };
}

function parseStatusOutcome(field: unknown, own: boolean): StatusOutcome {
  const { status, raw, detail } = parseStatus(field);
  if (status !== undefined) return { kind: 'status', status, detail };
  const isObject = asObject(field) !== undefined;
  const other = raw ?? (isObject ? undefined : field);
  if (other !== undefined && other !== null) return { kind: 'unknown-status', word: other };
  // A status object without a value is the service's own way of saying nothing; a proxy's would not be one.
  return own || isObject ? { kind: 'missing' } : { kind: 'empty' };
}
