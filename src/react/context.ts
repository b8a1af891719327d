/** What the provider hands down and the hooks pick up. Internal: apps use the hooks. */
import { createContext, useContext, type Context } from 'react';
import { take } from 'rxjs';
import type { Deliveries } from '../core/snapshots.ts';
import type { DeliveryTracker } from '../delivery-tracker.ts';
import { MissingProviderError } from './missing-provider-error.ts';

export interface Provided {
  readonly tracker: DeliveryTracker;
  /**
   * The deliveries as they were when the provider was made: the snapshot on the server, and of a page that hydrates. A
   * part that hydrates late must not show what happened meanwhile before it has matched the server's HTML.
   */
  readonly atFirst: Deliveries;
}

export const ProvidedContext: Context<Provided | undefined> = createContext<Provided | undefined>(undefined);
ProvidedContext.displayName = 'DeliveryContext';

/** What the nearest provider provides. Throws `MissingProviderError` in the name of `hook` where there is none. */
export function useProvided(hook: string): Provided {
  const provided = useContext(ProvidedContext);
  if (provided === undefined) throw new MissingProviderError(hook);
  return provided;
}

/** All deliveries now: `deliveries$` replays at once, the same map while nothing changed. */
export function readDeliveries(tracker: DeliveryTracker): Deliveries {
  let now: Deliveries = new Map();
  tracker.deliveries$.pipe(take(1)).subscribe((deliveries) => (now = deliveries));
  return now;
}
