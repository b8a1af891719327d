/**
 * All deliveries as one immutable map, for UIs: built only while there is a subscriber, at most once a microtask, from what
 * has changed since the last one, and the same reference while nothing changed.
 */
import { audit, EMPTY, filter, map, merge, Observable, of } from 'rxjs';
import { DeliveryMapBuilder, type Deliveries } from '../core/delivery-map.ts';
import type { DeliveryRegistry } from '../core/delivery-registry.ts';
import { guarded } from '../shared/subscribers.ts';

export type { Deliveries } from '../core/delivery-map.ts';

export function snapshotsOf(registry: DeliveryRegistry, moved$: Observable<unknown>): Observable<Deliveries> {
  let builder = new DeliveryMapBuilder();
  let isStale = true;
  moved$.subscribe(() => (isStale = true));
  const read = (): Deliveries => {
    if (!isStale) return builder.build();
    isStale = false;
    const changed = registry.takeChanged();
    if (changed === undefined) builder = new DeliveryMapBuilder();
    for (const delivery of changed ?? registry.deliveries()) {
      if (registry.has(delivery)) builder.put(delivery);
      else builder.delete(delivery);
    }
    return builder.build();
  };
  return new Observable((subscriber) => {
    const first = read();
    subscriber.next(first);
    // Most subscribers that read it once unsubscribe at once: nothing is set up for them.
    if (subscriber.closed) return;
    // The first value may have caused the next change.
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
