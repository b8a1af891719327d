/** Provides a tracker to the hooks below it. Unmounting does not close the tracker: the app does. */
import { createElement, useMemo, type ReactElement, type ReactNode } from 'react';
import type { DeliveryTracker } from '../tracker/delivery-tracker.ts';
import { expectTracker } from './check-arguments.ts';
import { provide, ProvidedContext } from './context.ts';

export interface DeliveryProviderProps {
  /** Create it once with `createDeliveryTracker`, outside of the component: a new tracker in each render loses its state. */
  readonly tracker: DeliveryTracker;
  readonly children?: ReactNode;
}

/**
 * Provides `tracker` to `useDelivery`, `useDeliveries` and `useSend`. Providers may be nested; the nearest one counts.
 *
 * @throws InvalidArgumentError if `tracker` is not a tracker
 */
export function DeliveryProvider({ tracker, children }: DeliveryProviderProps): ReactElement {
  const provided = useMemo(() => {
    expectTracker(tracker);
    return provide(tracker);
  }, [tracker]);
  // Not JSX: React 17 has no `react/jsx-runtime` that Node can import.
  return createElement(ProvidedContext.Provider, { value: provided }, children);
}
