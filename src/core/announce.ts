/** What the app hears of one visible change, in order: the delivery's own watchers first, then the events. */
import { stateOf, tellWatchers } from './delivery.ts';
import type { Entry } from './entry.ts';
import type { DeliveryEmitter } from './events.ts';
import type { Known } from './known.ts';

const eventsOfDeliveries = ['update', 'sent', 'failed', 'unknown', 'settled'] as const;

/** @returns whether all were told: the first ones may have closed the tracker, and then the others hear nothing */
export function announce(entry: Entry, known: Known, emitter: DeliveryEmitter): boolean {
  const isHeard = (): boolean => eventsOfDeliveries.some((event) => emitter.hears(event));
  const hadListeners = isHeard();
  const reachesAll = (): boolean => !(hadListeners && emitter.closed);
  tellWatchers(entry, known);
  // A snapshot is made only where somebody looks.
  if (!isHeard()) return reachesAll();
  const state = stateOf(entry, known);
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
