/** The state of one send that has no final answer, and its deadline. Pure. */
import type { SendChannelMessageCommandInput } from '@aws-sdk/client-chime-sdk-messaging';

export interface SendRules {
  /** How long a send without an answer is repeated with the same token; milliseconds. */
  readonly resendWindowMs: number;
  /** How long a send may wait for its first dispatch; milliseconds. */
  readonly expireMs: number;
}

/** All its times are those of the monotonic clock. */
export interface PendingSend {
  readonly input: SendChannelMessageCommandInput;
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
  /** HTTP requests of the current attempt that were dispatched. */
  dispatches: number;
  /** How often the service answered with a conflict: the token is in use. */
  conflicts: number;
  /** The outbox holds a mark that no request for it was dispatched. */
  knownUnsent: boolean;
  /** The last failure, reported if the send ends without an answer. */
  error: unknown;
}

/** @param trackedAt when tracking began, by the monotonic clock; possibly in an earlier session */
export function createPendingSend(
  input: SendChannelMessageCommandInput,
  trackedAt: number,
  unlisten: () => void,
): PendingSend {
  return {
    input,
    abort: new AbortController(),
    unlisten,
    since: trackedAt,
    stage: 'queued',
    mayHaveArrivedSince: undefined,
    mayHaveArrivedBefore: undefined,
    dispatches: 0,
    conflicts: 0,
    knownUnsent: false,
    error: undefined,
  };
}

/** Whether the service may have the message. After a conflict it may: this very message may be using the token. */
export function mayBeAccepted({ mayHaveArrivedSince, conflicts }: PendingSend): boolean {
  return mayHaveArrivedSince !== undefined || conflicts > 0;
}

/** Until when it is sent again: until it expires, or the service may have forgotten its token. */
export function deadlineOf(
  { since, mayHaveArrivedSince = Infinity }: PendingSend,
  { resendWindowMs, expireMs }: SendRules,
): number {
  return Math.min(since + expireMs, mayHaveArrivedSince + resendWindowMs);
}
