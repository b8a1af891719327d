import { useCallback, useEffect, useMemo, useRef } from 'react';
import { useSyncExternalStore } from 'use-sync-external-store/shim';
import type { DeliveryState } from '../core/delivery-state.ts';
import { expectFilter } from './check-arguments.ts';
import { readDeliveries, useProvided } from './context.ts';
import { selector, type States } from './select.ts';

/**
 * The deliveries that pass `filter`, or all of them, in the order in which tracking began. The component renders again only
 * when this list changes. The array stays the same while nothing in it changed, so that it can be a dependency. The filter may
 * be written inline: it then runs on all deliveries in each render, while a stable function runs only on those that changed.
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
