/** What the end of a send proves: its answer, the app's signal, or its deadline. Pure. */
import type { Evidence } from '../core/evidence.ts';
import { SendExpiredError } from '../shared/errors.ts';
import { mayBeAccepted, type PendingSend, type SendRules } from './pending-send.ts';

/** Adds when the message may have arrived, where that matters. */
export function evidenceOfAnswer(
  evidence: Evidence,
  { isEdit, dispatchedAt, mayHaveArrivedSince }: PendingSend,
): Evidence {
  if (evidence.kind === 'unconfirmed') return { ...evidence, sentAt: mayHaveArrivedSince };
  return isEdit && evidence.kind === 'accepted' ? { ...evidence, sentAt: dispatchedAt } : evidence;
}

/** The app's signal has cancelled it, for this `reason`. */
export function evidenceOfCancel(pendingSend: PendingSend, at: number, reason: unknown): Evidence {
  if (!mayBeAccepted(pendingSend)) return { kind: 'rejected', at, error: reason };
  return { kind: 'unconfirmed', at, error: reason, sentAt: pendingSend.mayHaveArrivedSince };
}

/** Its deadline has passed. */
export function evidenceOfExpiry(pendingSend: PendingSend, at: number, { expireMs }: SendRules): Evidence {
  const { error, mayHaveArrivedSince: sentAt } = pendingSend;
  if (mayBeAccepted(pendingSend)) return { kind: 'unconfirmed', at, error, sentAt };
  return { kind: 'rejected', at, error: new SendExpiredError(pendingSend.expireMs ?? expireMs, error) };
}

export function isPending(evidence: Evidence): boolean {
  return evidence.kind === 'accepted' && evidence.status === 'PENDING';
}
