/**
 * What the app sees of a delivery: a frozen union on `status`, each member holding just what is true in it.
 * Projected from what the core knows (`delivery-record.ts`); nothing is decided here.
 */
import type { DeliveryStatus, OutcomeEvidence, UnknownReason } from './status.ts';
import type { DeliveryRecord } from './delivery-record.ts';

interface DeliveryFacts {
  /**
   * Stable: the request token for `send`, the MessageId for `track` and `wrap`. A fresh id for an edit, and where another
   * delivery has that id already.
   */
  readonly id: string;
  /** Whether it is a message, or an edit of one. */
  readonly operation: 'create' | 'update';
  readonly channelArn: string;
  /** The AppInstanceUser or bot that sent it, and that alone may ask about it. */
  readonly chimeBearer: string;
  /** Chime's id, once known. */
  readonly messageId?: string;
  readonly subChannelId?: string;
  /** When tracking began, in milliseconds since the epoch. */
  readonly trackedAt: number;
  /** How often it was polled so far. A poll that finds nothing new raises this and announces no update. */
  readonly polls: number;
}

interface SettledFacts extends DeliveryFacts {
  /** When the outcome was learnt, in milliseconds since the epoch. */
  readonly settledAt: number;
}

/** Handed to the service, not answered yet. */
export interface SendingState extends DeliveryFacts {
  readonly status: 'SENDING';
}
/** Accepted by the service; the channel flow has not answered yet. */
export interface PendingState extends DeliveryFacts {
  readonly status: 'PENDING';
  readonly messageId: string;
}
/** Delivered to the channel. */
export interface SentState extends SettledFacts {
  readonly status: 'SENT';
  readonly messageId: string;
  readonly evidence: OutcomeEvidence;
  readonly detail?: string;
}
/** Not delivered: the flow failed it, or (`evidence: 'rejected'`, with `error`) the service refused the send itself. */
export interface FailedState extends SettledFacts {
  readonly status: 'FAILED';
  readonly evidence: OutcomeEvidence | 'rejected';
  readonly detail?: string;
  readonly error?: unknown;
}
/** Not delivered: the flow's processor denied it. */
export interface DeniedState extends SettledFacts {
  readonly status: 'DENIED';
  readonly messageId: string;
  readonly evidence: OutcomeEvidence;
  readonly detail?: string;
}
/** The truth could not be had; `reason` says why. Never a guess in either direction. */
export interface UnknownState extends SettledFacts {
  readonly status: 'UNKNOWN';
  readonly reason: UnknownReason;
  readonly error?: unknown;
}

/** A frozen snapshot of one delivery: switch on `status`. */
export type DeliveryState = SendingState | PendingState | TerminalState;

/** A state after which nothing more is said. */
export type TerminalState = SentState | FailedState | DeniedState | UnknownState;

const optional = ['messageId', 'subChannelId', 'evidence', 'detail', 'reason', 'error'] as const;

/** The public view of what is known. */
export function toDeliveryState(record: DeliveryRecord): DeliveryState {
  const { id, channelArn, chimeBearer, status, trackedAt, settledAt, clockOffset, pollCount } = record;
  // The clock is shown as it stood when tracking began, so that the difference of two moments is the time that passed.
  const shown = (at: number): number => Math.round(at + clockOffset);
  const state: Record<string, unknown> & { status: DeliveryStatus } = {
    id,
    operation: record.isEdit ? 'update' : 'create',
    channelArn,
    chimeBearer,
    status,
    trackedAt: shown(trackedAt),
    polls: pollCount,
  };
  if (settledAt !== undefined) state['settledAt'] = shown(settledAt);
  for (const field of optional) if (record[field] !== undefined) state[field] = record[field];
  return Object.freeze(state) as unknown as DeliveryState;
}
