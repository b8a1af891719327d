// The state of this person's connection, and how the tracker gets outcomes in it.
import { isTerminal, type DeliveryTracker, type LinkChange } from 'chime-delivery';
import { useDeliveries } from 'chime-delivery/react';
import { useCallback, useEffect, useState, useSyncExternalStore, type ReactElement } from 'react';
import type { Person } from '../chime/person.ts';

type State = 'online' | 'offline' | 'suspended';

export function Connection({ person: { tracker, session } }: { person: Person }): ReactElement {
  const state = useConnection(tracker);
  const hasEnded = useHasEnded(tracker);
  const pending = useDeliveries((delivery) => !isTerminal(delivery.status)).length;
  return (
    <>
      <p className="connection" data-state={state}>
        <i aria-hidden />
        {labels[state]}
        {hasEnded && (
          <button type="button" onClick={() => void session.start().catch(() => undefined)}>
            Reconnect
          </button>
        )}
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

/** Whether the session has given up, so that only the user can bring it back. */
function useHasEnded(tracker: DeliveryTracker): boolean {
  const [hasEnded, setHasEnded] = useState(false);
  useEffect(() => {
    const onLink = (change: LinkChange): void => setHasEnded(change.state === 'down' && change.ended === true);
    tracker.on('link', onLink);
    return () => void tracker.off('link', onLink);
  }, [tracker]);
  return hasEnded;
}
