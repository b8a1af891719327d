/** Notifies the app of one visible change: the delivery's own watchers first, then the events. */
import { snapshotOf, notifyWatchers, type TrackedDelivery } from '../core/delivery.ts';
import type { DeliveryEmitter } from './events.ts';
import type { DeliveryRecord } from '../core/delivery-record.ts';

const eventsOfDeliveries = ['update', 'sent', 'failed', 'unknown', 'settled'] as const;

/** @returns whether all were told: the first ones may have closed the tracker, and then the others hear nothing */
export function notify(delivery: TrackedDelivery, record: DeliveryRecord, emitter: DeliveryEmitter): boolean {
  const isHeard = (): boolean => eventsOfDeliveries.some((event) => emitter.hasListeners(event));
  const hadListeners = isHeard();
  const reachesAll = (): boolean => !(hadListeners && emitter.closed);
  notifyWatchers(delivery, record);
  // A snapshot is made only where a subscriber reads it.
  if (!isHeard()) return reachesAll();
  const state = snapshotOf(delivery, record);
  emitter.emit('update', state);
  switch (state.status) {
    case 'SENDING':
    case 'PENDING':
      return reachesAll();
    case 'SENT':
      emitter.emit('sent', state);
      break;
    case 'FAILED':
    case 'DENIED':
      emitter.emit('failed', state);
      break;
    case 'UNKNOWN':
      emitter.emit('unknown', state);
  }
  const told = reachesAll();
  emitter.emit('settled', state);
  return told;
}
