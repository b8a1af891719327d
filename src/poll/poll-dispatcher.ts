/**
 * Dispatches due deliveries. We request as many permits as can be used at once and pick the delivery when a permit arrives;
 * a delivery settled meanwhile costs nothing.
 */
import type { TrackedDelivery } from '../core/delivery.ts';
import type { Permit, HttpPort, PollPriority } from '../core/ports/http.ts';
import { PollQueue } from './poll-queue.ts';

export interface DispatcherPorts {
  readonly http: HttpPort;
  /** Permits requested at once, per bearer: as many as can run, or as can be saved up. */
  readonly maxPermits: number;
  /** Called with a permit for one request. The callee releases it. */
  readonly onPermit: (delivery: TrackedDelivery, priority: PollPriority, permit: Permit) => void;
}

export class PollDispatcher {
  readonly #ports: DispatcherPorts;
  readonly #waiting = new PollQueue();
  /** Permits requested and not granted yet, per bearer. */
  readonly #permitsRequested = new Map<string, number>();
  #closed = false;

  constructor(ports: DispatcherPorts) {
    this.#ports = ports;
  }

  has(delivery: TrackedDelivery): boolean {
    return this.priorityOf(delivery) !== undefined;
  }

  enqueue(delivery: TrackedDelivery, priority: PollPriority, dueAt: number): void {
    this.#waiting.enqueue(delivery, priority, dueAt);
    this.#requestPermits(delivery.record.chimeBearer);
  }

  /** Its priority; undefined where it does not wait. */
  priorityOf(delivery: TrackedDelivery): PollPriority | undefined {
    return this.#waiting.priorityOf(delivery);
  }

  /** The waiting deliveries of the same channel as `delivery`. */
  sameChannel(delivery: TrackedDelivery): Iterable<TrackedDelivery> {
    return this.#waiting.sameChannel(delivery);
  }

  remove(delivery: TrackedDelivery): void {
    this.#waiting.remove(delivery);
  }

  close(): void {
    this.#closed = true;
  }

  #requestPermits(chimeBearer: string): void {
    const { http, maxPermits } = this.#ports;
    for (;;) {
      const queue = this.#permitsRequested.get(chimeBearer) ?? 0;
      if (queue >= Math.min(this.#waiting.size(chimeBearer), maxPermits)) return;
      this.#permitsRequested.set(chimeBearer, queue + 1);
      const request = http.acquire(chimeBearer, this.#waiting.nextPriority(chimeBearer));
      void request.then(
        (permit) => this.#onPermit(chimeBearer, permit),
        // A permit is only refused when the tracker closes.
        () => undefined,
      );
    }
  }

  #onPermit(chimeBearer: string, permit: Permit): void {
    const queue = (this.#permitsRequested.get(chimeBearer) ?? 1) - 1;
    if (queue === 0) this.#permitsRequested.delete(chimeBearer);
    else this.#permitsRequested.set(chimeBearer, queue);
    const next = this.#closed ? undefined : this.#waiting.shift(chimeBearer);
    if (next === undefined) permit.refund();
    else this.#ports.onPermit(next.delivery, next.priority, permit);
    this.#requestPermits(chimeBearer);
  }
}
