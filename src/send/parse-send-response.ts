/**
 * Parses the response to a send, or to an edit, into evidence. Pure. A refusal ends a delivery as rejected only if it is certain that no
 * earlier attempt of the same message reached the service.
 */
import { asObject, isNonEmptyString, tryRead } from '../shared/unknown-json.ts';
import type { Evidence } from '../core/evidence.ts';
import { isId } from '../shared/validate.ts';
import type { ServiceResult } from '../core/ports/http.ts';
import { parseStatus } from '../core/parse-status.ts';

/** What to do after the response to a send. */
export type SendResult =
  | { readonly kind: 'evidence'; readonly evidence: Evidence }
  | { readonly kind: 'retry'; readonly error: unknown }
  | { readonly kind: 'credentials'; readonly error: unknown }
  | { readonly kind: 'aborted' };

export interface SendAttempt {
  readonly at: number;
  /** An earlier request of this message had no answer: the service may have the message. */
  readonly mayHaveArrived: boolean;
  /** How often this message got a conflict before. */
  readonly conflicts?: number;
  /** The conflict passes when the channel flow has processed the message, or an earlier edit of it. */
  readonly isProcessing?: boolean;
}

/** Attempts after the first conflict, before it ends the delivery: a request with the same token may be in progress. */
const CONFLICT_RETRIES = 4;

export function parseSendResponse(
  result: ServiceResult,
  { at, mayHaveArrived, conflicts = 0, isProcessing = false }: SendAttempt,
): SendResult {
  if (!result.ok) {
    const { kind, error } = result.failure;
    if (kind === 'conflict' && (isProcessing || conflicts < CONFLICT_RETRIES)) return { kind: 'retry', error };
    switch (kind) {
      case 'aborted':
        return { kind: 'aborted' };
      case 'credentials':
      case 'clock-skew':
        return { kind: 'credentials', error };
      case 'throttled':
      case 'unreachable':
        return { kind: 'retry', error };
      case 'invalid':
        // The first attempt carried the same input, and was refused for it as well.
        if (!mayHaveArrived || isInputError(error)) {
          return { kind: 'evidence', evidence: { kind: 'rejected', at, error } };
        }
        return { kind: 'evidence', evidence: { kind: 'unconfirmed', at, error } };
      case 'forbidden':
      case 'not-found':
      case 'conflict':
      case 'client-error':
        return { kind: 'evidence', evidence: { kind: mayHaveArrived ? 'unconfirmed' : 'rejected', at, error } };
    }
  }
  return tryRead<SendResult>(
    (error) => ({ kind: 'retry', error }),
    () => parseOutput(asObject(result.output) ?? {}, at),
  );
}

function parseOutput(output: Readonly<Record<string, unknown>>, at: number): SendResult {
  const { MessageId: messageId, SubChannelId: subChannelId, Status } = output;
  // An empty 200 comes from a proxy, not from the service.
  if (!isNonEmptyString(messageId)) return { kind: 'retry', error: new Error('The response has no MessageId.') };
  const { status, detail } = parseStatus(Status);
  return {
    kind: 'evidence',
    evidence: {
      kind: 'accepted',
      at,
      messageId,
      subChannelId: isId(subChannelId) ? subChannelId : undefined,
      status,
      detail,
    },
  };
}

/** Whether a 400 says that the input is wrong. Another 400 (ResourceLimitExceeded, say) may pass later. */
function isInputError(error: unknown): boolean {
  const name = asObject(error)?.['name'];
  return typeof name === 'string' && /^(BadRequest|Validation|Serialization)/.test(name);
}
