/** The fields of a message that tell of edits, as the service's answers show them. The content itself is not kept. Pure. */
import { digestOf } from '../shared/digest.ts';
import type { EditRead } from './evidence.ts';

/** The fields of GetChannelMessage's message, or of a row of ListChannelMessages, that tell of edits. */
export interface EditFields {
  readonly contentDigest: number | undefined;
  /** LastEditedTimestamp, in milliseconds since the epoch by the service's clock; undefined before the first edit. */
  readonly editedAt: number | undefined;
  readonly status: EditRead['status'];
}

export function parseEditFields(message: Readonly<Record<string, unknown>>): Omit<EditFields, 'status'> {
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
