/** Many deliveries in a component, which renders again only when one that passes its filter changes, comes or goes. */
import { useCallback, useEffect, useMemo, useRef, useSyncExternalStore } from 'react';
import type { DeliveryState } from '../core/delivery-state.ts';
import { expectFilter } from './check-arguments.ts';
import { readDeliveries, useProvided } from './context.ts';
import { selector, type States } from './select.ts';

/**
 * The deliveries that pass `filter`, in the order in which tracking began; all of them without one. The array is the same
 * one while nothing in it changed, so it can be a dependency. The filter may be written inline: each rendering then asks
 * it about all deliveries, where one that stays the same function is asked about those that changed.
 *
 * @throws MissingProviderError outside of a `DeliveryProvider`, InvalidArgumentError
 */
export function useDeliveries(filter?: (state: DeliveryState) => boolean): readonly DeliveryState[] {
  const { tracker, atFirst } = useProvided('useDeliveries');
  expectFilter(filter);
  const shown = useRef<States | undefined>(undefined);
  const subscribe = useCallback(
    (onChange: () => void) => {
      const subscription = tracker.deliveries$.subscribe(onChange);
      return () => subscription.unsubscribe();
    },
    [tracker],
  );
  const [read, readAtFirst] = useMemo(() => {
    const select = selector(filter, () => shown.current);
    return [() => select(readDeliveries(tracker)), () => select(atFirst)];
  }, [tracker, atFirst, filter]);
  const states = useSyncExternalStore(subscribe, read, readAtFirst);
  useEffect(() => {
    shown.current = states;
  }, [states]);
  return states;
}
