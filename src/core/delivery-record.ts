/**
 * What the core knows of one delivery: an immutable value that `decide` replaces as evidence comes.
 * Compact on purpose (one per delivery): what the app sees of it is projected in `delivery-state.ts`, and when to poll
 * again is kept beside it in `delivery.ts`. All moments are of the monotonic clock (`shared/time.ts`), in milliseconds.
 */
import type { MessageAddress, MessageIdentity } from './identity.ts';
import type { DeliveryStatus, OutcomeEvidence, UnknownReason } from './status.ts';

export interface DeliveryRecord extends MessageIdentity {
  readonly id: string;
  /** The `ClientRequestToken` of a send; the id is another one where that token was taken. */
  readonly token: string | undefined;
  readonly status: DeliveryStatus;
  /** When tracking began. */
  readonly trackedAt: number;
  /** What the wall clock showed beyond the monotonic one when tracking began. */
  readonly clockOffset: number;
  /** Not before this was it accepted by the service; for a tracked message, when tracking began. */
  readonly sentAt: number;
  readonly pollCount: number;
  /** Persistent, STANDARD, and a create: of such a message alone does a missing status mean DENIED. */
  readonly missingMeansDenied: boolean;
  /** A read or a PENDING event has shown the message, so that it can be read. For an edit: has shown the edit pending. */
  readonly seen: boolean;
  /** Missing answers in a row, and when the last counted one came. */
  readonly missingCount: number;
  readonly lastMissingAt: number;
  /** What tells its content from others', where that is known. */
  readonly contentDigest: number | undefined;
  readonly settledAt: number | undefined;
  readonly evidence: OutcomeEvidence | 'rejected' | undefined;
  readonly detail: string | undefined;
  readonly reason: UnknownReason | undefined;
  readonly error: unknown;
}

/** What is said of a message when tracking begins. */
export interface NewDelivery extends Omit<MessageAddress, 'subChannelId'> {
  /** The id that it is to have, if no other delivery has it. */
  readonly id?: string | undefined;
  readonly token?: string | undefined;
  readonly messageId?: string | undefined;
  readonly subChannelId?: string | undefined;
  readonly isEdit?: boolean;
  readonly missingMeansDenied: boolean;
  readonly contentDigest?: number | undefined;
  /** The time, and what the wall clock shows beyond it. Default of `clockOffset`: 0. */
  readonly at: number;
  readonly clockOffset?: number;
  /** Of a delivery of an earlier life. Default of both: `at`. */
  readonly trackedAt?: number;
  readonly sentAt?: number;
}

/** A delivery of which nothing is heard yet: PENDING where it has a MessageId, else SENDING. */
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
    pollCount: 0,
    missingMeansDenied: delivery.missingMeansDenied,
    seen: false,
    missingCount: 0,
    lastMissingAt: 0,
    contentDigest: delivery.contentDigest,
    settledAt: undefined,
    evidence: undefined,
    detail: undefined,
    reason: undefined,
    error: undefined,
  };
}
