/** Times polls by the processing times of each channel: push tells them exactly, a poll tells an interval. */
import type { TrackedDelivery } from '../../core/delivery.ts';
import type { Transition } from '../../core/delivery-registry.ts';
import { channelKey } from '../../core/identity.ts';
import type { PollTiming } from '../../core/ports/poll-timing.ts';
import { monotonicNow } from '../../shared/time.ts';
import { LatencyModel } from './latency-model.ts';
import { PlanningAllowance } from './planning-allowance.ts';

/** Evidence that tells when the flow was done. */
const OBSERVABLE_SOURCES: ReadonlySet<string> = new Set(['websocket', 'prefetch', 'status', 'list', 'missing']);

export class AdaptiveTiming implements PollTiming {
  readonly #latencies: LatencyModel;

  constructor() {
    const allowance = new PlanningAllowance();
    this.#latencies = new LatencyModel(() => allowance.take(monotonicNow()));
  }

  observe({ delivery, before, after }: Transition): void {
    const { evidence, settledAt, sentAt, isEdit } = after;
    // A status in the send's response went through no flow. An edit need not be ordinary work of its channel.
    if (isEdit || settledAt === undefined || before?.status !== 'PENDING') return;
    if (!evidence || !OBSERVABLE_SOURCES.has(evidence)) return;
    const by = evidence === 'missing' && before.missingCount > 0 ? before.lastMissingAt : settledAt;
    const seenAt = evidence === 'websocket' ? by : Math.max(delivery.lastPendingAt, sentAt);
    this.#latencies.observe(channelKey(after), seenAt - sentAt, by - sentAt);
  }

  /** Undefined, too, where the planned poll was made and told nothing. */
  nextDelay(
    { record, lastPendingAt, lastAttemptAt }: TrackedDelivery,
    now: number,
    random: number,
  ): number | undefined {
    const { sentAt } = record;
    const age = this.#latencies.nextPollAge(channelKey(record), Math.max(0, lastPendingAt - sentAt), random);
    return age === undefined || sentAt + age <= lastAttemptAt ? undefined : sentAt + age - now;
  }
}
