/**
 * The service's answers to the two ways of asking, translated into our words. Pure, and the border: nothing behind it
 * knows how the service spells. Whether a miss is believed, `decide.ts` says; what to ask next, `look.ts`.
 */
import { isServiceStatus, type ServiceStatus } from '../core/message.ts';
import type { Answer } from '../core/ports.ts';
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

interface StatusOutput {
  readonly Status?: unknown;
  readonly ChannelMessage?: unknown;
  readonly $metadata?: { readonly requestId?: unknown } | undefined;
}

interface MessageRow {
  readonly MessageId?: unknown;
  readonly Status?: unknown;
}

export function readAnswer(question: Question, messageId: string, answer: Answer): Reading {
  if (!answer.ok) {
    return answer.trouble.kind === 'not-found' ? { kind: 'missing' } : { kind: 'trouble', trouble: answer.trouble };
  }
  const output: StatusOutput | undefined = asObject(answer.output);
  if (output === undefined) return { kind: 'empty' };
  if (question === 'status') return readStatus(output.Status, output.$metadata?.requestId !== undefined);
  const message: MessageRow | undefined = asObject(output.ChannelMessage);
  if (message === undefined || (message.MessageId !== undefined && message.MessageId !== messageId))
    return { kind: 'empty' };
  const reading = readStatus(message.Status, true);
  return reading.kind === 'missing' ? { kind: 'present' } : reading;
}

function readStatus(status: unknown, own: boolean): Reading {
  const { Value, Detail } = (asObject(status) ?? {}) as { Value?: unknown; Detail?: unknown };
  const detail = typeof Detail === 'string' ? Detail : undefined;
  if (isServiceStatus(Value)) return { kind: 'said', status: Value, detail };
  const word = Value ?? (asObject(status) === undefined ? status : undefined);
  if (word !== undefined && word !== null) return { kind: 'said-otherwise', word };
  // A status object without a value is the service's own way of saying nothing; a proxy's would not be one.
  return own || asObject(status) !== undefined ? { kind: 'missing' } : { kind: 'empty' };
}

function asObject(value: unknown): object | undefined {
  return typeof value === 'object' && value !== null ? value : undefined;
}
