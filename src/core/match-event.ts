/** Finds the delivery of an event among those with its MessageId. All other fields of the event have to match too. Pure. */
import type { TrackedDelivery } from './delivery.ts';
import type { StatusReported } from './evidence.ts';
import { isSameAddress, type MessageReference } from './identity.ts';
import type { DeliveryRecord } from './delivery-record.ts';
import { isTerminal } from './status.ts';

/** The copies of one event come within this time, in milliseconds. */
const COPIES_MS = 5_000;
/** The longest time between a read that shows an outcome and its event, in milliseconds. */
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

/** The delivery of the message itself. */
export function findCreate(
  candidates: readonly TrackedDelivery[],
  message: MessageReference,
): TrackedDelivery | undefined {
  const creates = candidates.filter(({ record }) => !record.isEdit && matches(record, message));
  const [first] = creates;
  // A retry may have got the MessageId of the send that it repeats: the later one is still followed.
  return creates.findLast(({ record }) => first !== undefined && isSameAddress(record, first.record));
}

/**
 * The pending edit that an event is about: the one with its content, else the oldest that it can be about. Undefined if only a
 * read can tell: the event's content is that of no pending edit (it is another device's, or a processor rewrote it), or the
 * event has no content and the content of each of several pending edits is known.
 */
export function findEdit(
  candidates: readonly TrackedDelivery[],
  message: MessageReference,
): TrackedDelivery | undefined {
  const { contentDigest } = message;
  const pending = candidates.filter(({ record }) => !isTerminal(record.status) && matches(record, message));
  const same = contentDigest && pending.find(({ record }) => record.contentDigest === contentDigest);
  if (same || (pending.length === 1 && contentDigest === undefined)) return same || pending[0];
  return pending.some(({ record }) => record.contentDigest === undefined)
    ? pending.find(({ record }) => contentDigest === undefined || record.contentDigest === undefined)
    : undefined;
}

/** The edit of this event, if other evidence than its own event settled it recently. */
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

/** Whether the content of an event can be this edit's. */
export function mayHaveContent(
  { contentDigest: own }: DeliveryRecord,
  { contentDigest: carried }: MessageReference,
): boolean {
  return own === undefined || carried === undefined || own === carried;
}

/** Whether an event with this status has just settled an edit of this message: the new event may be a copy of it. */
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
