/** The port by which another tracker polls in the place of this one. */
import type { TrackedDelivery } from '../delivery.ts';
import type { Evidence } from '../evidence.ts';
import type { DeliveryRecord } from '../delivery-record.ts';
import type { PollPriority } from './http.ts';

/** Another tracker of the same bearer, which may poll in our place. */
export interface PollDelegate {
  /** Has it polled there. False: it has to be polled here. */
  delegate(delivery: TrackedDelivery, priority: PollPriority): boolean;
  /** A poll made here has this result. */
  publishResult(record: DeliveryRecord, evidence: Evidence): void;
}
