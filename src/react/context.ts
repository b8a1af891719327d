/** The React context between the provider and the hooks. Internal: apps use the hooks. */
import { createContext, useContext, type Context } from 'react';
import { take } from 'rxjs';
import type { DeliveryState } from '../core/delivery-state.ts';
import type { Deliveries } from '../tracker/snapshots.ts';
import type { DeliveryTracker } from '../tracker/delivery-tracker.ts';
import { MissingProviderError } from './missing-provider-error.ts';

export interface Provided {
  readonly tracker: DeliveryTracker;
  /**
   * The deliveries at the time when the provider was created: the snapshot for the server, and for hydration. A component that
   * hydrates late has to match the server's HTML before it shows newer states.
   */
  readonly atFirst: Deliveries;
  /** Finds one of `atFirst` by its id, or by the MessageId of the message itself. */
  readonly findAtFirst: (name: string) => DeliveryState | undefined;
}

export const ProvidedContext: Context<Provided | undefined> = createContext<Provided | undefined>(undefined);
ProvidedContext.displayName = 'DeliveryContext';

/** The context value for `tracker`. */
export function provide(tracker: DeliveryTracker): Provided {
  const atFirst = readDeliveries(tracker);
  let byMessageId: Map<string, DeliveryState> | undefined;
  const findAtFirst = (name: string): DeliveryState | undefined => {
    const byId = atFirst.get(name);
    if (byId !== undefined) return byId;
    if (byMessageId === undefined) {
      byMessageId = new Map();
      for (const state of atFirst.values()) {
        const { messageId, operation } = state;
        // A MessageId refers to the message itself, not to an edit.
        if (messageId !== undefined && operation === 'create' && !byMessageId.has(messageId))
          byMessageId.set(messageId, state);
      }
    }
    return byMessageId.get(name);
  };
  return { tracker, atFirst, findAtFirst };
}

/** The context value of the nearest provider. Throws `MissingProviderError` for `hook` if there is none. */
export function useProvided(hook: string): Provided {
  const provided = useContext(ProvidedContext);
  if (provided === undefined) throw new MissingProviderError(hook);
  return provided;
}

/** All current deliveries: `deliveries$` emits synchronously, and the same map while nothing changed. */
export function readDeliveries(tracker: DeliveryTracker): Deliveries {
  let now: Deliveries = new Map();
  tracker.deliveries$.pipe(take(1)).subscribe((deliveries) => (now = deliveries));
  return now;
}
