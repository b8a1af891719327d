/**
 * The deadline of all polling: by the clock, with a last poll shortly before it, or one after it where the machine slept
 * through that. Pure.
 */
import type { TrackedDelivery } from '../core/delivery.ts';
import type { DeliveryRecord } from '../core/delivery-record.ts';
import type { BackoffOptions } from './backoff.ts';

interface DeadlineRules {
  readonly polling: BackoffOptions;
  readonly requestTimeoutMs: number;
}

const MAX_GRACE_MS = 600_000;

/** When polling gives up, by the monotonic clock: this long after the message was sent. */
export function deadlineOf(record: DeliveryRecord, { giveUpAfterMs }: BackoffOptions): number {
  return record.sentAt + giveUpAfterMs;
}

/** How long a poll after the deadline may wait for a permit, in milliseconds. */
export function finalPollGraceMs({ giveUpAfterMs }: BackoffOptions): number {
  return Math.min(MAX_GRACE_MS, giveUpAfterMs);
}

/** Keeps a planned poll before the deadline while there is time for one. */
export function clampToDeadline(at: number, now: number, record: DeliveryRecord, rules: DeadlineRules): number {
  const last = lastPollAt(record, rules);
  if (at <= last) return at;
  return now < last ? last : deadlineOf(record, rules.polling);
}

/** Whether the deadline came without the last poll before it. */
export function missedDeadlinePoll(delivery: TrackedDelivery, rules: DeadlineRules): boolean {
  return delivery.lastAttemptAt < lastPollAt(delivery.record, rules);
}

/** The last moment at which a poll can still be answered in time. */
function lastPollAt(record: DeliveryRecord, { polling, requestTimeoutMs }: DeadlineRules): number {
  return deadlineOf(record, polling) - Math.min(requestTimeoutMs, polling.giveUpAfterMs / 10);
}
