/** One message on its way to the service: where it stands, and until when it is tried. Nothing is done here. */
import type { SendChannelMessageCommandInput } from '@aws-sdk/client-chime-sdk-messaging';

export interface SendRules {
  /** How long a send whose answer never came is sent again with the same token; milliseconds. */
  readonly resendWindowMs: number;
  /** How long a send may wait to leave at all; milliseconds. */
  readonly expireMs: number;
}

/** Its moments are those of the monotonic clock. */
export interface PendingSend {
  readonly input: SendChannelMessageCommandInput;
  readonly abort: AbortController;
  readonly unlisten: () => void;
  /** When tracking began. */
  readonly since: number;
  /** `waiting`: it is not its turn yet. `resting`: until the next try. */
  stage: 'queued' | 'in-flight' | 'backing-off';
  /** Since when the service may have the message although no answer came; undefined while that cannot be. */
  mayHaveArrivedSince: number | undefined;
  /** The same, as it was before the attempt that is under way. */
  mayHaveArrivedBefore: number | undefined;
  /** HTTP requests of that attempt that have left. */
  dispatches: number;
  /** How often the service has said that its token is in use. */
  conflicts: number;
  /** The outbox says that nothing of it has left. */
  knownUnsent: boolean;
  /** The last failure, for an end without an answer. */
  error: unknown;
}

/** @param trackedAt when tracking began, by the monotonic clock: maybe in an earlier life */
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

/** Whether the service may have it. A token that is in use may be so because of this very message. */
export function mayBeAccepted({ mayHaveArrivedSince, conflicts }: PendingSend): boolean {
  return mayHaveArrivedSince !== undefined || conflicts > 0;
}

/** Until when it is tried: as long as it may be late, and as its token is sure to be remembered. */
export function deadlineOf(
  { since, mayHaveArrivedSince = Infinity }: PendingSend,
  { resendWindowMs, expireMs }: SendRules,
): number {
  return Math.min(since + expireMs, mayHaveArrivedSince + resendWindowMs);
}
