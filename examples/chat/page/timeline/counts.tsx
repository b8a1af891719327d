// One person's counters: requests by kind, and outcomes that came by push.
import type { DeliveryStats } from 'chime-delivery';
import type { ReactElement } from 'react';

export function Counts({ stats }: { stats: DeliveryStats }): ReactElement {
  const { requests, evidence, throttles } = stats;
  const polls = requests.status + requests.message + requests.list;
  return (
    <dl className="counts">
      <Count name="requests" value={requests.send + polls} />
      <Count name="sends" value={requests.send} kind="send" />
      <Count name="polls" value={polls} kind="poll" />
      <Count name="outcomes pushed" value={evidence.websocket + evidence.prefetch} kind="push" />
      {throttles > 0 && <Count name="throttled" value={throttles} kind="throttled" />}
    </dl>
  );
}

function Count({ name, value, kind }: { name: string; value: number; kind?: string }): ReactElement {
  return (
    <div>
      <dt>
        {kind !== undefined && (
          <i aria-hidden className="mark" data-kind={kind} data-result={kind === 'throttled' ? kind : 'answered'} />
        )}
        {name}
      </dt>
      <dd>{value}</dd>
    </div>
  );
}
