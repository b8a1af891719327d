/**
 * One record per delivery: what is known of it, and the few numbers that say when to act on it next.
 * The ledger owns the entries, `schedule.ts` the due time, and the room that is at work on it the rest.
 */
import type { Subject } from 'rxjs';
import type { Delivery } from './delivery.ts';
import type { DeliveryState } from './delivery-state.ts';
import type { Known } from './known.ts';

export class Entry {
  known: Known;
  /** How many deliveries the ledger has tracked before it. */
  readonly place: number;
  /** When to act on it next, by the monotonic clock; Infinity while nothing is planned. */
  dueAt: number = Infinity;
  /** Looks (or sends) since the pace last began anew; the exponent of the backoff. */
  tries = 0;
  /** When the last look began; -Infinity before the first. */
  triedAt: number = -Infinity;
  /** When the service last said that it is pending; -Infinity before. */
  pendingAt: number = -Infinity;
  /** It was edited while it had no outcome: a status that a read shows may be an edit's. */
  edited = false;
  /** The app's handle, the snapshot last made for it, and those who watch it: each made when first asked for. */
  handle: Delivery | undefined = undefined;
  snapshot: { readonly of: Known; readonly state: DeliveryState } | undefined = undefined;
  watchers: Subject<Known> | undefined = undefined;
  /** Why tracking ended without an outcome. */
  ended: Error | undefined = undefined;

  constructor(known: Known, place = 0) {
    this.known = known;
    this.place = place;
  }
}
