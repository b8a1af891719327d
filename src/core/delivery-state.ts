/**
 * The public state of a delivery: a frozen union on `status`; each member has only the fields that hold in that status. It
 * is projected from `delivery-record.ts`; nothing is decided here.
 */
import type { DeliveryStatus, OutcomeEvidence, UnknownReason } from './status.ts';
import type { MessagePersistence, MessageType, SendInput, UpdateInput } from './delivery-details.ts';
import { messageIdOf, type DeliveryRecord } from './delivery-record.ts';

interface DeliveryFacts {
  /**
   * Stable: the request token for `send`, the MessageId for `track` and `wrap`. A new UUID for an edit, and if another
   * delivery has that id already.
   */
  readonly id: string;
  /** A message (`create`), or an edit of one (`update`). */
  readonly operation: 'create' | 'update';
  readonly channelArn: string;
  /** ARN of the AppInstanceUser or bot that sent it. Only the sender may read its status. */
  readonly chimeBearer: string;
  /** Chime's id of the message, once known. */
  readonly messageId?: string;
  readonly subChannelId?: string;
  /** The message's `Type`, where it is known. A CONTROL message (a typing indicator, say) is no message to show. */
  readonly type?: MessageType;
  /** The message's `Persistence`, where it is known. */
  readonly persistence?: MessagePersistence;
  /**
   * What `send` or `update` was given, as a frozen copy; also after a restart, where the store keeps content. For `wrap`, the
   * input that was found in its first argument.
   */
  readonly input?: Readonly<SendInput | UpdateInput>;
  /** The app's own `context`, as a frozen copy; also after a restart. */
  readonly context?: unknown;
  /** The `id` of the delivery that this one sends again. */
  readonly retryOf?: string;
  /** When tracking began, in milliseconds since the epoch. */
  readonly trackedAt: number;
  /** How often it was polled. A poll without a new status raises this, and emits no update. */
  readonly polls: number;
}

interface SettledFacts extends DeliveryFacts {
  /** When the tracker learnt the outcome, in milliseconds since the epoch. */
  readonly settledAt: number;
}

/** The send has no answer of the service yet. */
export interface SendingState extends DeliveryFacts {
  readonly status: 'SENDING';
}
/** Accepted by the service; the channel flow has not processed it yet. */
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
/** Not delivered: the flow failed, or (`evidence: 'rejected'`, with `error`) the service refused the send itself. */
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
/** The outcome could not be determined; `reason` says why. The tracker never guesses one. */
export interface UnknownState extends SettledFacts {
  readonly status: 'UNKNOWN';
  readonly reason: UnknownReason;
  readonly error?: unknown;
}

/** A frozen snapshot of one delivery: switch on `status`. */
export type DeliveryState = SendingState | PendingState | TerminalState;

/** A final state: it never changes again. */
export type TerminalState = SentState | FailedState | DeniedState | UnknownState;

const optional = ['subChannelId', 'evidence', 'detail', 'reason', 'error'] as const;
const given = ['type', 'persistence', 'input', 'context', 'retryOf'] as const;

/** The public view of `record`. */
export function toDeliveryState(record: DeliveryRecord): DeliveryState {
  const { id, channelArn, chimeBearer, status, trackedAt, settledAt, clockOffset, pollCount, details } = record;
  const messageId = messageIdOf(record);
  // All times use the clock offset of when tracking began, so that their differences are the time that passed.
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
  if (messageId !== undefined) state['messageId'] = messageId;
  if (settledAt !== undefined) state['settledAt'] = shown(settledAt);
  for (const field of optional) if (record[field] !== undefined) state[field] = record[field];
  for (const field of given) if (details[field] !== undefined) state[field] = details[field];
  return Object.freeze(state) as unknown as DeliveryState;
}
