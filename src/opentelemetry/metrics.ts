/** The metrics of a tracker: counters from its trace, and gauges that are read when they are collected. */
import type { Attributes, BatchObservableCallback, Meter } from '@opentelemetry/api';
import type { TraceFact } from '../core/ports/trace.ts';
import { isTerminal } from '../core/status.ts';
import type { DeliveryTracker } from '../tracker/delivery-tracker.ts';
import { ERROR_TYPE, EVIDENCE, OPERATION_NAME, REQUEST, STATUS, SYSTEM } from './attributes.ts';

/** @returns the function that ends it */
export function recordMetrics(tracker: DeliveryTracker, meter: Meter): () => void {
  const requests = meter.createCounter('chime_delivery.requests', {
    description: 'HTTP requests to the service, by what they were for. Each attempt counts.',
    unit: '{request}',
  });
  const throttles = meter.createCounter('chime_delivery.throttles', {
    description: 'Responses of the service that the rate limit was exceeded (429).',
    unit: '{response}',
  });
  const outcomes = meter.createCounter('chime_delivery.outcomes', {
    description: 'Deliveries that ended, by status and evidence.',
    unit: '{delivery}',
  });
  const duration = meter.createHistogram('messaging.client.operation.duration', {
    description: 'Duration of a request to the service.',
    unit: 's',
  });
  const outcomeTime = meter.createHistogram('chime_delivery.outcome.duration', {
    description: 'Time from when tracking began until the outcome was known.',
    unit: 's',
  });
  const pending = meter.createObservableUpDownCounter('chime_delivery.pending', {
    description: 'Deliveries without an outcome.',
    unit: '{delivery}',
  });
  const oldest = meter.createObservableGauge('chime_delivery.pending.oldest', {
    description: 'Age of the delivery that has been without an outcome for longest.',
    unit: 's',
  });
  const link = meter.createObservableGauge('chime_delivery.link', {
    description: '1 while push works for the bearer of the tracker, else 0.',
    unit: '1',
  });
  const suspended = meter.createObservableGauge('chime_delivery.suspended', {
    description: '1 while requests have stopped because of the credentials, else 0.',
    unit: '1',
  });
  const budgetUsed = meter.createObservableGauge('chime_delivery.budget.used', {
    description: 'Requests of the last second as a share of the rate at that time.',
    unit: '1',
  });

  const budget = new BudgetUse(tracker);
  const trackedAt = new PendingTimes(tracker);
  const count = factCounter({ requests, throttles, outcomes, duration, outcomeTime });
  const onFact = (fact: TraceFact): void => {
    trackedAt.onFact(fact);
    budget.onFact(fact);
    count(fact);
  };
  const subscription = tracker.trace$.subscribe(onFact);
  const gauges = [pending, oldest, link, suspended, budgetUsed];
  const observe: BatchObservableCallback = (result) => {
    const { pending: pendingCount, link: state, suspended: isSuspended } = tracker.stats;
    const now = Date.now();
    result.observe(pending, pendingCount, SYSTEM);
    result.observe(oldest, trackedAt.oldestAgeMs(now) / 1_000, SYSTEM);
    result.observe(link, state === 'up' ? 1 : 0, SYSTEM);
    result.observe(suspended, isSuspended ? 1 : 0, SYSTEM);
    result.observe(budgetUsed, budget.share(now), SYSTEM);
  };
  meter.addBatchObservableCallback(observe, gauges);
  const end = (): void => {
    subscription.unsubscribe();
    meter.removeBatchObservableCallback(observe, gauges);
  };
  subscription.add(() => meter.removeBatchObservableCallback(observe, gauges));
  return end;
}

interface Instruments {
  readonly requests: { add(value: number, attributes: Attributes): void };
  readonly throttles: { add(value: number, attributes: Attributes): void };
  readonly outcomes: { add(value: number, attributes: Attributes): void };
  readonly duration: { record(value: number, attributes: Attributes): void };
  readonly outcomeTime: { record(value: number, attributes: Attributes): void };
}

function factCounter({ requests, throttles, outcomes, duration, outcomeTime }: Instruments): (fact: TraceFact) => void {
  return (fact) => {
    switch (fact.kind) {
      case 'attempt':
        return requests.add(1, { ...SYSTEM, [REQUEST]: fact.request });
      case 'answer': {
        const error = fact.result === 'ok' ? {} : { [ERROR_TYPE]: fact.result };
        return duration.record(fact.tookMs / 1_000, { ...SYSTEM, [OPERATION_NAME]: fact.request, ...error });
      }
      case 'budget':
        return throttles.add(1, SYSTEM);
      case 'transition': {
        const { state } = fact;
        if (!isTerminal(state.status) || !('settledAt' in state)) return undefined;
        const evidence = 'evidence' in state ? state.evidence : state.reason;
        outcomeTime.record((state.settledAt - state.trackedAt) / 1_000, { ...SYSTEM, [STATUS]: state.status });
        return outcomes.add(1, { ...SYSTEM, [STATUS]: state.status, [EVIDENCE]: evidence });
      }
      case 'evidence':
      case 'permit':
      case 'link':
        return undefined;
    }
  };
}

/** When tracking of each pending delivery began, in that order: the first is the oldest. */
class PendingTimes {
  readonly #trackedAt = new Map<string, number>();
  readonly #tracker: DeliveryTracker;
  #isComplete = false;

  constructor(tracker: DeliveryTracker) {
    this.#tracker = tracker;
  }

  onFact(fact: TraceFact): void {
    if (fact.kind !== 'transition') return;
    if (isTerminal(fact.to)) this.#trackedAt.delete(fact.delivery);
    else if (!this.#trackedAt.has(fact.delivery)) this.#trackedAt.set(fact.delivery, fact.state.trackedAt);
  }

  oldestAgeMs(now: number): number {
    this.#readEarlier();
    let oldest = now;
    for (const [id, at] of this.#trackedAt) {
      // What was forgotten has no transition.
      if (this.#tracker.get(id) === undefined) this.#trackedAt.delete(id);
      else oldest = Math.min(oldest, at);
    }
    return now - oldest;
  }

  /** What was pending before the trace was listened to. */
  #readEarlier(): void {
    if (this.#isComplete) return;
    this.#isComplete = true;
    this.#tracker.deliveries$
      .subscribe((deliveries) => {
        for (const state of deliveries.values())
          if (!isTerminal(state.status)) this.#trackedAt.set(state.id, state.trackedAt);
      })
      .unsubscribe();
  }
}

/** Half of the documented quota, which the tracker takes by default, until a request shows the rate. */
const DEFAULT_RATE = 5;

/** The requests of the last second, against the rate. */
class BudgetUse {
  readonly #tracker: DeliveryTracker;
  #times: number[] = [];
  #rate = DEFAULT_RATE;
  /** A delivery that a request was about: the tracker explains the budget of its bearer. */
  #about: string | undefined;

  constructor(tracker: DeliveryTracker) {
    this.#tracker = tracker;
  }

  onFact(fact: TraceFact): void {
    if (fact.kind === 'attempt') {
      this.#times = [...this.#recent(fact.at), fact.at];
      this.#about = fact.deliveries[0] ?? this.#about;
    }
    if (fact.kind === 'budget') this.#rate = fact.requestsPerSecond;
  }

  share(now: number): number {
    this.#times = this.#recent(now);
    if (this.#about !== undefined)
      this.#rate = this.#tracker.explain(this.#about)?.budget.requestsPerSecond ?? this.#rate;
    return this.#times.length / this.#rate;
  }

  #recent(now: number): number[] {
    return this.#times.filter((at) => now - at < 1_000);
  }
}
