/** The polls in flight, each of one delivery or of several, and how they are aborted. */
import type { TrackedDelivery } from '../core/delivery.ts';
import type { Poll, PollsInFlight } from '../core/ports/poll-batcher.ts';

export class InFlight implements PollsInFlight {
  readonly #polls = new Map<TrackedDelivery, Poll>();

  has(delivery: TrackedDelivery): boolean {
    return this.#polls.has(delivery);
  }

  begin(deliveries: Iterable<TrackedDelivery>): Poll {
    const poll: Poll = { abort: new AbortController(), deliveries: new Set(deliveries) };
    for (const delivery of poll.deliveries) this.#polls.set(delivery, poll);
    return poll;
  }

  /** Ends the poll. Returns the deliveries that were not settled, forgotten or closed meanwhile. */
  end({ deliveries }: Poll): Set<TrackedDelivery> {
    for (const delivery of deliveries) this.#polls.delete(delivery);
    return deliveries;
  }

  /** `delivery` needs no result any more. A poll that no delivery needs is aborted. */
  drop(delivery: TrackedDelivery): void {
    const poll = this.#polls.get(delivery);
    if (poll === undefined) return;
    this.#polls.delete(delivery);
    poll.deliveries.delete(delivery);
    if (poll.deliveries.size === 0) poll.abort.abort();
  }

  close(reason: Error): void {
    for (const { abort, deliveries } of this.#polls.values()) {
      deliveries.clear();
      abort.abort(reason);
    }
    this.#polls.clear();
  }
}
