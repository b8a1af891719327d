/**
 * What the service's answer to a send says, as evidence. Pure. A refusal ends a delivery only if it is certain that no
 * earlier try of the same message got through.
 */
import { asRecord, isText, readOr } from '../core/as-record.ts';
import type { Evidence } from '../core/evidence.ts';
import { isId } from '../core/expect.ts';
import type { Answer } from '../core/ports.ts';
import { readStatusField } from '../core/status-field.ts';

/** What to do after an answer to a send. */
export type SendReading =
  | { readonly kind: 'evidence'; readonly evidence: Evidence }
  | { readonly kind: 'again'; readonly error: unknown }
  | { readonly kind: 'suspended'; readonly error: unknown }
  | { readonly kind: 'aborted' };

export interface SendAttempt {
  readonly at: number;
  /** An earlier request of this message was never answered: the service may have the message. */
  readonly mayHaveArrived: boolean;
  /** How often this message was answered by a conflict before. */
  readonly conflicts?: number;
}

/** A conflict may say that a request with the same token is being processed: so many more are tried before it is an end. */
const CONFLICT_TRIES = 4;

export function readSendAnswer(answer: Answer, { at, mayHaveArrived, conflicts = 0 }: SendAttempt): SendReading {
  if (!answer.ok) {
    const { kind, error } = answer.trouble;
    if (kind === 'conflict' && conflicts < CONFLICT_TRIES) return { kind: 'again', error };
    switch (kind) {
      case 'aborted':
        return { kind: 'aborted' };
      case 'credentials':
      case 'skew':
        return { kind: 'suspended', error };
      case 'throttled':
      case 'road':
        return { kind: 'again', error };
      case 'invalid':
        // The first try carried the same words, and was refused for them as well.
        if (!mayHaveArrived || isAboutTheWords(error)) {
          return { kind: 'evidence', evidence: { kind: 'rejected', at, error } };
        }
        return { kind: 'evidence', evidence: { kind: 'lost', at, error } };
      case 'forbidden':
      case 'not-found':
      case 'conflict':
      case 'refused':
        return { kind: 'evidence', evidence: { kind: mayHaveArrived ? 'lost' : 'rejected', at, error } };
    }
  }
  return readOr<SendReading>(
    (error) => ({ kind: 'again', error }),
    () => readOutput(asRecord(answer.output) ?? {}, at),
  );
}

function readOutput(output: Readonly<Record<string, unknown>>, at: number): SendReading {
  const { MessageId: messageId, SubChannelId: subChannelId, Status } = output;
  // An empty 200 is a proxy's, not the service's.
  if (!isText(messageId)) return { kind: 'again', error: new Error('The answer has no MessageId.') };
  const { status, detail } = readStatusField(Status);
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
function isAboutTheWords(error: unknown): boolean {
  const name = asRecord(error)?.['name'];
  return typeof name === 'string' && /^(BadRequest|Validation|Serialization)/.test(name);
}
