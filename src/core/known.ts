/**
 * What the core knows of one delivery: an immutable value that `decide` replaces as evidence comes.
 * Compact on purpose (one per delivery): what the app sees of it is projected in `delivery-state.ts`, and when to look
 * again is kept beside it in `entry.ts`.
 */
import type { DeliveryStatus, OutcomeEvidence, UnknownReason } from './message.ts';

export interface Known {
  readonly id: string;
  readonly channelArn: string;
  readonly chimeBearer: string;
  readonly messageId: string | undefined;
  readonly subChannelId: string | undefined;
  readonly status: DeliveryStatus;
  /** Milliseconds since the epoch. */
  readonly trackedAt: number;
  /** Not before this was it accepted by the service; for a tracked message, when tracking began. */
  readonly sentAt: number;
  readonly polls: number;
  /** An edit of an older message rather than a new one. */
  readonly update: boolean;
  /** Persistent, STANDARD, and a create: of such a message alone does a missing status mean DENIED. */
  readonly provable: boolean;
  /** Missing answers in a row, and when the last counted one came. */
  readonly misses: number;
  readonly missedAt: number;
  readonly settledAt: number | undefined;
  readonly evidence: OutcomeEvidence | 'rejected' | undefined;
  readonly detail: string | undefined;
  readonly reason: UnknownReason | undefined;
  readonly error: unknown;
}

/** What is said of a message when tracking begins. */
export interface NewDelivery {
  readonly id: string;
  readonly channelArn: string;
  readonly chimeBearer: string;
  readonly messageId?: string | undefined;
  readonly subChannelId?: string | undefined;
  readonly update?: boolean;
  readonly provable: boolean;
  /** The time. */
  readonly at: number;
  /** Of a delivery of an earlier life. Default of both: `at`. */
  readonly trackedAt?: number;
  readonly sentAt?: number;
}

/** A delivery of which nothing is heard yet: PENDING where it has a MessageId, else SENDING. */
export function firstKnown(delivery: NewDelivery): Known {
  return {
    id: delivery.id,
    channelArn: delivery.channelArn,
    chimeBearer: delivery.chimeBearer,
    messageId: delivery.messageId,
    subChannelId: delivery.subChannelId,
    status: delivery.messageId === undefined ? 'SENDING' : 'PENDING',
    trackedAt: delivery.trackedAt ?? delivery.at,
    sentAt: delivery.sentAt ?? delivery.at,
    polls: 0,
    update: delivery.update ?? false,
    provable: delivery.provable,
    misses: 0,
    missedAt: 0,
    settledAt: undefined,
    evidence: undefined,
    detail: undefined,
    reason: undefined,
    error: undefined,
  };
}

type Question = Pick<Known, 'channelArn' | 'chimeBearer' | 'subChannelId' | 'update'>;

/** Whether what a look at one of the same MessageId tells is about the other, too. */
export function isSameQuestion(one: Question, other: Question): boolean {
  return (
    one.channelArn === other.channelArn &&
    one.chimeBearer === other.chimeBearer &&
    one.subChannelId === other.subChannelId &&
    one.update === other.update
  );
}
