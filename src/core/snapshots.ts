/**
 * All deliveries as one immutable map, for UIs: built only while somebody subscribes, at most once a microtask, and the
 * same reference while nothing changed.
 */
import { audit, defer, distinctUntilChanged, map, merge, of, type Observable } from 'rxjs';
import { stateOf } from './delivery.ts';
import type { DeliveryState } from './delivery-state.ts';
import type { Ledger } from './ledger.ts';
import { isolated } from './subscribers.ts';

/** Deliveries by our id, in the order in which tracking began. */
export type Deliveries = ReadonlyMap<string, DeliveryState>;

export function snapshotsOf(ledger: Ledger, moved$: Observable<unknown>): Observable<Deliveries> {
  let latest: Deliveries | undefined;
  moved$.subscribe(() => (latest = undefined));
  const read = (): Deliveries => {
    if (latest === undefined) {
      const states = new Map<string, DeliveryState>();
      for (const entry of ledger.entries()) states.set(entry.known.id, stateOf(entry));
      latest = states;
    }
    return latest;
  };
  // Listening begins before the first snapshot is handed out: that may be what causes the next one.
  const read$ = merge(moved$.pipe(audit(() => Promise.resolve())), of(undefined));
  return isolated(defer(() => read$.pipe(map(read), distinctUntilChanged())));
}
