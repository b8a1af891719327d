/**
 * The record of one delivery: an immutable value that `reduce` replaces as evidence comes. It is compact, since there is one
 * per delivery: `delivery-state.ts` projects the app's view of it, and `delivery.ts` keeps the time of the next poll. All
 * times are of the monotonic clock (`shared/time.ts`), in milliseconds.
 */
import { compactDetails, editedMessageOf, type DeliveryDetails } from './delivery-details.ts';
import type { MessageAddress, MessageIdentity } from './identity.ts';
import type { DeliveryStatus, OutcomeEvidence, UnknownReason } from './status.ts';

export interface DeliveryRecord extends MessageIdentity {
  readonly id: string;
  /** The `ClientRequestToken` of a send. It is also the id, unless another delivery had that id. */
  readonly token: string | undefined;
  readonly status: DeliveryStatus;
  /** When tracking began. */
  readonly trackedAt: number;
  /** The wall clock minus the monotonic clock when tracking began. */
  readonly clockOffset: number;
  /** The service did not accept it earlier than this; for a tracked message, when tracking began. */
  readonly sentAt: number;
  /**
   * When it was restored, if it is of an earlier session: its `sentAt` is by the wall clock, which may have been set since, so
   * that it may be as young as this session.
   */
  readonly restoredAt: number | undefined;
  readonly pollCount: number;
  /** Whether a missing status can mean DENIED: only for a persistent STANDARD message that is no edit. */
  readonly missingMeansDenied: boolean;
  /** A read has shown the message, so that it is readable. For an edit: a read has shown the edit as pending. */
  readonly seen: boolean;
  /** Missing statuses in a row, and the time of the last one that counted. */
  readonly missingCount: number;
  readonly lastMissingAt: number;
  /** The digest of its content, if known. */
  readonly contentDigest: number | undefined;
  /** What the app gave: no outcome depends on it. */
  readonly details: DeliveryDetails;
  readonly settledAt: number | undefined;
  readonly evidence: OutcomeEvidence | 'rejected' | undefined;
  readonly detail: string | undefined;
  readonly reason: UnknownReason | undefined;
  readonly error: unknown;
}

/** The facts of a delivery when tracking begins. */
export interface NewDelivery extends Omit<MessageAddress, 'subChannelId'> {
  /** The id to give it, unless another delivery has that id. */
  readonly id?: string | undefined;
  readonly token?: string | undefined;
  readonly messageId?: string | undefined;
  readonly subChannelId?: string | undefined;
  readonly isEdit?: boolean;
  readonly missingMeansDenied: boolean;
  readonly contentDigest?: number | undefined;
  readonly details?: DeliveryDetails | undefined;
  /** The time, and the wall clock minus the monotonic clock. Default of `clockOffset`: 0. */
  readonly at: number;
  readonly clockOffset?: number;
  /** For a restored delivery. Default of both: `at`. */
  readonly trackedAt?: number;
  readonly sentAt?: number;
  readonly restoredAt?: number;
}

/** The record of a new delivery: PENDING if it has a MessageId, else SENDING. */
export function createRecord(delivery: NewDelivery & { readonly id: string }): DeliveryRecord {
  return {
    id: delivery.id,
    token: delivery.token,
    channelArn: delivery.channelArn,
    chimeBearer: delivery.chimeBearer,
    messageId: delivery.messageId,
    subChannelId: delivery.subChannelId,
    isEdit: delivery.isEdit ?? false,
    status: delivery.messageId === undefined ? 'SENDING' : 'PENDING',
    trackedAt: delivery.trackedAt ?? delivery.at,
    clockOffset: delivery.clockOffset ?? 0,
    sentAt: delivery.sentAt ?? delivery.at,
    restoredAt: delivery.restoredAt,
    pollCount: 0,
    missingMeansDenied: delivery.missingMeansDenied,
    seen: false,
    missingCount: 0,
    lastMissingAt: 0,
    contentDigest: delivery.contentDigest,
    details: compactDetails(delivery.details),
    settledAt: undefined,
    evidence: undefined,
    detail: undefined,
    reason: undefined,
    error: undefined,
  };
}

/** The message that it is about; for an edit, also before the service has accepted the edit. */
export function messageIdOf({ messageId, isEdit, details }: DeliveryRecord): string | undefined {
  return messageId ?? (isEdit ? editedMessageOf(details) : undefined);
}
