/** Which deliveries are being asked for right now, alone or several by one page, and how that is called off. */
import type { TrackedDelivery } from '../core/delivery.ts';

/** One poll of some deliveries. */
export interface Poll {
  readonly abort: AbortController;
  readonly deliveries: Set<TrackedDelivery>;
}

export class InFlight {
  readonly #polls = new Map<TrackedDelivery, Poll>();

  has(delivery: TrackedDelivery): boolean {
    return this.#polls.has(delivery);
  }

  begin(deliveries: Iterable<TrackedDelivery>): Poll {
    const job: Poll = { abort: new AbortController(), deliveries: new Set(deliveries) };
    for (const delivery of job.deliveries) this.#polls.set(delivery, job);
    return job;
  }

  /** The job is over. Those for whom it still matters: nobody of them was settled, forgotten or closed meanwhile. */
  end({ deliveries }: Poll): Set<TrackedDelivery> {
    for (const delivery of deliveries) this.#polls.delete(delivery);
    return deliveries;
  }

  /** Nothing more is to be learnt of it: a job that is for nobody any more is called off. */
  drop(delivery: TrackedDelivery): void {
    const job = this.#polls.get(delivery);
    if (job === undefined) return;
    this.#polls.delete(delivery);
    job.deliveries.delete(delivery);
    if (job.deliveries.size === 0) job.abort.abort();
  }

  close(reason: Error): void {
    for (const { abort, deliveries } of this.#polls.values()) {
      deliveries.clear();
      abort.abort(reason);
    }
    this.#polls.clear();
  }
}
