/** The state of one send that has no final answer, and its deadline. Pure. */
import type { DeliveryRecord } from '../core/delivery-record.ts';
import type { SendCommandInput, UpdateCommandInput } from './send-input.ts';

/** The input of every attempt. */
export type CommandInput = SendCommandInput | UpdateCommandInput;

export interface SendRules {
  /** How long a send without an answer is repeated with the same token; milliseconds. */
  readonly resendWindowMs: number;
  /** How long a send may wait for its first dispatch; milliseconds. */
  readonly expireMs: number;
}

/** All its times are those of the monotonic clock. */
export interface PendingSend {
  readonly input: CommandInput;
  /** It is an edit: the service has no request token for it, and its content makes a repetition harmless. */
  readonly isEdit: boolean;
  /** `expireMs` of this send alone. */
  readonly expireMs: number | undefined;
  readonly abort: AbortController;
  readonly unlisten: () => void;
  /** When tracking began. */
  readonly since: number;
  /** `queued`: waits for its turn. `backing-off`: waits for the next attempt. */
  stage: 'queued' | 'in-flight' | 'backing-off';
  /** Since when the service may have the message without having answered; undefined while it cannot have it. */
  mayHaveArrivedSince: number | undefined;
  /** The value of `mayHaveArrivedSince` before the current attempt. */
  mayHaveArrivedBefore: number | undefined;
  /** When the last request left. */
  dispatchedAt: number;
  /** HTTP requests of the current attempt that were dispatched. */
  dispatches: number;
  /** How often the service answered with a conflict: the token is in use. */
  conflicts: number;
  /** The outbox holds a mark that no request for it was dispatched. */
  knownUnsent: boolean;
  /** The last failure, reported if the send ends without an answer. */
  error: unknown;
}

/** Its `trackedAt` may be of an earlier session. */
export function createPendingSend(
  input: CommandInput,
  { trackedAt, isEdit, details }: DeliveryRecord,
  unlisten: () => void,
): PendingSend {
  return {
    input,
    isEdit,
    expireMs: details.expireMs,
    abort: new AbortController(),
    unlisten,
    since: trackedAt,
    stage: 'queued',
    mayHaveArrivedSince: undefined,
    mayHaveArrivedBefore: undefined,
    dispatchedAt: -Infinity,
    dispatches: 0,
    conflicts: 0,
    knownUnsent: false,
    error: undefined,
  };
}

/**
 * Whether the service may have the message. After a conflict it may: this very message may be using the token. An edit has no
 * token: its conflict is with the message, or with another edit.
 */
export function mayBeAccepted({ mayHaveArrivedSince, conflicts, isEdit }: PendingSend): boolean {
  return mayHaveArrivedSince !== undefined || (conflicts > 0 && !isEdit);
}

/** Until when it is sent again: until it expires, or the service may have forgotten its token. */
export function deadlineOf(
  { since, mayHaveArrivedSince = Infinity, expireMs }: PendingSend,
  { resendWindowMs, expireMs: usualMs }: SendRules,
): number {
  return Math.min(since + (expireMs ?? usualMs), mayHaveArrivedSince + resendWindowMs);
}
