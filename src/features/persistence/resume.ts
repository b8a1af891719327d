/**
 * Takes up what an earlier life, or another tab, has left: a delivery that the service has is asked for ahead of every poll,
 * one that was not answered is sent again. What is tracked already is not doubled: what the record knows is told to it.
 */
import type { Subject } from 'rxjs';
import type { TrackedDelivery } from '../../core/delivery.ts';
import { ContentNotKeptError } from '../../shared/errors.ts';
import type { Transition, DeliveryRegistry, EvidenceReport } from '../../core/delivery-registry.ts';
import { isTerminal } from '../../core/status.ts';
import { clockOffset, monotonicNow, monotonicTimeOf } from '../../shared/time.ts';
import type { Poller } from '../../poll/poller.ts';
import { parseSendInput, type SendCommandInput, type SendInput } from '../../send/send-input.ts';
import type { Sender } from '../../send/sender.ts';
import type { Journal } from './journal.ts';
import type { RecoveredDelivery } from './recovery.ts';
import type { PeerDelivery } from '../cross-tab/protocol.ts';

export interface ResumePorts {
  readonly journal: Journal | undefined;
  readonly isClosed: () => boolean;
  readonly registry: DeliveryRegistry;
  readonly sender: Sender;
  readonly poller: Poller;
  readonly added$: Subject<Transition>;
  readonly reports$: Subject<EvidenceReport>;
}

/** Takes up what was found. Says whether that makes a delivery that was not tracked before. */
export function resumeAll(found: RecoveredDelivery, ports: ResumePorts): boolean {
  // A listener may close the tracker at the news of another one.
  return !ports.isClosed() && resumeOne(found, ports);
}

/**
 * Takes up what a tab that ended has left. What was handed over whole is taken as it is; of the rest the store knows more,
 * where there is one.
 */
export async function takeOver(deliveries: readonly PeerDelivery[], ports: ResumePorts): Promise<void> {
  const found = deliveries.map((each) => ({ ...each, keys: [], sequence: 0 }));
  for (const each of found) if (each.input !== undefined) resumeAll(each, ports);
  await ports.journal?.rescan();
  for (const each of found) if (each.input === undefined) resumeAll(each, ports);
}

function resumeOne(found: RecoveredDelivery, ports: ResumePorts): boolean {
  const { journal, registry, poller, added$ } = ports;
  const tracked = ports.registry.findRestored(found);
  if (tracked !== undefined) {
    journal?.adopt(tracked, found);
    merge(tracked, found, ports);
    return false;
  }
  if (journal?.isTombstoned(found) === true) return false;
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
    at: monotonicNow(),
    clockOffset: clockOffset(),
    trackedAt: monotonicTimeOf(found.trackedAt),
    sentAt: monotonicTimeOf(found.sentAt),
  });
  const { delivery } = transition;
  journal?.adopt(delivery, found);
  // It was deleted before it was taken up.
  if (missingMeansDenied && !delivery.record.missingMeansDenied) journal?.onMessageDeleted(delivery);
  added$.next(transition);
  // A listener may have forgotten it, or closed the tracker, at the news of it; and the outcome may have been heard early.
  if (ports.isClosed() || !registry.has(delivery) || isTerminal(delivery.record.status)) return true;
  if (delivery.record.status === 'PENDING') poller.due(delivery, 'reconcile');
  else resend(delivery, found, ports);
  return true;
}

/** The app has tracked or sent the same before its record was read. */
function merge(
  delivery: TrackedDelivery,
  { messageId, trackedAt, sentAt, knownUnsent }: RecoveredDelivery,
  ports: ResumePorts,
): void {
  const { journal, sender, reports$ } = ports;
  const { status } = delivery.record;
  if (isTerminal(status)) journal?.remove(delivery);
  else if (status !== 'SENDING') return;
  else if (messageId === undefined) sender.mergeEarlierAttempt(delivery, monotonicTimeOf(trackedAt), knownUnsent);
  else {
    sender.stop(delivery);
    reports$.next({ delivery, evidence: { kind: 'accepted', at: monotonicTimeOf(sentAt), messageId } });
  }
}

function resend(
  delivery: TrackedDelivery,
  { input, knownUnsent }: RecoveredDelivery,
  { sender, reports$ }: ResumePorts,
): void {
  const outgoing = readInput(delivery, input);
  if (outgoing !== undefined) sender.resume(delivery, outgoing, knownUnsent);
  // Without the content it cannot be sent again, and only what never left is known not to have arrived.
  else if (knownUnsent)
    reports$.next({ delivery, evidence: { kind: 'rejected', at: monotonicNow(), error: new ContentNotKeptError() } });
  else reports$.next({ delivery, evidence: { kind: 'unconfirmed', at: monotonicNow() } });
}

/** The input, where it is kept, whole, and of this delivery. */
function readInput({ record }: TrackedDelivery, input: unknown): SendCommandInput | undefined {
  try {
    const outgoing = parseSendInput(input as SendInput, record.chimeBearer);
    const { ChannelArn, ChimeBearer, ClientRequestToken } = outgoing;
    const own =
      ChannelArn === record.channelArn && ChimeBearer === record.chimeBearer && ClientRequestToken === record.token;
    return own ? outgoing : undefined;
  } catch {
    return undefined;
  }
}
