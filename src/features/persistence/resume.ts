/**
 * Resumes deliveries of an earlier session, or of another tab: polls a delivery that the service has, with priority, and sends
 * one without an answer again. A delivery that is tracked already is merged with its record.
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

/** Resumes a delivery. Returns whether it was not tracked before. */
export function resumeAll(found: RecoveredDelivery, ports: ResumePorts): boolean {
  // A listener may have closed the tracker, notified of another delivery.
  return !ports.isClosed() && resumeOne(found, ports);
}

/**
 * Takes over the deliveries of a tab that has ended. Those with an input are resumed at once; the store, if there is one, may
 * know more about the others, and is read first.
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
  // In records of 0.1.0 an edit has the id of its message, which belongs to the message.
  const id = isEdit && found.id === messageId ? undefined : found.id;
  const transition = registry.add({
    id,
    token,
    messageId,
    channelArn,
    chimeBearer,
    subChannelId,
    // The channel may have been deleted since the record was read.
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
  // The message was deleted before it was resumed.
  if (missingMeansDenied && !delivery.record.missingMeansDenied) journal?.onMessageDeleted(delivery);
  added$.next(transition);
  // A listener may have forgotten it, or closed the tracker; or a buffered event may have settled it.
  if (ports.isClosed() || !registry.has(delivery) || isTerminal(delivery.record.status)) return true;
  if (delivery.record.status === 'PENDING') poller.due(delivery, 'reconcile');
  else resend(delivery, found, ports);
  return true;
}

/** Merges a record into a delivery that the app has tracked or sent before the record was read. */
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
  const outgoing = storedInput(delivery, input);
  if (outgoing !== undefined) sender.resume(delivery, outgoing, knownUnsent);
  // Without the content it cannot be sent again; only a send that was never dispatched is known not to have arrived.
  else if (knownUnsent)
    reports$.next({ delivery, evidence: { kind: 'rejected', at: monotonicNow(), error: new ContentNotKeptError() } });
  else reports$.next({ delivery, evidence: { kind: 'unconfirmed', at: monotonicNow() } });
}

/** The input, if it is persisted, valid, and of this delivery. */
function storedInput({ record }: TrackedDelivery, input: unknown): SendCommandInput | undefined {
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
