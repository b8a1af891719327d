/**
 * The trace of one tracker, as a hot stream: nothing is made, kept or replayed without a subscriber. Facts are delivered in a
 * microtask, so that a subscriber may call anything: no part of the tracker is in the middle of its work.
 */
import { Subject, type Observable } from 'rxjs';
import { snapshotOf } from '../core/delivery.ts';
import type { Transition } from '../core/delivery-registry.ts';
import type { TraceFact, TracePort } from '../core/ports/trace.ts';
import { isolated } from '../shared/subscribers.ts';

export class Trace implements TracePort {
  readonly #facts = new Subject<TraceFact>();
  readonly facts$: Observable<TraceFact> = isolated(this.#facts);
  #waiting: TraceFact[] = [];

  get isObserved(): boolean {
    return this.#facts.observed;
  }

  emit(make: Parameters<TracePort['emit']>[0]): void {
    if (!this.#facts.observed) return;
    this.#waiting.push({ ...make(), at: Date.now() });
    if (this.#waiting.length === 1) void Promise.resolve().then(() => this.#flush());
  }

  /** Delivers what waits, and completes. */
  close(): void {
    void Promise.resolve().then(() => this.#facts.complete());
  }

  #flush(): void {
    const facts = this.#waiting;
    this.#waiting = [];
    for (const fact of facts) this.#facts.next(fact);
  }
}

export function traceTransition(trace: TracePort, { delivery, before, after }: Transition): void {
  trace.emit(() => ({
    kind: 'transition',
    delivery: after.id,
    from: before?.status,
    to: after.status,
    state: snapshotOf(delivery, after),
  }));
}
