import { useCallback } from 'react';
import { useSyncExternalStore } from 'use-sync-external-store/shim';
import { concat, defer, EMPTY, filter, take, type Observable } from 'rxjs';
import type { Delivery } from '../core/delivery.ts';
import type { DeliveryState } from '../core/delivery-state.ts';
import type { DeliveryTracker } from '../tracker/delivery-tracker.ts';
import { expectWhich } from './check-arguments.ts';
import { useProvided } from './context.ts';

/**
 * The state of one delivery. The component renders again only when that delivery changes.
 *
 * @param which a `Delivery` of any tracker; the `id` of a delivery or its MessageId, which may be tracked later; or undefined
 * for a message without a delivery, such as another user's
 * @returns undefined while no delivery with that id is tracked
 * @throws MissingProviderError outside of a `DeliveryProvider`, InvalidArgumentError
 */
export function useDelivery(which: string | Delivery | undefined): DeliveryState | undefined {
  const { tracker, findAtFirst } = useProvided('useDelivery');
  expectWhich(which);
  const subscribe = useCallback(
    (onChange: () => void) => {
      const subscription = changesOf(tracker, which).subscribe({ next: onChange, complete: onChange });
      return () => subscription.unsubscribe();
    },
    [tracker, which],
  );
  const read = (): DeliveryState | undefined => {
    if (which === undefined) return undefined;
    return isDelivery(which) ? which.state : tracker.get(which);
  };
  const readAtFirst = (): DeliveryState | undefined =>
    which === undefined ? undefined : findAtFirst(isDelivery(which) ? which.id : which);
  return useSyncExternalStore(subscribe, read, readAtFirst);
}

/** O(1) for each event of the tracker, except for ids that are not tracked yet. */
function changesOf(tracker: DeliveryTracker, which: string | Delivery | undefined): Observable<DeliveryState> {
  if (which === undefined) return EMPTY;
  if (isDelivery(which)) return which.state$;
  const appears$ = defer(() => {
    if (tracker.get(which) !== undefined) return EMPTY;
    return tracker.updates$.pipe(
      filter((state) => isNamed(state, which)),
      take(1),
    );
  });
  return concat(appears$, tracker.watch(which));
}

function isDelivery(which: string | Delivery | undefined): which is Delivery {
  return typeof which === 'object';
}

/** A MessageId refers to the message itself, not to an edit. */
function isNamed({ id, messageId, operation }: DeliveryState, name: string): boolean {
  return id === name || (messageId === name && operation === 'create');
}
