// Who can read which message, and when. Everything that a reader cannot see answers like a message that does not exist.

import type { TruthRecord } from './message.ts';
import { statusAsRead } from './message.ts';

export interface Reader {
  readonly user: string;
  readonly now: number;
  /** How long after its creation a message cannot be read by anybody, in milliseconds. */
  readonly readLagMs: number;
}

/** Whether the service has the message in its readable store at all, for whomever. */
export function isStored(message: TruthRecord, { now, readLagMs }: Pick<Reader, 'now' | 'readLagMs'>): boolean {
  if (message.deleted || now - message.createdAt < readLagMs) return false;
  // Documented: denied messages are not stored.
  if (message.status === 'DENIED') return false;
  // A message that is not persisted is gone once it was delivered (assumed from the meaning of the word).
  return !(message.persistence === 'NON_PERSISTENT' && message.status === 'SENT');
}

/** Whether this user can read the message. The sender sees own PENDING and FAILED ones (documented); others do not. */
export function canRead(message: TruthRecord, reader: Reader): boolean {
  if (!isStored(message, reader)) return false;
  if (message.sender === reader.user) return true;
  return message.status === 'SENT' && isTarget(message, reader.user);
}

/** Whether a targeted message is meant for this user; every member is the target of any other message. */
export function isTarget(message: TruthRecord, user: string): boolean {
  return message.target === undefined || message.sender === user || message.target.includes(user);
}

/** The status to show this reader: only the sender hears that an edit is still being processed (assumed). */
export function statusFor(message: TruthRecord, user: string): TruthRecord['status'] {
  return user === message.sender ? statusAsRead(message) : message.status;
}
