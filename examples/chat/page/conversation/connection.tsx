// The state of this person's connection, and how the tracker gets outcomes in it.
import { isTerminal, type DeliveryTracker } from 'chime-delivery';
import { useDeliveries } from 'chime-delivery/react';
import { useCallback, useSyncExternalStore, type ReactElement } from 'react';

type State = 'online' | 'offline' | 'suspended';

export function Connection({ tracker }: { tracker: DeliveryTracker }): ReactElement {
  const state = useConnection(tracker);
  const pending = useDeliveries((delivery) => !isTerminal(delivery.status)).length;
  return (
    <>
      <p className="connection" data-state={state}>
        <i aria-hidden />
        {labels[state]}
      </p>
      {pending > 0 && <p className="pending">{pending} pending</p>}
    </>
  );
}

const labels: Record<State, string> = {
  online: 'Online: outcomes arrive by push',
  offline: 'Offline: outcomes are polled',
  suspended: 'Credentials expired: requests suspended',
};

function useConnection(tracker: DeliveryTracker): State {
  const subscribe = useCallback(
    (onChange: () => void) => {
      const events = ['link', 'suspended', 'resumed'] as const;
      for (const event of events) tracker.on(event, onChange);
      return () => {
        for (const event of events) tracker.off(event, onChange);
      };
    },
    [tracker],
  );
  return useSyncExternalStore(subscribe, () => {
    const { suspended, link } = tracker.stats;
    return suspended ? 'suspended' : link === 'up' ? 'online' : 'offline';
  });
}
