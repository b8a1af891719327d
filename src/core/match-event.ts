/** Which delivery an event is about, of those that share its MessageId. An id alone is not enough: all that is said has to agree. Pure. */
import type { Entry } from './entry.ts';
import type { MessageKey } from './identity.ts';
import type { Known } from './known.ts';
import { isTerminal } from './message.ts';

/** The copies of one event come within this, in milliseconds. */
const COPIES_MS = 5_000;

export function isAbout(known: Known, { messageId, channelArn, subChannelId, sender, update }: MessageKey): boolean {
  if (known.messageId !== messageId || known.channelArn !== channelArn) return false;
  if (sender !== undefined && sender !== known.chimeBearer) return false;
  if (subChannelId !== undefined && subChannelId !== known.subChannelId) return false;
  return update === undefined || update === known.update;
}

/** The message itself. */
export function createMeant(candidates: readonly Entry[], message: MessageKey): Entry | undefined {
  for (const entry of candidates) if (!entry.known.update && isAbout(entry.known, message)) return entry;
  return undefined;
}

/**
 * The edit that an event is about: the one with its content, else the oldest that it can be about. Undefined where the
 * event's content is none of those that several open edits ask for: a processor rewrote one of them, and a read decides.
 */
export function editMeant(candidates: readonly Entry[], message: MessageKey): Entry | undefined {
  const { contentDigest } = message;
  const open = candidates.filter(({ known }) => !isTerminal(known.status) && isAbout(known, message));
  if (contentDigest === undefined || open.length === 1) return open[0];
  const same = open.find(({ known }) => known.contentDigest === contentDigest);
  return same ?? open.find(({ known }) => known.contentDigest === undefined);
}

/** Whether an event of this status was just heard of an edit of this message, so that this one may be a copy of it. */
export function mayBeCopy(candidates: readonly Entry[], message: MessageKey, status: string, at: number): boolean {
  return candidates.some(
    ({ known }) =>
      isAbout(known, message) &&
      known.status === status &&
      known.evidence === 'websocket' &&
      at - (known.settledAt ?? -Infinity) < COPIES_MS,
  );
}
