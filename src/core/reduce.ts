/**
 * The reducer: a record and one piece of evidence give the next record.
 * Pure: the time is in the evidence; no clock, no randomness, no I/O.
 * The first terminal status wins: any later evidence returns `record` itself.
 */
import type { EditRead, Evidence, Missing, StatusReported } from './evidence.ts';
import { isTerminal, type UnknownReason } from './status.ts';
import { mergeDetails } from './delivery-details.ts';
import type { DeliveryRecord } from './delivery-record.ts';

/** When a missing status counts as an outcome. */
export interface MissingRules {
  /** Misses in a row that are needed. */
  readonly confirmations: number;
  /** The least time between two misses that both count, in milliseconds. */
  readonly confirmDelayMs: number;
  /** The least age of the message, in milliseconds after the send. */
  readonly minAgeMs: number;
  /** The least age of a message that no read has ever shown, in milliseconds after the send: it may not be readable yet. */
  readonly unseenMs: number;
  /** Milliseconds after which an edit whose outcome cannot be read ends as UNKNOWN. */
  readonly editMs: number;
}

export function reduce(record: DeliveryRecord, evidence: Evidence, rules: MissingRules): DeliveryRecord {
  if (isTerminal(record.status)) return record;
  const sending = record.status === 'SENDING';
  switch (evidence.kind) {
    case 'accepted': {
      if (!sending) return record;
      const { at, messageId, subChannelId = record.subChannelId, status, detail } = evidence;
      const pending: DeliveryRecord = {
        ...record,
        status: 'PENDING',
        messageId,
        subChannelId,
        sentAt: evidence.sentAt ?? at,
      };
      return status === undefined
        ? pending
        : reduceStatus(pending, { source: 'send-response', at, status, detail }, rules);
    }
    case 'rejected':
      if (!sending) return record;
      return { ...record, status: 'FAILED', settledAt: evidence.at, evidence: 'rejected', error: evidence.error };
    case 'unconfirmed':
      if (!sending) return record;
      return settleUnknown(
        { ...record, sentAt: evidence.sentAt ?? record.sentAt },
        'indeterminate',
        evidence.at,
        evidence.error,
      );
    case 'edit-unseen':
      return record.isEdit && record.seen ? { ...record, seen: false, missingCount: 0 } : record;
    case 'details': {
      const details = mergeDetails(record.details, evidence.details);
      return details === record.details ? record : { ...record, details };
    }
    case 'deadline':
      return settleUnknown(record, 'deadline', evidence.at);
    // The evidence below is about a message with a MessageId, which a message in status SENDING does not have yet.
    case 'status':
      return sending ? record : reduceStatus(record, evidence, rules);
    case 'edit-read':
      return sending ? record : reduceEditRead(countPoll(record), evidence, rules);
    case 'removed':
      return record.missingMeansDenied ? { ...record, missingMeansDenied: false } : record;
    case 'present':
      return sending ? record : reducePresent(countPoll(record));
    case 'missing':
      return sending ? record : reduceMissing(countPoll(record), evidence, rules);
    case 'no-response':
      return sending ? record : countPoll(record);
    case 'invalid':
      return sending ? record : settleUnknown(countPoll(record), 'invalid', evidence.at, evidence.error);
    case 'forbidden':
      return sending ? record : settleUnknown(countPoll(record), 'forbidden', evidence.at, evidence.error);
  }
}

/** The earliest time, by the monotonic clock, at which a missing status of `record` counts as an outcome. */
export function believableAt(
  { seen, sentAt, restoredAt = -Infinity }: DeliveryRecord,
  { minAgeMs, unseenMs }: MissingRules,
): number {
  return seen ? sentAt + minAgeMs : Math.max(sentAt, restoredAt) + Math.max(minAgeMs, unseenMs);
}

function reduceStatus(
  record: DeliveryRecord,
  evidence: Omit<StatusReported, 'kind'>,
  rules: MissingRules,
): DeliveryRecord {
  const { source, status, at, detail } = evidence;
  const polled = source === 'status' || source === 'list' || source === 'message';
  const seen = polled ? countPoll(record) : record;
  // A read by the MessageId of an edit shows the message: `edit-read` says what that means for the edit.
  if (record.isEdit && (polled || source === 'prefetch')) return polled ? expireEdit(seen, at, rules) : record;
  // Only a read proves that reads find the message: all that the websocket brings, and the send's response, come from
  // another part of the service, which may be ahead of them.
  if (status === 'PENDING') {
    if (polled) return reducePresent(seen);
    return seen.missingCount === 0 ? record : { ...seen, missingCount: 0 };
  }
  return { ...seen, status, settledAt: at, evidence: source, detail };
}

function reduceEditRead(
  record: DeliveryRecord,
  { at, source, shows, status, ambiguous }: EditRead,
  rules: MissingRules,
): DeliveryRecord {
  if (shows === 'applied') return { ...record, status: 'SENT', settledAt: at, evidence: source };
  const isPending = status === undefined || status === 'PENDING';
  // The processor has the edit: no deadline applies.
  if (status === 'PENDING' && !ambiguous) return { ...record, seen: true, missingCount: 0 };
  if (isPending || !record.seen || ambiguous || shows === 'unclear')
    return expireEdit({ ...record, missingCount: 0 }, at, rules);
  // The message is unchanged, and the edit was seen as pending: it was denied, once that is confirmed.
  const counted = countMissing(record, at, rules);
  if (counted.missingCount < rules.confirmations || counted === record) return counted;
  const outcome = status === 'FAILED' ? 'FAILED' : 'DENIED';
  return { ...counted, status: outcome, settledAt: at, evidence: source };
}

/** Ends an edit whose outcome reads cannot tell after `editMs`. */
function expireEdit(record: DeliveryRecord, at: number, { editMs }: MissingRules): DeliveryRecord {
  // The age of a restored edit is by the wall clock, which may have been set meanwhile.
  const { sentAt, restoredAt = -Infinity } = record;
  return at - Math.max(sentAt, restoredAt) >= editMs ? settleUnknown(record, 'indeterminate', at) : record;
}

function reduceMissing(
  before: DeliveryRecord,
  { source, at, tookMs = 0 }: Omit<Missing, 'kind'>,
  rules: MissingRules,
): DeliveryRecord {
  const askedAt = at - tookMs;
  const record = countMissing(before, askedAt, rules);
  if (record === before) return record;
  const isConfirmed =
    record.missingCount >= rules.confirmations &&
    askedAt >= believableAt(record, rules) &&
    (source !== 'status' || rules.confirmations === 1);
  if (!isConfirmed) return record;
  if (!record.missingMeansDenied) return settleUnknown(record, 'indeterminate', at);
  return { ...record, status: 'DENIED', settledAt: at, evidence: 'missing' };
}

/** Counts a miss, unless it came so soon after the last one that both may have the same cause. */
function countMissing(record: DeliveryRecord, at: number, { confirmDelayMs }: MissingRules): DeliveryRecord {
  if (record.missingCount > 0 && at - record.lastMissingAt < confirmDelayMs) return record;
  return { ...record, missingCount: record.missingCount + 1, lastMissingAt: at };
}

function reducePresent(record: DeliveryRecord): DeliveryRecord {
  return markSeen({ ...record, missingCount: 0 });
}

function markSeen(record: DeliveryRecord): DeliveryRecord {
  // For an edit, `seen` means more than that the message exists.
  if (record.isEdit || (record.seen && record.missingCount === 0)) return record;
  return { ...record, seen: true, missingCount: 0 };
}

function countPoll(record: DeliveryRecord): DeliveryRecord {
  return { ...record, pollCount: record.pollCount + 1 };
}

function settleUnknown(record: DeliveryRecord, reason: UnknownReason, at: number, error?: unknown): DeliveryRecord {
  return { ...record, status: 'UNKNOWN', settledAt: at, reason, error };
}
