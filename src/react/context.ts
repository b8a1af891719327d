/** What the provider hands down and the hooks pick up. Internal: apps use the hooks. */
import { createContext, useContext, type Context } from 'react';
import { take } from 'rxjs';
import type { DeliveryState } from '../core/delivery-state.ts';
import type { Deliveries } from '../tracker/snapshots.ts';
import type { DeliveryTracker } from '../tracker/delivery-tracker.ts';
import { MissingProviderError } from './missing-provider-error.ts';

export interface Provided {
  readonly tracker: DeliveryTracker;
  /**
   * The deliveries as they were when the provider was made: the snapshot on the server, and of a page that hydrates. A
   * part that hydrates late must not show what happened meanwhile before it has matched the server's HTML.
   */
  readonly atFirst: Deliveries;
  /** One of `atFirst`, by our id or by the MessageId of the message itself. */
  readonly findAtFirst: (name: string) => DeliveryState | undefined;
}

export const ProvidedContext: Context<Provided | undefined> = createContext<Provided | undefined>(undefined);
ProvidedContext.displayName = 'DeliveryContext';

/** What a provider of `tracker` provides. */
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
        // A MessageId means the message itself, and no edit of it.
        if (messageId !== undefined && operation === 'create' && !byMessageId.has(messageId))
          byMessageId.set(messageId, state);
      }
    }
    return byMessageId.get(name);
  };
  return { tracker, atFirst, findAtFirst };
}

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
