/** Which delivery an event is about, of those that share its MessageId. An id alone is not enough: all that is said has to agree. Pure. */
import type { TrackedDelivery } from './delivery.ts';
import type { StatusReported } from './evidence.ts';
import type { MessageReference } from './identity.ts';
import type { DeliveryRecord } from './delivery-record.ts';
import { isTerminal } from './status.ts';

/** The copies of one event come within this, in milliseconds. */
const COPIES_MS = 5_000;
/** An event comes at most so long after a read has shown what it tells, in milliseconds. */
const LATE_MS = 60_000;

export function matches(
  record: DeliveryRecord,
  { messageId, channelArn, subChannelId, sender, isEdit }: MessageReference,
): boolean {
  if (record.messageId !== messageId || record.channelArn !== channelArn) return false;
  if (sender !== undefined && sender !== record.chimeBearer) return false;
  if (subChannelId !== undefined && subChannelId !== record.subChannelId) return false;
  return isEdit === undefined || isEdit === record.isEdit;
}

/** The message itself. */
export function findCreate(
  candidates: readonly TrackedDelivery[],
  message: MessageReference,
): TrackedDelivery | undefined {
  for (const delivery of candidates) if (!delivery.record.isEdit && matches(delivery.record, message)) return delivery;
  return undefined;
}

/**
 * The open edit that an event is about: the one with its content, else the oldest that it can be about. Undefined where a
 * read tells better: the event's content is none that our open edits ask for (it is another device's, or a processor rewrote
 * it), or it carries none, and the content of each of several open edits is known.
 */
export function findEdit(
  candidates: readonly TrackedDelivery[],
  message: MessageReference,
): TrackedDelivery | undefined {
  const { contentDigest } = message;
  const open = candidates.filter(({ record }) => !isTerminal(record.status) && matches(record, message));
  const same = contentDigest && open.find(({ record }) => record.contentDigest === contentDigest);
  if (same || (open.length === 1 && contentDigest === undefined)) return same || open[0];
  return open.some(({ record }) => record.contentDigest === undefined)
    ? open.find(({ record }) => contentDigest === undefined || record.contentDigest === undefined)
    : undefined;
}

/** The edit that something else than its own event has settled just before, and that this event may tell of. */
export function findSettledEdit(
  candidates: readonly TrackedDelivery[],
  message: MessageReference,
  { status, at }: Pick<StatusReported, 'status' | 'at'>,
): TrackedDelivery | undefined {
  return candidates.find(({ record }) => {
    if (record.evidence === undefined || record.evidence === 'websocket') return false;
    if (at - (record.settledAt ?? -Infinity) > LATE_MS) return false;
    const isSame = record.status === status || (record.status === 'DENIED' && status === 'FAILED');
    return isSame && matches(record, message) && mayHaveContent(record, message);
  });
}

/** Whether the content that an event carries can be this edit's. */
export function mayHaveContent(
  { contentDigest: own }: DeliveryRecord,
  { contentDigest: carried }: MessageReference,
): boolean {
  return own === undefined || carried === undefined || own === carried;
}

/** Whether an event of this status was just heard of an edit of this message, so that this one may be a copy of it. */
export function mayBeCopy(
  candidates: readonly TrackedDelivery[],
  message: MessageReference,
  status: string,
  at: number,
): boolean {
  return candidates.some(
    ({ record }) =>
      matches(record, message) &&
      record.status === status &&
      record.evidence === 'websocket' &&
      at - (record.settledAt ?? -Infinity) < COPIES_MS,
  );
}
