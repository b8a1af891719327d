// What it cost and what it brought: one person's requests, and how the outcomes were learnt.
import type { DeliveryStats } from 'chime-delivery';
import type { ReactElement } from 'react';

export function Counts({ stats }: { stats: DeliveryStats }): ReactElement {
  const { requests, evidence, throttles } = stats;
  const looks = requests.status + requests.message + requests.list;
  return (
    <dl className="counts">
      <Count name="requests" value={requests.send + looks} />
      <Count name="sends" value={requests.send} kind="send" />
      <Count name="looks" value={looks} kind="look" />
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
          <i aria-hidden className="mark" data-kind={kind} data-answer={kind === 'throttled' ? kind : 'answered'} />
        )}
        {name}
      </dt>
      <dd>{value}</dd>
    </div>
  );
}
