/** What the app hears of one visible change, in order: the delivery's own watchers first, then the events. */
import { stateOf, tellWatchers } from './delivery.ts';
import type { Entry } from './entry.ts';
import type { DeliveryEmitter, DeliveryEvent } from './events.ts';
import type { Known } from './known.ts';
import { isTerminal, type TerminalStatus } from './message.ts';

const eventOf: Record<TerminalStatus, Extract<DeliveryEvent, 'sent' | 'failed' | 'unknown'>> = {
  SENT: 'sent',
  FAILED: 'failed',
  DENIED: 'failed',
  UNKNOWN: 'unknown',
};

export function announce(entry: Entry, known: Known, emitter: DeliveryEmitter): void {
  tellWatchers(entry, known);
  const { status } = known;
  const event = isTerminal(status) ? eventOf[status] : undefined;
  // A snapshot is made only where somebody looks: most deliveries of a busy service are heard of by one event, or none.
  if (emitter.hears('update')) emitter.emit('update', stateOf(entry, known));
  if (event === undefined) return;
  if (emitter.hears(event)) emitter.emit(event, stateOf(entry, known));
  if (emitter.hears('settled')) emitter.emit('settled', stateOf(entry, known));
}
