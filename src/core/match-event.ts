/** Which delivery an event is about, of those that share its MessageId. An id alone is not enough: all that is said has to agree. Pure. */
import type { Entry } from './entry.ts';
import type { Said } from './evidence.ts';
import type { MessageKey } from './identity.ts';
import type { Known } from './known.ts';
import { isTerminal } from './message.ts';

/** The copies of one event come within this, in milliseconds. */
const COPIES_MS = 5_000;
/** An event comes at most so long after a read has shown what it tells, in milliseconds. */
const LATE_MS = 60_000;

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
 * The open edit that an event is about: the one with its content, else the oldest that it can be about. Undefined where a
 * read tells better: the event's content is none that our open edits ask for (it is another device's, or a processor rewrote
 * it), or it carries none, and the content of each of several open edits is known.
 */
export function editMeant(candidates: readonly Entry[], message: MessageKey): Entry | undefined {
  const { contentDigest } = message;
  const open = candidates.filter(({ known }) => !isTerminal(known.status) && isAbout(known, message));
  const same = contentDigest && open.find(({ known }) => known.contentDigest === contentDigest);
  if (same || (open.length === 1 && contentDigest === undefined)) return same || open[0];
  return open.some(({ known }) => known.contentDigest === undefined)
    ? open.find(({ known }) => contentDigest === undefined || known.contentDigest === undefined)
    : undefined;
}

/** The edit that something else than its own event has settled just before, and that this event may tell of. */
export function settledMeant(
  candidates: readonly Entry[],
  message: MessageKey,
  { status, at }: Pick<Said, 'status' | 'at'>,
): Entry | undefined {
  return candidates.find(({ known }) => {
    if (known.evidence === undefined || known.evidence === 'websocket') return false;
    if (at - (known.settledAt ?? -Infinity) > LATE_MS) return false;
    const isSame = known.status === status || (known.status === 'DENIED' && status === 'FAILED');
    return isSame && isAbout(known, message) && mayHaveContent(known, message);
  });
}

/** Whether the content that an event carries can be this edit's. */
export function mayHaveContent({ contentDigest: own }: Known, { contentDigest: carried }: MessageKey): boolean {
  return own === undefined || carried === undefined || own === carried;
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
