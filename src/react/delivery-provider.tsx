/** Gives a tracker to the hooks below it. Whoever made the tracker closes it: unmounting leaves it as it is. */
import { useMemo, type ReactElement, type ReactNode } from 'react';
import type { DeliveryTracker } from '../tracker/delivery-tracker.ts';
import { expectTracker } from './check-arguments.ts';
import { provide, ProvidedContext } from './context.ts';

export interface DeliveryProviderProps {
  /** Made by `createDeliveryTracker`, once, outside of the component: a tracker made anew in each render forgets all. */
  readonly tracker: DeliveryTracker;
  readonly children?: ReactNode;
}

/**
 * Provides `tracker` to `useDelivery`, `useDeliveries` and `useSend`. Providers nest; the nearest one counts.
 *
 * @throws InvalidArgumentError where `tracker` is none
 */
export function DeliveryProvider({ tracker, children }: DeliveryProviderProps): ReactElement {
  const provided = useMemo(() => {
    expectTracker(tracker);
    return provide(tracker);
  }, [tracker]);
  return <ProvidedContext.Provider value={provided}>{children}</ProvidedContext.Provider>;
}
