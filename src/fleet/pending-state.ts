/** The state of a delivery without an outcome, from its record. Pure. */
import type { DeliveryState } from '../core/delivery-state.ts';
import type { FleetRecord } from './record.ts';

export function pendingState(id: string, record: FleetRecord): DeliveryState {
  const { stage, isEdit, channelArn, chimeBearer, subChannelId, messageId, trackedAt, details } = record;
  const { input, context, type, persistence, retryOf } = details;
  const given = { messageId, subChannelId, type, persistence, input, context, retryOf };
  return Object.freeze({
    id,
    operation: isEdit ? 'update' : 'create',
    channelArn,
    chimeBearer,
    status: stage === 'accepted' ? 'PENDING' : 'SENDING',
    trackedAt,
    polls: 0,
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
  }) as DeliveryState;
}
