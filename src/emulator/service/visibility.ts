// Decides who can read which message, and when. A message that a reader cannot see is answered like one that does not exist.

import type { TruthRecord } from './message.ts';
import type { ServiceSettings } from './settings.ts';

export interface Reader {
  readonly user: string;
  readonly now: number;
  readonly settings: Pick<ServiceSettings, 'readLagMs'>;
}

/** Whether a message is too young to be readable. */
export function isLagging(message: TruthRecord, { now, settings }: Omit<Reader, 'user'>): boolean {
  const { readLagMs } = settings;
  return now - message.createdAt < (typeof readLagMs === 'function' ? readLagMs(message) : readLagMs);
}

/** Whether the service keeps the message, for any reader. */
export function isKept(message: TruthRecord): boolean {
  // Documented: denied messages are not stored.
  if (message.deleted || message.status === 'DENIED') return false;
  // A message that is not persistent is gone once it was delivered (assumed from the name).
  return !(message.persistence === 'NON_PERSISTENT' && message.status === 'SENT');
}

/** Whether a read finds the message, for any reader. */
export function isStored(message: TruthRecord, reader: Omit<Reader, 'user'>): boolean {
  return isKept(message) && !isLagging(message, reader);
}

/** Whether this user can read the message. PENDING and FAILED messages are visible to their sender only (documented). */
export function canRead(message: TruthRecord, reader: Reader): boolean {
  if (!isStored(message, reader)) return false;
  if (message.sender === reader.user) return true;
  return message.status === 'SENT' && isTarget(message, reader.user);
}

/** Whether a targeted message is meant for this user; every member is the target of any other message. */
export function isTarget(message: TruthRecord, user: string): boolean {
  return message.target === undefined || message.sender === user || message.target.includes(user);
}
