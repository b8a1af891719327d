/**
 * The service's answers to the two ways of asking, translated into our words. Pure, and the border: nothing behind it
 * knows how the service spells. Whether a miss is believed, `decide.ts` says; what to ask next, `look.ts`.
 */
import { asRecord, isText, readOr } from '../core/as-record.ts';
import type { ServiceStatus } from '../core/message.ts';
import type { Answer } from '../core/ports.ts';
import { readStatusField } from '../core/status-field.ts';
import type { Trouble } from '../core/trouble.ts';

/** The two operations that tell of a message. */
export type Question = 'status' | 'message';

/** What one answer says. */
export type Reading =
  | { readonly kind: 'said'; readonly status: ServiceStatus; readonly detail?: string | undefined }
  /** A word that this version does not know: the message is there, look again later. */
  | { readonly kind: 'said-otherwise'; readonly word: unknown }
  /** GetChannelMessage has it, and tells no status. */
  | { readonly kind: 'present' }
  | { readonly kind: 'missing' }
  /** An empty 200 that does not show itself to be the service's: perhaps a missing status, perhaps a broken proxy. */
  | { readonly kind: 'empty' }
  | { readonly kind: 'trouble'; readonly trouble: Trouble };

export function readAnswer(question: Question, messageId: string, answer: Answer): Reading {
  if (!answer.ok) {
    return answer.trouble.kind === 'not-found' ? { kind: 'missing' } : { kind: 'trouble', trouble: answer.trouble };
  }
  return readOr<Reading>(
    (error) => ({ kind: 'trouble', trouble: { kind: 'road', error } }),
    () => readOutput(question, messageId, asRecord(answer.output) ?? {}),
  );
}

function readOutput(question: Question, messageId: string, output: Readonly<Record<string, unknown>>): Reading {
  const { Status, ChannelMessage, $metadata } = output;
  if (question === 'status') return readStatus(Status, isText(asRecord($metadata)?.['requestId']));
  const message = asRecord(ChannelMessage);
  const { MessageId = messageId } = message ?? {};
  if (message === undefined || MessageId !== messageId) return { kind: 'empty' };
  const reading = readStatus(message['Status'], true);
  return reading.kind === 'missing' ? { kind: 'present' } : reading;
}

function readStatus(field: unknown, own: boolean): Reading {
  const { status, word, detail } = readStatusField(field);
  if (status !== undefined) return { kind: 'said', status, detail };
  const isObject = asRecord(field) !== undefined;
  const other = word ?? (isObject ? undefined : field);
  if (other !== undefined && other !== null) return { kind: 'said-otherwise', word: other };
  // A status object without a value is the service's own way of saying nothing; a proxy's would not be one.
  return own || isObject ? { kind: 'missing' } : { kind: 'empty' };
}
