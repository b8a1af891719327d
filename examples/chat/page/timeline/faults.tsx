// The faults that the panel injects: a strip above the lanes. The tracker does not know them.
import type { ReactElement } from 'react';
import type { SituationChange } from '../controls/demo-control.ts';
import { spanOf, type TimeWindow } from './window.ts';

interface Fault {
  readonly name: string;
  readonly kind: 'dropped' | 'half-open' | 'throttled' | 'expired';
  readonly from: number;
  readonly until: number;
}

export function Faults({ changes, window }: { changes: readonly SituationChange[]; window: TimeWindow }): ReactElement {
  const faults = faultsOf(changes, window.now).filter(({ until }) => until > window.from);
  return (
    <div className="fault-strip" aria-hidden>
      <span className="lane-text">injected faults</span>
      <span className="track">
        {faults.map(({ name, kind, from, until }) => (
          <i key={`${kind}${from}`} className="fault-span" data-kind={kind} style={spanOf(from, until, window)}>
            <span>{name}</span>
          </i>
        ))}
      </span>
    </div>
  );
}

function faultsOf(changes: readonly SituationChange[], now: number): Fault[] {
  return [
    ...socketFaults(changes, now),
    ...timedFaults(changes, now, 'throttledUntil', { kind: 'throttled', name: '429 to every request' }),
    ...timedFaults(changes, now, 'expiredUntil', { kind: 'expired', name: 'credentials expired' }),
  ];
}

function socketFaults(changes: readonly SituationChange[], now: number): Fault[] {
  const socketChanges = changes.filter(({ situation }, i) => situation.sockets !== changes[i - 1]?.situation.sockets);
  return socketChanges.flatMap(({ at, situation: { sockets } }, i) => {
    if (sockets === 'working') return [];
    return { name: `websockets ${sockets}`, kind: sockets, from: at, until: socketChanges[i + 1]?.at ?? now };
  });
}

function timedFaults(
  changes: readonly SituationChange[],
  now: number,
  field: 'throttledUntil' | 'expiredUntil',
  fault: Pick<Fault, 'kind' | 'name'>,
): Fault[] {
  return changes.flatMap(({ at, situation }, i) => {
    const until = situation[field];
    if (until <= at || until === changes[i - 1]?.situation[field]) return [];
    return { ...fault, from: at, until: Math.min(now, until) };
  });
}
