/** The reconcile in flight: the deliveries that it waits for, and its report when each was polled once. */
import type { TrackedDelivery } from '../core/delivery.ts';

/** The result of a reconcile. */
export interface ReconcileReport {
  /** Deliveries that were pending when it began, or when it was called again meanwhile. */
  readonly asked: number;
  /** How many of them have a terminal status now, by any evidence. */
  readonly settled: number;
  /** How many are still pending. */
  readonly pending: number;
  /** HTTP requests that were made for them. */
  readonly requests: number;
}

interface Reconcile {
  readonly report: Promise<ReconcileReport>;
  readonly asked: Set<TrackedDelivery>;
  readonly waiting: Set<TrackedDelivery>;
  readonly settled: Set<TrackedDelivery>;
  /** Deliveries that became pending since it began, or since it was joined last. */
  readonly newcomers: Set<TrackedDelivery>;
  requests: number;
  resolve(report: ReconcileReport): void;
  reject(reason: Error): void;
}

export class Reconciles {
  #current: Reconcile | undefined;

  get isUnderWay(): boolean {
    return this.#current !== undefined;
  }

  /**
   * Begins one for everything pending, or joins the one in flight with what has become pending since.
   *
   * @returns its report, and the deliveries to poll
   */
  start(pending: () => Iterable<TrackedDelivery>): {
    readonly report: Promise<ReconcileReport>;
    readonly ask: Iterable<TrackedDelivery>;
  } {
    const reconcile = (this.#current ??= createReconcile());
    const ask = reconcile.asked.size === 0 ? [...pending()] : [...reconcile.newcomers];
    reconcile.newcomers.clear();
    for (const delivery of ask) {
      reconcile.asked.add(delivery);
      reconcile.waiting.add(delivery);
    }
    this.#endIfDone(reconcile);
    return { report: reconcile.report, ask };
  }

  /** `delivery` has become pending. */
  onPending(delivery: TrackedDelivery): void {
    this.#current?.newcomers.add(delivery);
  }

  /** One HTTP request left, for all of `deliveries` together. */
  onRequest(deliveries: Iterable<TrackedDelivery>): void {
    const reconcile = this.#current;
    if (reconcile !== undefined && [...deliveries].some((delivery) => reconcile.waiting.has(delivery)))
      reconcile.requests += 1;
  }

  /** `delivery` was polled, or needs no poll any more. */
  onAnswered(delivery: TrackedDelivery, settled: boolean): void {
    const reconcile = this.#current;
    if (reconcile === undefined) return;
    // It may end after its poll, while others are waited for.
    if (settled && reconcile.asked.has(delivery)) reconcile.settled.add(delivery);
    if (settled) reconcile.newcomers.delete(delivery);
    if (reconcile.waiting.delete(delivery)) this.#endIfDone(reconcile);
  }

  close(reason: Error): void {
    this.#current?.reject(reason);
    this.#current = undefined;
  }

  #endIfDone(reconcile: Reconcile): void {
    if (reconcile.waiting.size > 0) return;
    this.#current = undefined;
    const { asked, settled, requests } = reconcile;
    reconcile.resolve({ asked: asked.size, settled: settled.size, pending: asked.size - settled.size, requests });
  }
}

function createReconcile(): Reconcile {
  let resolve: Reconcile['resolve'] = () => undefined;
  let reject: Reconcile['reject'] = () => undefined;
  const report = new Promise<ReconcileReport>((onDone, onClosed) => {
    resolve = onDone;
    reject = onClosed;
  });
  const sets = {
    asked: new Set<TrackedDelivery>(),
    waiting: new Set<TrackedDelivery>(),
    settled: new Set<TrackedDelivery>(),
  };
  return { report, ...sets, newcomers: new Set(), requests: 0, resolve, reject };
}
