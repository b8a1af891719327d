/** Deliveries of this tracker that another tracker polls in its place, and the results that this tracker shares with it. */
import type { TrackedDelivery } from '../core/delivery.ts';
import type { PollPriority } from '../core/ports/http.ts';
import type { BatchResult } from '../core/ports/poll-batcher.ts';
import type { PollDelegate } from '../core/ports/poll-delegate.ts';
import type { PollResult } from './query-status.ts';

export class DelegatedPolls {
  readonly #delegate: PollDelegate | undefined;
  readonly #polls = new Map<TrackedDelivery, PollPriority>();

  constructor(delegate: PollDelegate | undefined) {
    this.#delegate = delegate;
  }

  has(delivery: TrackedDelivery): boolean {
    return this.#polls.has(delivery);
  }

  /** Has `delivery` polled by the other tracker. False: it has to be polled here. */
  delegate(delivery: TrackedDelivery, priority: PollPriority): boolean {
    // Edits are read here: what a read shows of one depends on the other edits of this tracker.
    const isDelegated = !delivery.record.isEdit && this.#delegate?.delegate(delivery, priority) === true;
    if (isDelegated) this.#polls.set(delivery, priority);
    else this.#polls.delete(delivery);
    return isDelegated;
  }

  /** The other tracker's poll has a result, or none is needed any more. */
  delete(delivery: TrackedDelivery): void {
    this.#polls.delete(delivery);
  }

  /** Tells the other tracker the result of a poll that was made here. */
  publish({ record }: TrackedDelivery, result: PollResult | BatchResult): void {
    if (result.kind === 'evidence' && !record.isEdit) this.#delegate?.publishResult(record, result.evidence);
  }

  entries(): Iterable<[TrackedDelivery, PollPriority]> {
    return this.#polls;
  }
}
