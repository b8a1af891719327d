/** What the app hears of one visible change, in order: the delivery's own watchers first, then the events. */
import { stateOf, tellWatchers } from './delivery.ts';
import type { Entry } from './entry.ts';
import type { DeliveryEmitter } from './events.ts';
import type { Known } from './known.ts';

const eventsOfDeliveries = ['update', 'sent', 'failed', 'unknown', 'settled'] as const;

export function announce(entry: Entry, known: Known, emitter: DeliveryEmitter): void {
  tellWatchers(entry, known);
  // A snapshot is made only where somebody looks.
  if (!eventsOfDeliveries.some((event) => emitter.hears(event))) return;
  const state = stateOf(entry, known);
  emitter.emit('update', state);
  switch (state.status) {
    case 'SENDING':
    case 'PENDING':
      return;
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
  emitter.emit('settled', state);
}
