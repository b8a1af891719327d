/** The numbers of one process of a fleet. */
import type { DeliveryTracker } from '../tracker/delivery-tracker.ts';
import type { DeliveryStats } from '../tracker/stats.ts';
import type { FleetInspection } from './engine.ts';

export interface FleetStats {
  /** Shards that this process holds. */
  readonly held: number;
  /** Deliveries without an outcome in these shards. */
  readonly pending: number;
  /** Age of the oldest of them in milliseconds; 0 where there is none. */
  readonly oldestPendingMs: number;
  /** Outcomes that this process has found, by status. */
  readonly settled: Readonly<Record<'SENT' | 'FAILED' | 'DENIED' | 'UNKNOWN', number>>;
  /** HTTP requests of this process. */
  readonly requests: number;
  /** 429 answers among them. */
  readonly throttles: number;
  /** The fleet as this process last saw it (every 2 s while it holds shards); undefined before. */
  readonly fleet: FleetInspection | undefined;
}

type Settled = Record<'SENT' | 'FAILED' | 'DENIED' | 'UNKNOWN', number>;

/** Adds up the numbers of trackers, also of those that have been closed. */
export class FleetCounters {
  readonly #trackers = new Set<DeliveryTracker>();
  #before: { settled: Settled; requests: number; throttles: number } = {
    settled: { SENT: 0, FAILED: 0, DENIED: 0, UNKNOWN: 0 },
    requests: 0,
    throttles: 0,
  };

  add(tracker: DeliveryTracker): void {
    this.#trackers.add(tracker);
  }

  /** Call it before the tracker is closed. */
  remove(tracker: DeliveryTracker): void {
    if (this.#trackers.delete(tracker)) this.#before = sum(this.#before, tracker.stats);
  }

  get totals(): { readonly settled: Settled; readonly requests: number; readonly throttles: number } {
    return [...this.#trackers].reduce((total, { stats }) => sum(total, stats), this.#before);
  }
}

function sum(
  total: { readonly settled: Settled; readonly requests: number; readonly throttles: number },
  { settled, requests, throttles }: DeliveryStats,
): { settled: Settled; requests: number; throttles: number } {
  const { SENT, FAILED, DENIED, UNKNOWN } = settled;
  return {
    settled: {
      SENT: total.settled.SENT + SENT,
      FAILED: total.settled.FAILED + FAILED,
      DENIED: total.settled.DENIED + DENIED,
      UNKNOWN: total.settled.UNKNOWN + UNKNOWN,
    },
    requests: total.requests + Object.values(requests).reduce((all: number, each) => all + (each ?? 0), 0),
    throttles: total.throttles + throttles,
  };
}
