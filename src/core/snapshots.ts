/**
 * All deliveries as one immutable map, for UIs: made only while somebody subscribes, at most once a microtask, from what has
 * changed since the last one, and the same reference while nothing changed.
 */
import { audit, EMPTY, filter, map, merge, Observable, of } from 'rxjs';
import { DeliveryMapBuilder, type Deliveries } from './delivery-map.ts';
import type { Ledger } from './ledger.ts';
import { guarded } from './subscribers.ts';

export type { Deliveries } from './delivery-map.ts';

export function snapshotsOf(ledger: Ledger, moved$: Observable<unknown>): Observable<Deliveries> {
  let builder = new DeliveryMapBuilder();
  let isStale = true;
  moved$.subscribe(() => (isStale = true));
  const read = (): Deliveries => {
    if (!isStale) return builder.build();
    isStale = false;
    const changed = ledger.takeChanged();
    if (changed === undefined) builder = new DeliveryMapBuilder();
    for (const entry of changed ?? ledger.entries()) {
      if (ledger.has(entry)) builder.put(entry);
      else builder.delete(entry);
    }
    return builder.build();
  };
  return new Observable((subscriber) => {
    const first = read();
    subscriber.next(first);
    // Most who read it once go at once: nothing is set up for them.
    if (subscriber.closed) return;
    // To hear of the first may have been what caused the next one.
    const isOld = isStale || builder.build() !== first;
    let last = first;
    const isNew = (next: Deliveries): boolean => {
      const isOther = next !== last;
      last = next;
      return isOther;
    };
    const moves$ = merge(moved$, isOld ? of(undefined) : EMPTY);
    const later$ = moves$.pipe(
      audit(() => Promise.resolve()),
      map(read),
      filter(isNew),
    );
    return later$.subscribe(guarded(subscriber));
  });
}
