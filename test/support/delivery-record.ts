// Records of a message at the relevant stages, and checks that they are not mutated.

import { TrackedDelivery } from '../../src/core/delivery.ts';
import type { MissingRules } from '../../src/core/reduce.ts';
import { createRecord, type DeliveryRecord } from '../../src/core/delivery-record.ts';

export const alice = 'arn:aws:chime:us-east-1:111122223333:app-instance/lab/user/alice';
export const bob = 'arn:aws:chime:us-east-1:111122223333:app-instance/lab/user/bob';
export const channel = 'arn:aws:chime:us-east-1:111122223333:app-instance/lab/channel/general';
export const otherChannel = 'arn:aws:chime:us-east-1:111122223333:app-instance/lab/channel/random';

/** When the messages of these tests were sent: where the monotonic clock of a test in fake time begins. */
export const sentAt = 0;
/** What the wall clock showed beyond that. */
export const clockOffset: number = Date.UTC(2026, 0, 1);

/** The documented defaults. */
export const rules: MissingRules = {
  confirmations: 2,
  confirmDelayMs: 1_000,
  minAgeMs: 2_000,
  unseenMs: 10_000,
  editMs: 60_000,
};

const address = { channelArn: channel, chimeBearer: alice };

/** A message on its way to the service. */
export function sending(fields: Partial<DeliveryRecord> = {}): DeliveryRecord {
  const delivery = { id: 'token-1', token: 'token-1', ...address, missingMeansDenied: true, at: sentAt, clockOffset };
  return deepFreeze({ ...createRecord(delivery), ...fields });
}

/** A message that the service has. */
export function pending(fields: Partial<DeliveryRecord> = {}): DeliveryRecord {
  const delivery = { id: 'm1', messageId: 'm1', ...address, missingMeansDenied: true, at: sentAt, clockOffset };
  return deepFreeze({ ...createRecord(delivery), ...fields });
}

/** An edit of a message that the service has accepted. */
export function editing(fields: Partial<DeliveryRecord> = {}): DeliveryRecord {
  return pending({ id: 'edit-1', isEdit: true, missingMeansDenied: false, ...fields });
}

/** A record of such a message. */
export function trackedDelivery(fields: Partial<DeliveryRecord> = {}): TrackedDelivery {
  return new TrackedDelivery(pending(fields));
}

/** A record of one of many messages. */
export function deliveryNamed(id: string, chimeBearer: string = alice): TrackedDelivery {
  return trackedDelivery({ id, messageId: id, chimeBearer });
}

export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}
