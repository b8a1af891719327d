/** Many deliveries in a component, which renders again only when one that passes its filter changes, comes or goes. */
import { useCallback, useEffect, useMemo, useRef, useSyncExternalStore } from 'react';
import type { DeliveryState } from '../core/delivery-state.ts';
import type { Deliveries } from '../core/snapshots.ts';
import { expectFilter } from './check-arguments.ts';
import { readDeliveries, useProvided } from './context.ts';

type Filter = (state: DeliveryState) => boolean;
type States = readonly DeliveryState[];

/**
 * The deliveries that pass `filter`, in the order in which tracking began; all of them without one. The array is the same
 * one while nothing in it changed, so it can be a dependency. The filter may be written inline.
 *
 * @throws MissingProviderError outside of a `DeliveryProvider`, InvalidArgumentError
 */
export function useDeliveries(filter?: Filter): readonly DeliveryState[] {
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

/** Filters each map once, and gives the array that is `shown` again where nothing in it changed. */
function selector(filter: Filter | undefined, shown: () => States | undefined): (deliveries: Deliveries) => States {
  let last: { readonly of: Deliveries; readonly states: States } | undefined;
  return (deliveries) => {
    if (last?.of === deliveries) return last.states;
    const all = [...deliveries.values()];
    const states = filter === undefined ? all : all.filter((state) => filter(state));
    const before = last?.states ?? shown();
    last = { of: deliveries, states: before !== undefined && isSame(before, states) ? before : states };
    return last.states;
  };
}

function isSame(before: States, after: States): boolean {
  return before.length === after.length && before.every((state, index) => state === after[index]);
}
