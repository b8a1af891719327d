/**
 * The verdict: what is known, and one piece of evidence, give what is known afterwards.
 * Pure: the time comes inside the evidence; no clock, no randomness, no I/O. Who asks, and when, is decided elsewhere.
 * The first terminal word wins; whatever comes later returns `known` itself.
 */
import type { Evidence, Missing, Said } from './evidence.ts';
import { isTerminal, type UnknownReason } from './message.ts';
import type { Known } from './known.ts';

/** When a missing status is believed. */
export interface MissingRules {
  /** Misses in a row that make a verdict. */
  readonly confirmations: number;
  /** Milliseconds between two misses that both count. */
  readonly confirmDelayMs: number;
  /** Milliseconds after the send before which no miss makes a verdict: a fresh message may not be readable yet. */
  readonly minAgeMs: number;
  /** Milliseconds after the send before a message that no read and no event has ever shown is believed to be denied. */
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
    case 'present':
      return sending ? known : { ...looked(known), misses: 0 };
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

function said(known: Known, evidence: Omit<Said, 'kind'>, rules: MissingRules): Known {
  const { source, status, at, steadyAt, detail } = evidence;
  const polled = source === 'status' || source === 'list';
  const seen = polled ? looked(known) : known;
  if (status === 'PENDING') return polled || seen.misses > 0 ? { ...seen, misses: 0 } : seen;
  if (seen.update && status === 'SENT' && source !== 'websocket' && source !== 'send-response') {
    // The old content of a denied edit is still there, and reads SENT (inferred): who reads it learns no more of the edit
    // than from a missing status.
    return polled ? missing(seen, { at, steadyAt, witness: 'status-alone' }, rules) : seen;
  }
  return { ...seen, status, settledAt: at, evidence: source, detail };
}

function missing(before: Known, { witness, at, steadyAt = at }: Omit<Missing, 'kind'>, rules: MissingRules): Known {
  // By the steady clock: a fresh message must not look old because the other one was set forward.
  const known = setBack(before, steadyAt);
  if (known.misses > 0 && steadyAt - known.missedAt < rules.confirmDelayMs) return known;
  const misses = known.misses + 1;
  const counted: Known = { ...known, misses, missedAt: steadyAt };
  const believed =
    misses >= rules.confirmations &&
    steadyAt - known.sentAt >= rules.minAgeMs &&
    (witness !== 'status' || rules.confirmations === 1);
  if (!believed) return counted;
  if (!known.provable) return unknown(counted, 'indeterminate', at);
  return { ...counted, status: 'DENIED', settledAt: at, evidence: 'missing' };
}

/** A clock that was set back would have the waits last until it has caught up: they begin anew instead. */
function setBack(known: Known, at: number): Known {
  return { ...known, sentAt: Math.min(known.sentAt, at), missedAt: Math.min(known.missedAt, at) };
}

function looked(known: Known): Known {
  return { ...known, polls: known.polls + 1 };
}

function unknown(known: Known, reason: UnknownReason, at: number, error?: unknown): Known {
  return { ...known, status: 'UNKNOWN', settledAt: at, reason, error };
}
