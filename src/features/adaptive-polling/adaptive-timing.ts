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

/**
 * An outcome that a poll found so long after it was last seen pending, in milliseconds, and at more than twice that age, tells
 * when the network came back rather than when the flow was done.
 */
const VAGUE_MS = 60_000;
/**
 * The longest delay for a message younger than this, in milliseconds; for an older one, its age. So a channel whose flow has
 * become faster than anything observed is noticed in time.
 */
const MAX_DELAY_MS = 60_000;

/** A model whose new plans take no more than a small part of the time. */
export function createLatencyModel(): LatencyModel {
  const allowance = new PlanningAllowance();
  return new LatencyModel(() => allowance.take(monotonicNow()));
}

export class AdaptiveTiming implements PollTiming {
  readonly #latencies: LatencyModel;

  constructor(latencies: LatencyModel = createLatencyModel()) {
    this.#latencies = latencies;
  }

  observe({ delivery, before, after }: Transition): void {
    const { evidence, settledAt, sentAt, isEdit } = after;
    // A status in the send's response went through no flow. An edit need not be ordinary work of its channel.
    if (isEdit || settledAt === undefined || before?.status !== 'PENDING') return;
    if (!evidence || !OBSERVABLE_SOURCES.has(evidence)) return;
    // The wall clock may have been set since it was sent.
    if (after.restoredAt !== undefined) return;
    const by = evidence === 'missing' && before.missingCount > 0 ? before.lastMissingAt : settledAt;
    const seenAt = evidence === 'websocket' ? by : Math.max(delivery.lastPendingAt, sentAt);
    const isVague = by - seenAt > VAGUE_MS && seenAt - sentAt < (by - sentAt) / 2;
    if (!isVague) this.#latencies.observe(channelKey(after), seenAt - sentAt, by - sentAt);
  }

  /** Undefined, too, where the planned poll was made and told nothing. */
  nextDelay(
    { record, lastPendingAt, lastAttemptAt }: TrackedDelivery,
    now: number,
    random: number,
  ): number | undefined {
    const { sentAt } = record;
    const age = this.#latencies.nextPollAge(channelKey(record), Math.max(0, lastPendingAt - sentAt), random);
    if (age === undefined || sentAt + age <= lastAttemptAt) return undefined;
    return Math.min(sentAt + age - now, Math.max(MAX_DELAY_MS, now - sentAt));
  }
}
