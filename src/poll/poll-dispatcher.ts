/**
 * Whose turn it is: deliveries that are due wait, as many permits are requested as polls can run at once, and who is
 * polled is chosen when the permit comes, not before. Whoever was settled meanwhile has left, and costs nothing.
 */
import type { TrackedDelivery } from '../core/delivery.ts';
import type { Permit, HttpPort, PollPriority } from '../core/ports/http.ts';
import { PollQueue } from './poll-queue.ts';

export interface DispatcherPorts {
  readonly http: HttpPort;
  /** Permits that are asked for at once, per bearer: as many as can run, or as a wake-up after a rest is worth. */
  readonly maxPermits: number;
  /** Called with a permit for one request: it is the taker's to release. */
  readonly onPermit: (delivery: TrackedDelivery, priority: PollPriority, permit: Permit) => void;
}

export class PollDispatcher {
  readonly #ports: DispatcherPorts;
  readonly #waiting = new PollQueue();
  /** Permits that are asked for, per bearer. */
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

  /** How urgently it waits; undefined where it does not. */
  priorityOf(delivery: TrackedDelivery): PollPriority | undefined {
    return this.#waiting.priorityOf(delivery);
  }

  /** Those who wait for the same channel as `delivery`. */
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
        // The only way in which a permit is not given: we are closing.
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
