/** The port by which polls are timed from what was observed. Without it they follow the backoff. */
import type { TrackedDelivery } from '../delivery.ts';
import type { Transition } from '../delivery-registry.ts';

export interface PollTiming {
  /** A delivery was added, or changed. */
  observe(transition: Transition): void;
  /**
   * Milliseconds until the next poll of `delivery`, negative where it is overdue; undefined where too little is known.
   * `random` is in [0, 1).
   */
  nextDelay(delivery: TrackedDelivery, now: number, random: number): number | undefined;
}
