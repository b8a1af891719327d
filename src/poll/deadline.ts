/**
 * The end of all looking: kept by the clock, with a last look shortly before it, and one after it where the machine slept
 * through that. Pure.
 */
import type { Entry } from '../core/entry.ts';
import type { Known } from '../core/known.ts';
import type { PollingPace } from './pace-of-looks.ts';

interface DeadlineRules {
  readonly polling: PollingPace;
  readonly requestTimeoutMs: number;
}

const MAX_GRACE_MS = 600_000;

/** When the truth is given up, by the monotonic clock: so long after the message left. */
export function deadlineOf(known: Known, { giveUpAfterMs }: PollingPace): number {
  return known.sentAt + giveUpAfterMs;
}

/** How long a look after the deadline may wait for room, in milliseconds. */
export function finalLookGraceMs({ giveUpAfterMs }: PollingPace): number {
  return Math.min(MAX_GRACE_MS, giveUpAfterMs);
}

/** Keeps a planned look in front of the deadline while there is time for one. */
export function clampToDeadline(at: number, now: number, known: Known, rules: DeadlineRules): number {
  const last = lastLookAt(known, rules);
  if (at <= last) return at;
  return now < last ? last : deadlineOf(known, rules.polling);
}

/** Whether the deadline came without the last look in front of it. */
export function overslept(entry: Entry, rules: DeadlineRules): boolean {
  return entry.triedAt < lastLookAt(entry.known, rules);
}

/** The last moment at which a look can still be answered in time. */
function lastLookAt(known: Known, { polling, requestTimeoutMs }: DeadlineRules): number {
  return deadlineOf(known, polling) - Math.min(requestTimeoutMs, polling.giveUpAfterMs / 10);
}
