// How this person is connected, and what the tracker does about it.
import { isTerminal, type DeliveryTracker } from 'chime-delivery';
import { useDeliveries } from 'chime-delivery/react';
import { useCallback, useSyncExternalStore, type ReactElement } from 'react';

type State = 'live' | 'offline' | 'suspended';

export function Connection({ tracker }: { tracker: DeliveryTracker }): ReactElement {
  const state = useConnection(tracker);
  const pending = useDeliveries((delivery) => !isTerminal(delivery.status)).length;
  return (
    <>
      <p className="connection" data-state={state}>
        <i aria-hidden />
        {words[state]}
      </p>
      {pending > 0 && <p className="pending">{pending} pending</p>}
    </>
  );
}

const words: Record<State, string> = {
  live: 'Live: outcomes are pushed',
  offline: 'Offline: outcomes are asked for',
  suspended: 'Credentials expired: waiting',
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
    return suspended ? 'suspended' : link === 'up' ? 'live' : 'offline';
  });
}
