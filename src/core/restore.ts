/**
 * Restores what an earlier life, or another tracker, has left: a delivery that the service has is polled ahead of every
 * other poll, an unanswered send is sent again. A delivery that is tracked already is not doubled: it learns what the
 * record knows.
 */
import { ContentNotKeptError } from '../shared/errors.ts';
import { deepFreeze } from '../shared/json-copy.ts';
import { clockOffset, monotonicNow, monotonicTimeOf } from '../shared/time.ts';
import type { TrackedDelivery } from './delivery.ts';
import type { DeliveryRegistry, EvidenceReport, Transition } from './delivery-registry.ts';
import type { RecoveredDelivery, RecoveryLog } from './ports/recovery.ts';
import { isTerminal } from './status.ts';

export interface RestorePorts {
  readonly registry: DeliveryRegistry;
  /** The records of deliveries, where there is a store. */
  readonly recoveryLog: RecoveryLog | undefined;
  isClosed(): boolean;
  /** Announces a delivery that was added to the registry. */
  announceAdded(transition: Transition): void;
  report(report: EvidenceReport): void;
  /** Polls a pending delivery ahead of every other poll. */
  pollNow(delivery: TrackedDelivery): void;
  /** Sends `input` again. False: it is no whole input of this delivery. */
  resumeSend(delivery: TrackedDelivery, input: unknown, knownUnsent: boolean): boolean;
  /** An earlier life began to send the same at that time. */
  mergeEarlierSend(delivery: TrackedDelivery, at: number, knownUnsent: boolean): void;
  stopSend(delivery: TrackedDelivery): void;
}

/** Restores one delivery. Returns whether it was not tracked before. */
export function restore(found: RecoveredDelivery, ports: RestorePorts): boolean {
  const { recoveryLog, registry } = ports;
  // A listener may close the tracker at the news of another one.
  if (ports.isClosed()) return false;
  const tracked = registry.findRestored(found);
  if (tracked !== undefined) {
    recoveryLog?.adopt(tracked, found);
    merge(tracked, found, ports);
    return false;
  }
  if (recoveryLog?.isTombstoned(found) === true) return false;
  const { token, messageId, channelArn, chimeBearer, subChannelId, missingMeansDenied, isEdit, contentDigest } = found;
  // An edit that 0.1.0 has kept has the id of its message, which is the message's own.
  const id = isEdit && found.id === messageId ? undefined : found.id;
  const transition = registry.add({
    id,
    token,
    messageId,
    channelArn,
    chimeBearer,
    subChannelId,
    // An event may have come while the record waited for its turn.
    missingMeansDenied: missingMeansDenied && !registry.isDeleted(channelArn),
    isEdit,
    contentDigest,
    details: deepFreeze(found.details),
    at: monotonicNow(),
    clockOffset: clockOffset(),
    trackedAt: monotonicTimeOf(found.trackedAt),
    sentAt: monotonicTimeOf(found.sentAt),
    restoredAt: monotonicNow(),
  });
  const { delivery } = transition;
  recoveryLog?.adopt(delivery, found);
  // It was deleted before it was restored.
  if (missingMeansDenied && !delivery.record.missingMeansDenied) recoveryLog?.onMessageDeleted(delivery);
  ports.announceAdded(transition);
  // A listener may have forgotten it, or closed the tracker, at the news of it; and the outcome may have been heard early.
  if (ports.isClosed() || !registry.has(delivery) || isTerminal(delivery.record.status)) return true;
  if (delivery.record.status === 'PENDING') ports.pollNow(delivery);
  else resend(delivery, found, ports);
  return true;
}

/** The app has tracked or sent the same before its record was read. */
function merge(
  delivery: TrackedDelivery,
  { messageId, trackedAt, sentAt, knownUnsent, missingMeansDenied, details }: RecoveredDelivery,
  ports: RestorePorts,
): void {
  const { status } = delivery.record;
  // The record knows more than the app: a missing status may mean that the message was deleted, for example.
  if (!missingMeansDenied) ports.report({ delivery, evidence: { kind: 'removed', at: monotonicNow() } });
  ports.report({ delivery, evidence: { kind: 'details', details, at: monotonicNow() } });
  if (isTerminal(status)) ports.recoveryLog?.remove(delivery);
  else if (status !== 'SENDING') return;
  else if (messageId === undefined) ports.mergeEarlierSend(delivery, monotonicTimeOf(trackedAt), knownUnsent);
  else {
    ports.stopSend(delivery);
    ports.report({ delivery, evidence: { kind: 'accepted', at: monotonicTimeOf(sentAt), messageId } });
  }
}

function resend(delivery: TrackedDelivery, { input, knownUnsent }: RecoveredDelivery, ports: RestorePorts): void {
  if (ports.resumeSend(delivery, input, knownUnsent)) return;
  // Without the content it cannot be sent again, and only what never left is known not to have arrived.
  const at = monotonicNow();
  const evidence = knownUnsent
    ? ({ kind: 'rejected', at, error: new ContentNotKeptError() } as const)
    : ({ kind: 'unconfirmed', at } as const);
  ports.report({ delivery, evidence });
}
