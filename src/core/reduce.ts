/**
 * The verdict: what is known, and one piece of evidence, give what is known afterwards.
 * Pure: the time comes inside the evidence; no clock, no randomness, no I/O. Who asks, and when, is decided elsewhere.
 * The first terminal word wins; whatever comes later returns `record` itself.
 */
import type { EditRead, Evidence, Missing, StatusReported } from './evidence.ts';
import { isTerminal, type UnknownReason } from './status.ts';
import type { DeliveryRecord } from './delivery-record.ts';

/** When a missing status is believed. */
export interface MissingRules {
  /** Misses in a row that make a verdict. */
  readonly confirmations: number;
  /** Milliseconds between two misses that both count. */
  readonly confirmDelayMs: number;
  /** Milliseconds after the send before which no miss makes a verdict. */
  readonly minAgeMs: number;
  /**
   * Milliseconds after the send before a message that no read and no event has ever shown is believed to be denied: it may
   * not be readable yet.
   */
  readonly unseenMs: number;
  /** Milliseconds after which an edit whose outcome cannot be read ends UNKNOWN. */
  readonly editMs: number;
}

export function reduce(record: DeliveryRecord, evidence: Evidence, rules: MissingRules): DeliveryRecord {
  if (isTerminal(record.status)) return record;
  const sending = record.status === 'SENDING';
  switch (evidence.kind) {
    case 'accepted': {
      if (!sending) return record;
      const { at, messageId, subChannelId = record.subChannelId, status, detail } = evidence;
      const pending: DeliveryRecord = { ...record, status: 'PENDING', messageId, subChannelId, sentAt: at };
      return status === undefined
        ? pending
        : reduceStatus(pending, { source: 'send-response', at, status, detail }, rules);
    }
    case 'rejected':
      if (!sending) return record;
      return { ...record, status: 'FAILED', settledAt: evidence.at, evidence: 'rejected', error: evidence.error };
    case 'unconfirmed':
      return sending ? settleUnknown(record, 'indeterminate', evidence.at, evidence.error) : record;
    case 'deadline':
      return settleUnknown(record, 'deadline', evidence.at);
    // From here on the evidence is about a message that the service has, so it needs a MessageId to be about this one.
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

/** When a missing status of `record` may be believed at the earliest, by the monotonic clock. */
export function believableAt({ seen, sentAt }: DeliveryRecord, { minAgeMs, unseenMs }: MissingRules): number {
  return sentAt + (seen ? minAgeMs : Math.max(minAgeMs, unseenMs));
}

function reduceStatus(
  record: DeliveryRecord,
  evidence: Omit<StatusReported, 'kind'>,
  rules: MissingRules,
): DeliveryRecord {
  const { source, status, at, detail } = evidence;
  const polled = source === 'status' || source === 'list' || source === 'message';
  const seen = polled ? countPoll(record) : record;
  // What a reader finds under the id of an edit is the message: `edit-read` says what that means for the edit.
  if (record.isEdit && (polled || source === 'prefetch')) return polled ? expireEdit(seen, at, rules) : record;
  // Only a read shows that the message can be read: an event and the send's own answer come from elsewhere in the service.
  if (status === 'PENDING')
    return polled || source === 'prefetch'
      ? reducePresent(seen)
      : seen.missingCount === 0
        ? record
        : { ...seen, missingCount: 0 };
  return { ...seen, status, settledAt: at, evidence: source, detail };
}

function reduceEditRead(
  record: DeliveryRecord,
  { at, source, shows, status, ambiguous }: EditRead,
  rules: MissingRules,
): DeliveryRecord {
  if (shows === 'applied') return { ...record, status: 'SENT', settledAt: at, evidence: source };
  const isPending = status === undefined || status === 'PENDING';
  // It is with the processor, and that is no reason to give up.
  if (status === 'PENDING' && !ambiguous) return { ...record, seen: true, missingCount: 0 };
  if (isPending || !record.seen || ambiguous || shows === 'unclear')
    return expireEdit({ ...record, missingCount: 0 }, at, rules);
  // The message reads as it did before, and the edit was seen pending: it was denied, once that is confirmed.
  const counted = countMissing(record, at, rules);
  if (counted.missingCount < rules.confirmations || counted === record) return counted;
  const outcome = status === 'FAILED' ? 'FAILED' : 'DENIED';
  return { ...counted, status: outcome, settledAt: at, evidence: source };
}

/** An edit of which reads tell nothing is not read for ever. */
function expireEdit(record: DeliveryRecord, at: number, { editMs }: MissingRules): DeliveryRecord {
  return at - record.sentAt >= editMs ? settleUnknown(record, 'indeterminate', at) : record;
}

function reduceMissing(
  before: DeliveryRecord,
  { source, at, tookMs = 0 }: Omit<Missing, 'kind'>,
  rules: MissingRules,
): DeliveryRecord {
  const askedAt = at - tookMs;
  const record = countMissing(before, askedAt, rules);
  if (record === before) return record;
  const believed =
    record.missingCount >= rules.confirmations &&
    askedAt >= believableAt(record, rules) &&
    (source !== 'status' || rules.confirmations === 1);
  if (!believed) return record;
  if (!record.missingMeansDenied) return settleUnknown(record, 'indeterminate', at);
  return { ...record, status: 'DENIED', settledAt: at, evidence: 'missing' };
}

/** One more miss, unless it came so soon after the last one that both may have the same cause. */
function countMissing(record: DeliveryRecord, at: number, { confirmDelayMs }: MissingRules): DeliveryRecord {
  if (record.missingCount > 0 && at - record.lastMissingAt < confirmDelayMs) return record;
  return { ...record, missingCount: record.missingCount + 1, lastMissingAt: at };
}

function reducePresent(record: DeliveryRecord): DeliveryRecord {
  return markSeen({ ...record, missingCount: 0 });
}

function markSeen(record: DeliveryRecord): DeliveryRecord {
  // For an edit, `seen` says more than that the message is there.
  if (record.isEdit || (record.seen && record.missingCount === 0)) return record;
  return { ...record, seen: true, missingCount: 0 };
}

function countPoll(record: DeliveryRecord): DeliveryRecord {
  return { ...record, pollCount: record.pollCount + 1 };
}

function settleUnknown(record: DeliveryRecord, reason: UnknownReason, at: number, error?: unknown): DeliveryRecord {
  return { ...record, status: 'UNKNOWN', settledAt: at, reason, error };
}
