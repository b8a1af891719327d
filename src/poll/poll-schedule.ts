/**
 * When to poll a delivery next: by the timing that was observed, else by the backoff; the confirmation of a miss; and the
 * deadline. It reads the clock and the push status. It plans nothing itself: the poller does.
 */
import type { MissingRules } from '../core/reduce.ts';
import type { TrackedDelivery } from '../core/delivery.ts';
import type { Evidence } from '../core/evidence.ts';
import type { PollTiming } from '../core/ports/poll-timing.ts';
import type { PushStatus } from '../core/ports/push-status.ts';
import { monotonicNow } from '../shared/time.ts';
import { clampToDeadline, deadlineOf, missedDeadlinePoll } from './deadline.ts';
import { nextDelay, usualDelay, type BackoffInput, type BackoffOptions } from './backoff.ts';

export interface PollScheduleRules {
  readonly polling: BackoffOptions;
  readonly missing: MissingRules;
  readonly requestTimeoutMs: number;
  readonly pushStatus: PushStatus;
  /** Times polls by what was observed, where adaptive polling is installed. */
  readonly timing?: PollTiming | undefined;
  readonly random: () => number;
  /** When a missing status of this delivery may be believed at the earliest. */
  readonly believableAt: (delivery: TrackedDelivery) => number;
}

/** A miss is not confirmed in a tight loop. */
const MIN_CONFIRM_MS = 50;
const CONFIRM_JITTER = 0.1;
/** Between two tries while an operation that is needed is refused, in milliseconds, at least. */
const FORBIDDEN_RETRY_MS = 15_000;
/** Polls that are overdue together are spread over this many milliseconds at most. */
const OVERDUE_MS = 400;
/** A message that was just sent is no reason for a batch at once. */
const MIN_AGE_MS = 100;
/** Instead of a random number: neither early nor late. */
const MIDDLE = 0.5;

export class PollSchedule {
  readonly #rules: PollScheduleRules;

  constructor(rules: PollScheduleRules) {
    this.#rules = rules;
  }

  /** Whether push will tell its outcome: the link is up, and was up when the delivery was last known to be pending. */
  isPushReliable({ record, lastPendingAt }: TrackedDelivery): boolean {
    const { pushStatus } = this.#rules;
    const { chimeBearer, trackedAt } = record;
    return pushStatus.isUp(chimeBearer) && Math.max(trackedAt, lastPendingAt) >= pushStatus.upSince(chimeBearer);
  }

  /** When to poll next, after this `evidence` of the last poll. */
  nextAt(delivery: TrackedDelivery, evidence?: Evidence): number {
    const { isEdit, missingCount } = delivery.record;
    const isAnswered = evidence?.kind !== 'no-response';
    const isMiss = evidence?.kind === 'missing' || (evidence?.kind === 'edit-read' && missingCount > 0);
    const isUnconfirmed = !isAnswered && missingCount > 0;
    if (isMiss || isUnconfirmed) return this.confirmationAt(delivery, isAnswered);
    return isEdit ? this.nextEditReadAt(delivery) : this.nextPollAt(delivery);
  }

  nextPollAt(delivery: TrackedDelivery): number {
    const now = monotonicNow();
    const at = clampToDeadline(this.#individualPollAt(delivery, now), now, delivery.record, this.#rules);
    // A poll that took until now began too early to be the last.
    const isLast = at === deadlineOf(delivery.record, this.#rules.polling) && missedDeadlinePoll(delivery, this.#rules);
    return isLast ? Math.min(at, now + MIN_CONFIRM_MS) : at;
  }

  /** Milliseconds until an individual poll that a batch may replace; undefined: a batch is not to replace it. */
  individualDelay(delivery: TrackedDelivery): number | undefined {
    if (delivery.record.isEdit || this.isPushReliable(delivery)) return undefined;
    const now = monotonicNow();
    const ageMs = Math.max(MIN_AGE_MS, now - delivery.record.sentAt);
    return this.#rules.timing?.nextDelay(delivery, now, MIDDLE) ?? usualDelay(ageMs);
  }

  #individualPollAt(delivery: TrackedDelivery, now: number): number {
    const { polling, random } = this.#rules;
    const pushUp = this.isPushReliable(delivery);
    const adaptive = pushUp ? undefined : this.#rules.timing?.nextDelay(delivery, now, random());
    // Polls that are overdue together, after a drop, are spread.
    if (adaptive !== undefined)
      return now + (adaptive > 0 ? adaptive : random() * Math.min(polling.firstDelayMs, OVERDUE_MS));
    const moment: BackoffInput = {
      attempts: delivery.attempts,
      ageMs: Math.max(0, now - delivery.record.sentAt),
      sinceLastPollMs: Math.max(0, now - delivery.lastAttemptAt),
      pushUp,
    };
    return now + nextDelay(moment, polling, random());
  }

  /**
   * When to poll again after a miss: as soon as it may be confirmed, plus a little jitter.
   *
   * @param isAnswered whether the last poll had a response
   */
  confirmationAt(delivery: TrackedDelivery, isAnswered: boolean): number {
    const { missing, random, believableAt } = this.#rules;
    const { missingCount, lastMissingAt, sentAt, seen } = delivery.record;
    const now = monotonicNow();
    const ageMs = now - sentAt;
    const believable = missingCount + 1 < missing.confirmations ? -Infinity : believableAt(delivery);
    // A message that no read has shown may still become readable: until then it is read at about twice its age each time.
    let next = seen ? believable : Math.min(believable, now + Math.max(missing.confirmDelayMs, ageMs));
    if (now >= believable) {
      const extra = missingCount - missing.confirmations;
      if (!isAnswered) next = now + Math.max(missing.confirmDelayMs, Math.min(ageMs, now - lastMissingAt) / 2);
      // It is missing often enough, and the operation that has to confirm it is refused, for a moment perhaps.
      else if (extra >= 0) next = now + Math.min(ageMs / 2, FORBIDDEN_RETRY_MS * 2 ** extra);
    }
    const at = Math.max(lastMissingAt + missing.confirmDelayMs, next, now + MIN_CONFIRM_MS);
    const jitter = random() * CONFIRM_JITTER * missing.confirmDelayMs;
    return clampToDeadline(at + jitter, now, delivery.record, this.#rules);
  }

  /** When to poll again where both operations were just refused. */
  retryForbiddenAt(delivery: TrackedDelivery): number {
    const now = monotonicNow();
    return clampToDeadline(
      now + FORBIDDEN_RETRY_MS * (1 + this.#rules.random() / 4),
      now,
      delivery.record,
      this.#rules,
    );
  }

  /** When to read an edit again: no later than when reading it ends. */
  nextEditReadAt(delivery: TrackedDelivery): number {
    const { missing } = this.#rules;
    const { seen, sentAt, restoredAt = -Infinity } = delivery.record;
    const next = this.nextPollAt(delivery);
    if (seen) return next;
    return Math.max(monotonicNow() + MIN_CONFIRM_MS, Math.min(next, Math.max(sentAt, restoredAt) + missing.editMs));
  }
}
