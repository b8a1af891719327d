/** The subpath `chime-delivery/fleet`: the tracker on several processes. */
export { createDeliveryFleet } from './fleet.ts';
export { memoryEngine } from './memory/memory-engine.ts';
export { FleetClosedError, FleetConfigurationError, FleetEngineError, OutcomeConsumerError } from './errors.ts';
export type { Accepted, DeliveryFleet, FleetEvents } from './delivery-fleet.ts';
export type { DeliveryFleetOptions, FleetRole } from './fleet-options.ts';
export type { FleetStats } from './fleet-stats.ts';
export type { Outcome } from './outcome.ts';
export type { OutcomeConsumer, OutcomeContext, OutcomeHandler, OutcomeOptions } from './outcome-consumer.ts';
export type { FleetEvent } from './pushed-event.ts';
export type {
  DeadLetter,
  FleetDescription,
  FleetEngine,
  FleetInbox,
  FleetInspection,
  FleetLeases,
  FleetOutcomes,
  FleetPermits,
  FleetRecords,
  GroupInspection,
  InboxEntry,
  InboxWord,
  Lease,
  LeaseCompetition,
  LeaseHolder,
  OldestDelivery,
  OutcomeEntry,
  ShardInspection,
  SharedRate,
  StoredRecord,
} from './engine.ts';
