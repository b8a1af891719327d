/**
 * When to poll next one delivery: what was learnt of its channel, else the backoff; the confirmation of a miss, and the
 * deadline; put together with the clock and with what is believed of push. It plans nothing itself: the poller does.
 */
import type { MissingRules } from '../core/reduce.ts';
import type { TrackedDelivery } from '../core/delivery.ts';
import type { Transition } from '../core/delivery-registry.ts';
import type { PushStatus } from '../core/ports/push-status.ts';
import { monotonicNow } from '../shared/time.ts';
import { clampToDeadline, deadlineOf, missedDeadlinePoll } from './deadline.ts';
import { LatencyModel } from '../features/adaptive-polling/latency-model.ts';
import { fairDelay, nextDelay, type BackoffInput } from './backoff.ts';
import { PlanningAllowance } from '../features/adaptive-polling/planning-allowance.ts';
import type { PollingOptions } from './polling-options.ts';
import { SharedPolls } from '../features/batch-polling/shared-polls.ts';
import { channelKey } from './poll-queue.ts';

export interface PollScheduleRules {
  readonly polling: PollingOptions;
  readonly missing: MissingRules;
  readonly requestTimeoutMs: number;
  readonly pushStatus: PushStatus;
  readonly random: () => number;
  /** When a missing status of this delivery may be believed at the earliest. */
  readonly believableAt: (delivery: TrackedDelivery) => number;
}

/** However a miss is confirmed, not in a tight loop. */
const MIN_CONFIRM_MS = 50;
const CONFIRM_JITTER = 0.1;
/** Between two tries while both ways of asking are refused, in milliseconds, at least. */
const FORBIDDEN_RETRY_MS = 15_000;
/** Those that are overdue all at once are spread over so many milliseconds, at most. */
const OVERDUE_MS = 400;
/** A message that was sent just now is no reason for a page just now. */
const MIN_AGE_MS = 100;
/** In the place of chance: neither early nor late. */
const MIDDLE = 0.5;
/** Evidence that tells when the flow was done. */
const OBSERVABLE_SOURCES: ReadonlySet<string> = new Set(['websocket', 'prefetch', 'status', 'list', 'missing']);

export class PollSchedule {
  readonly #rules: PollScheduleRules;
  readonly #times: LatencyModel | undefined;
  readonly #shared: SharedPolls;

  constructor(rules: PollScheduleRules) {
    this.#rules = rules;
    this.#shared = new SharedPolls(rules.random);
    const allowance = new PlanningAllowance();
    this.#times = rules.polling.learn ? new LatencyModel(() => allowance.take(monotonicNow())) : undefined;
  }

  /** Whether its outcome will be heard: the link is up, and was when it was last known to be pending. */
  isPushReliable({ record, lastPendingAt }: TrackedDelivery): boolean {
    const { pushStatus } = this.#rules;
    const { chimeBearer, trackedAt } = record;
    return pushStatus.isUp(chimeBearer) && Math.max(trackedAt, lastPendingAt) >= pushStatus.upSince(chimeBearer);
  }

  nextPollAt(delivery: TrackedDelivery): number {
    const now = monotonicNow();
    const at = clampToDeadline(this.#individualPollAt(delivery, now), now, delivery.record, this.#rules);
    // A poll that has taken until now began too early to be the last.
    const isLast = at === deadlineOf(delivery.record, this.#rules.polling) && missedDeadlinePoll(delivery, this.#rules);
    return isLast ? Math.min(at, now + MIN_CONFIRM_MS) : at;
  }

  /** A poll of all of these of one channel by one page; undefined: each by itself. */
  sharedPoll(
    pending: readonly TrackedDelivery[],
    rowsEach: number,
  ): { readonly at: number; readonly deliveries: readonly TrackedDelivery[] } | undefined {
    const now = monotonicNow();
    const waits = new Map<TrackedDelivery, number>();
    for (const delivery of pending) {
      if (delivery.record.isEdit || this.isPushReliable(delivery)) continue;
      const ageMs = Math.max(MIN_AGE_MS, now - delivery.record.sentAt);
      waits.set(delivery, this.#adaptiveDelay(delivery, now, MIDDLE) ?? fairDelay(ageMs));
    }
    return this.#shared.plan(waits, rowsEach, now);
  }

  /** A page of its channel comes then: who is due before may wait for it. */
  announcePage(delivery: TrackedDelivery, at: number): void {
    this.#shared.announce(delivery, at);
  }

  /** When a page of its channel is planned, where that is soon enough to wait for; undefined: it is not. */
  pageAt(delivery: TrackedDelivery): number | undefined {
    return this.#shared.pageAt(delivery, monotonicNow());
  }

  #individualPollAt(delivery: TrackedDelivery, now: number): number {
    const { polling, random } = this.#rules;
    const pushUp = this.isPushReliable(delivery);
    const adaptive = pushUp ? undefined : this.#adaptiveDelay(delivery, now, random());
    // Those that are overdue all at once, after a drop, do not come all at once.
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

  /** Learns how long the channel's flow took: exactly from push, from a poll that it was in between two moments. */
  observe({ delivery, before, after }: Transition): void {
    const { evidence, settledAt, sentAt, isEdit } = after;
    // What the send's own answer says went through no flow; an edit may be none of its channel's ordinary work.
    if (
      isEdit ||
      settledAt === undefined ||
      before?.status !== 'PENDING' ||
      !evidence ||
      !OBSERVABLE_SOURCES.has(evidence)
    )
      return;
    const by = evidence === 'missing' && before.missingCount > 0 ? before.lastMissingAt : settledAt;
    const seenAt = evidence === 'websocket' ? by : Math.max(delivery.lastPendingAt, sentAt);
    this.#times?.observe(channelKey(after), seenAt - sentAt, by - sentAt);
  }

  /**
   * Until the poll that is planned by what was learnt; undefined where that says nothing, or was tried without an
   * answer.
   */
  #adaptiveDelay(
    { record, lastPendingAt, lastAttemptAt }: TrackedDelivery,
    now: number,
    random: number,
  ): number | undefined {
    const { sentAt } = record;
    const age = this.#times?.nextPollAge(channelKey(record), Math.max(0, lastPendingAt - sentAt), random);
    return age === undefined || sentAt + age <= lastAttemptAt ? undefined : sentAt + age - now;
  }

  /** When to poll again after a miss: as soon as it may be confirmed, plus a little jitter. */
  confirmationAt(delivery: TrackedDelivery): number {
    const { missing, random, believableAt } = this.#rules;
    const { missingCount, lastMissingAt, sentAt, seen } = delivery.record;
    const now = monotonicNow();
    const ageMs = now - sentAt;
    const believable = missingCount + 1 < missing.confirmations ? -Infinity : believableAt(delivery);
    // A message that was never seen may still become readable: until then it is read at about twice its age each time.
    let next = seen ? believable : Math.min(believable, now + Math.max(missing.confirmDelayMs, ageMs));
    // Missing often enough, and not believed: the confirmation does not answer.
    if (missingCount >= missing.confirmations && now >= believable) next = now + ageMs / 2;
    const at = Math.max(lastMissingAt + missing.confirmDelayMs, next, now + MIN_CONFIRM_MS);
    const jitter = random() * CONFIRM_JITTER * missing.confirmDelayMs;
    return clampToDeadline(at + jitter, now, delivery.record, this.#rules);
  }

  /** When to ask again where both ways of asking were refused a moment ago. */
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
    const { seen, sentAt } = delivery.record;
    const next = this.nextPollAt(delivery);
    if (seen) return next;
    return Math.max(monotonicNow() + MIN_CONFIRM_MS, Math.min(next, sentAt + missing.editMs));
  }
}
