/** Metrics of one process of a fleet, and of the whole fleet as it sees it. Everything is read from `fleet.stats`. */
import { metrics, type BatchObservableCallback, type MeterProvider } from '@opentelemetry/api';
import type { DeliveryFleet } from '../fleet/delivery-fleet.ts';
import { STATUS, SYSTEM } from './attributes.ts';
import { SCOPE } from './instrument.ts';

export interface InstrumentFleetOptions {
  /** Default: the global one. */
  meterProvider?: MeterProvider | undefined;
}

/** The consumers' group of a backlog. */
const GROUP = 'messaging.consumer.group.name';

/**
 * Reports the numbers of `fleet` as metrics, from now on: what its process holds and does, and (from every worker) shards without a
 * worker and the backlog of each group. Returns the function that ends it.
 */
export function instrumentFleet(
  fleet: Pick<DeliveryFleet, 'stats'>,
  { meterProvider = metrics.getMeterProvider() }: InstrumentFleetOptions = {},
): () => void {
  const meter = meterProvider.getMeter(SCOPE);
  const gauge = (name: string, unit: string, description: string): ReturnType<typeof meter.createObservableGauge> =>
    meter.createObservableGauge(`chime_delivery.fleet.${name}`, { unit, description });
  const counter = (name: string, unit: string, description: string): ReturnType<typeof meter.createObservableCounter> =>
    meter.createObservableCounter(`chime_delivery.fleet.${name}`, { unit, description });
  const held = gauge('shards.held', '{shard}', 'Shards that this process holds.');
  const unowned = gauge('shards.unowned', '{shard}', 'Shards that no process holds.');
  const longest = gauge('shards.unowned.longest', 's', 'Time for which a shard has had no holder, at most.');
  const pending = gauge('pending', '{delivery}', 'Deliveries without an outcome in the shards of this process.');
  const oldest = gauge(
    'pending.oldest',
    's',
    'Age of the oldest delivery without an outcome in the shards of this process.',
  );
  const backlog = gauge('backlog', '{outcome}', 'Outcomes that a group of consumers has not confirmed.');
  const dead = gauge('dead_letters', '{outcome}', 'Outcomes that a group of consumers has given up.');
  const requests = counter('requests', '{request}', 'HTTP requests of this process to the service.');
  const throttles = counter(
    'throttles',
    '{response}',
    'Responses of the service that the rate limit was exceeded (429).',
  );
  const outcomes = counter('outcomes', '{delivery}', 'Outcomes that this process has found, by status.');

  const instruments = [held, unowned, longest, pending, oldest, backlog, dead, requests, throttles, outcomes];
  const observe: BatchObservableCallback = (result) => {
    const { stats } = fleet;
    result.observe(held, stats.held, SYSTEM);
    result.observe(pending, stats.pending, SYSTEM);
    result.observe(oldest, stats.oldestPendingMs / 1_000, SYSTEM);
    result.observe(requests, stats.requests, SYSTEM);
    result.observe(throttles, stats.throttles, SYSTEM);
    for (const [status, count] of Object.entries(stats.settled))
      result.observe(outcomes, count, { ...SYSTEM, [STATUS]: status });
    if (stats.fleet === undefined) return;
    const { shards, groups } = stats.fleet;
    result.observe(unowned, shards.filter(({ holder }) => holder === undefined).length, SYSTEM);
    result.observe(longest, Math.max(0, ...shards.map(({ unownedMs }) => unownedMs)) / 1_000, SYSTEM);
    for (const { group, backlog: waiting, deadLetters } of groups) {
      result.observe(backlog, waiting, { ...SYSTEM, [GROUP]: group });
      result.observe(dead, deadLetters, { ...SYSTEM, [GROUP]: group });
    }
  };
  meter.addBatchObservableCallback(observe, instruments);
  return () => meter.removeBatchObservableCallback(observe, instruments);
}
