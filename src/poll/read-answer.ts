/**
 * The service's answers to the two ways of asking, translated into our words. Pure, and the border: nothing behind it
 * knows how the service spells. Whether a miss is believed, `decide.ts` says; what to ask next, `look.ts`.
 */
import { asRecord, isText, readOr } from '../core/as-record.ts';
import { digestOf } from '../core/digest.ts';
import type { ServiceStatus } from '../core/message.ts';
import type { Answer } from '../core/ports.ts';
import { readStatusField } from '../core/status-field.ts';
import type { Trouble } from '../core/trouble.ts';
import type { Shown } from './read-edit.ts';

/** The two operations that tell of a message. */
export type Question = 'status' | 'message';

/** What one answer says. */
export type Reading = Told & {
  /** What GetChannelMessage's answer shows of edits. */
  readonly shown?: Omit<Shown, 'status'> | undefined;
};

type Told =
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
  return { ...(reading.kind === 'missing' ? { kind: 'present' } : reading), shown: readShown(message) };
}

/** The fields of a message, or of a row of a list, that tell of edits. The content itself is not kept. */
export function readShown(message: Readonly<Record<string, unknown>>): Omit<Shown, 'status'> {
  const { Content, LastEditedTimestamp } = message;
  return {
    contentDigest: typeof Content === 'string' ? digestOf(Content) : undefined,
    editedAt: readTime(LastEditedTimestamp),
  };
}

/** A timestamp as the SDK gives it, or as it travels (in seconds), in milliseconds since the epoch. */
export function readTime(time: unknown): number | undefined {
  const ms = time instanceof Date ? time.getTime() : typeof time === 'number' ? time * 1_000 : NaN;
  return Number.isFinite(ms) ? ms : undefined;
}

function readStatus(field: unknown, own: boolean): Told {
  const { status, word, detail } = readStatusField(field);
  if (status !== undefined) return { kind: 'said', status, detail };
  const isObject = asRecord(field) !== undefined;
  const other = word ?? (isObject ? undefined : field);
  if (other !== undefined && other !== null) return { kind: 'said-otherwise', word: other };
  // A status object without a value is the service's own way of saying nothing; a proxy's would not be one.
  return own || isObject ? { kind: 'missing' } : { kind: 'empty' };
}
