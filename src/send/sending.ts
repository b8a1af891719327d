/** One message on its way to the service: where it stands, and until when it is tried. Nothing is done here. */
import type { SendChannelMessageCommandInput } from '@aws-sdk/client-chime-sdk-messaging';
import { steadyNow } from '../core/time.ts';
import type { Departure } from './departure.ts';

export interface SendRules {
  /** How long a send whose answer never came is sent again with the same token; milliseconds. */
  readonly resendWindowMs: number;
  /** How long a send may wait to leave at all; milliseconds. */
  readonly expireMs: number;
}

/** Its moments are those of the steady clock: nobody's setting the time makes it older or younger. */
export interface Sending {
  readonly input: SendChannelMessageCommandInput;
  readonly abort: AbortController;
  readonly unlisten: () => void;
  /** When tracking began. */
  readonly since: number;
  /** `waiting`: it is not its turn yet. `resting`: until the next try. */
  stage: 'waiting' | 'under-way' | 'resting';
  /** Since when the service may have the message although no answer came; undefined while that cannot be. */
  leftAt: number | undefined;
  /** The same, as it was before the attempt that is under way. */
  leftBefore: number | undefined;
  /** Where that attempt is on its way. */
  departure: Departure | undefined;
  /** How often the service has said that its token is in use. */
  conflicts: number;
  /** The outbox says that nothing of it has left. */
  isHeld: boolean;
  /** The last trouble, for an end without an answer. */
  error: unknown;
}

/** @param trackedAt when tracking began, by the wall clock: maybe in an earlier life */
export function newSending(input: SendChannelMessageCommandInput, trackedAt: number, unlisten: () => void): Sending {
  return {
    input,
    abort: new AbortController(),
    unlisten,
    since: sinceWhen(trackedAt),
    stage: 'waiting',
    leftAt: undefined,
    leftBefore: undefined,
    departure: undefined,
    conflicts: 0,
    isHeld: false,
    error: undefined,
  };
}

/** Whether it is certain that nothing of it has left, as long as what is under way is kept from that. */
export function hasStayed({ leftAt, leftBefore, departure }: Sending): boolean {
  return leftAt === undefined || (leftBefore === undefined && departure?.stays === true);
}

/** Until when it is tried: as long as it may be late, and as its token is sure to be remembered. */
export function endOf({ since, leftAt = Infinity }: Sending, { resendWindowMs, expireMs }: SendRules): number {
  return Math.min(since + expireMs, leftAt + resendWindowMs);
}

/** When that was by the steady clock; a time to come is taken for now. */
export function sinceWhen(wallClock: number): number {
  return steadyNow() - Math.max(0, Date.now() - wallClock);
}

/** What the schedule calls a moment of the steady clock. */
export function planned(at: number): number {
  return at + Date.now() - steadyNow();
}
