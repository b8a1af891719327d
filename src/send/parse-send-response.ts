/**
 * What the service's answer to a send says, as evidence. Pure. A refusal ends a delivery only if it is certain that no
 * earlier try of the same message got through.
 */
import { asObject, isNonEmptyString, tryRead } from '../shared/unknown-json.ts';
import type { Evidence } from '../core/evidence.ts';
import { isId } from '../shared/validate.ts';
import type { ServiceResult } from '../core/ports/http.ts';
import { parseStatus } from '../core/parse-status.ts';

/** What to do after an answer to a send. */
export type SendResult =
  | { readonly kind: 'evidence'; readonly evidence: Evidence }
  | { readonly kind: 'retry'; readonly error: unknown }
  | { readonly kind: 'credentials'; readonly error: unknown }
  | { readonly kind: 'aborted' };

export interface SendAttempt {
  readonly at: number;
  /** An earlier request of this message was never answered: the service may have the message. */
  readonly mayHaveArrived: boolean;
  /** How often this message was answered by a conflict before. */
  readonly conflicts?: number;
}

/** A conflict may say that a request with the same token is being processed: so many more are tried before it is an end. */
const CONFLICT_RETRIES = 4;

export function parseSendResponse(
  result: ServiceResult,
  { at, mayHaveArrived, conflicts = 0 }: SendAttempt,
): SendResult {
  if (!result.ok) {
    const { kind, error } = result.failure;
    if (kind === 'conflict' && conflicts < CONFLICT_RETRIES) return { kind: 'retry', error };
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
        // The first try carried the same words, and was refused for them as well.
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
  // An empty 200 is a proxy's, not the service's.
  if (!isNonEmptyString(messageId)) return { kind: 'retry', error: new Error('The answer has no MessageId.') };
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

/** Of the 400s, the one that says that the input is wrong; another (ResourceLimitExceeded, say) may pass. */
function isInputError(error: unknown): boolean {
  const name = asObject(error)?.['name'];
  return typeof name === 'string' && /^(BadRequest|Validation|Serialization)/.test(name);
}
