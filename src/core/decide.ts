/**
 * The verdict: what is known, and one piece of evidence, give what is known afterwards.
 * Pure: the time comes inside the evidence; no clock, no randomness, no I/O. Who asks, and when, is decided elsewhere.
 * The first terminal word wins; whatever comes later returns `known` itself.
 */
import type { EditRead, Evidence, Missing, Said } from './evidence.ts';
import { isTerminal, type UnknownReason } from './message.ts';
import type { Known } from './known.ts';

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

export function decide(known: Known, evidence: Evidence, rules: MissingRules): Known {
  if (isTerminal(known.status)) return known;
  const sending = known.status === 'SENDING';
  switch (evidence.kind) {
    case 'accepted': {
      if (!sending) return known;
      const { at, messageId, subChannelId = known.subChannelId, status, detail } = evidence;
      const pending: Known = { ...known, status: 'PENDING', messageId, subChannelId, sentAt: at };
      return status === undefined ? pending : said(pending, { source: 'send-response', at, status, detail }, rules);
    }
    case 'rejected':
      if (!sending) return known;
      return { ...known, status: 'FAILED', settledAt: evidence.at, evidence: 'rejected', error: evidence.error };
    case 'lost':
      return sending ? unknown(known, 'indeterminate', evidence.at, evidence.error) : known;
    case 'deadline':
      return unknown(known, 'deadline', evidence.at);
    // From here on the evidence is about a message that the service has, so it needs a MessageId to be about this one.
    case 'said':
      return sending ? known : said(known, evidence, rules);
    case 'edit-read':
      return sending ? known : editRead(looked(known), evidence, rules);
    case 'removed':
      return known.provable ? { ...known, provable: false } : known;
    case 'present':
      return sending ? known : present(looked(known));
    case 'missing':
      return sending ? known : missing(looked(known), evidence, rules);
    case 'unanswered':
      return sending ? known : looked(known);
    case 'invalid':
      return sending ? known : unknown(looked(known), 'invalid', evidence.at, evidence.error);
    case 'forbidden':
      return sending ? known : unknown(looked(known), 'forbidden', evidence.at, evidence.error);
  }
}

/** When a missing status of `known` may be believed at the earliest, by the monotonic clock. */
export function believableAt({ seen, sentAt }: Known, { minAgeMs, unseenMs }: MissingRules): number {
  return sentAt + (seen ? minAgeMs : Math.max(minAgeMs, unseenMs));
}

function said(known: Known, evidence: Omit<Said, 'kind'>, rules: MissingRules): Known {
  const { source, status, at, detail } = evidence;
  const polled = source === 'status' || source === 'list' || source === 'message';
  const seen = polled ? looked(known) : known;
  // What a reader finds under the id of an edit is the message: `edit-read` says what that means for the edit.
  if (known.update && (polled || source === 'prefetch')) return polled ? endOfEdit(seen, at, rules) : known;
  // Only a read shows that the message can be read: an event and the send's own answer come from elsewhere in the service.
  if (status === 'PENDING')
    return polled || source === 'prefetch' ? present(seen) : seen.misses === 0 ? known : { ...seen, misses: 0 };
  return { ...seen, status, settledAt: at, evidence: source, detail };
}

function editRead(known: Known, { at, source, shows, status, ambiguous }: EditRead, rules: MissingRules): Known {
  if (shows === 'applied') return { ...known, status: 'SENT', settledAt: at, evidence: source };
  const isPending = status === undefined || status === 'PENDING';
  // It is with the processor, and that is no reason to give up.
  if (status === 'PENDING' && !ambiguous) return { ...known, seen: true, misses: 0 };
  if (isPending || !known.seen || ambiguous || shows === 'unclear')
    return endOfEdit({ ...known, misses: 0 }, at, rules);
  // The message reads as it did before, and the edit was seen pending: it was denied, once that is confirmed.
  const counted = countMiss(known, at, rules);
  if (counted.misses < rules.confirmations || counted === known) return counted;
  const outcome = status === 'FAILED' ? 'FAILED' : 'DENIED';
  return { ...counted, status: outcome, settledAt: at, evidence: source };
}

/** An edit of which reads tell nothing is not read for ever. */
function endOfEdit(known: Known, at: number, { editMs }: MissingRules): Known {
  return at - known.sentAt >= editMs ? unknown(known, 'indeterminate', at) : known;
}

function missing(before: Known, { witness, at, tookMs = 0 }: Omit<Missing, 'kind'>, rules: MissingRules): Known {
  const askedAt = at - tookMs;
  const known = countMiss(before, askedAt, rules);
  if (known === before) return known;
  const believed =
    known.misses >= rules.confirmations &&
    askedAt >= believableAt(known, rules) &&
    (witness !== 'status' || rules.confirmations === 1);
  if (!believed) return known;
  if (!known.provable) return unknown(known, 'indeterminate', at);
  return { ...known, status: 'DENIED', settledAt: at, evidence: 'missing' };
}

/** One more miss, unless it came so soon after the last one that both may have the same cause. */
function countMiss(known: Known, at: number, { confirmDelayMs }: MissingRules): Known {
  if (known.misses > 0 && at - known.missedAt < confirmDelayMs) return known;
  return { ...known, misses: known.misses + 1, missedAt: at };
}

function present(known: Known): Known {
  return shown({ ...known, misses: 0 });
}

function shown(known: Known): Known {
  // For an edit, `seen` says more than that the message is there.
  if (known.update || (known.seen && known.misses === 0)) return known;
  return { ...known, seen: true, misses: 0 };
}

function looked(known: Known): Known {
  return { ...known, polls: known.polls + 1 };
}

function unknown(known: Known, reason: UnknownReason, at: number, error?: unknown): Known {
  return { ...known, status: 'UNKNOWN', settledAt: at, reason, error };
}
