// What is really the matter, as the panel has it: a strip above the lanes. The tracker knows nothing of it.
import type { ReactElement } from 'react';
import type { Chapter } from '../controls/stage-control.ts';
import { stretchOf, type TimeWindow } from './window.ts';

interface Trouble {
  readonly name: string;
  readonly kind: 'dropped' | 'half-open' | 'throttled' | 'expired';
  readonly from: number;
  readonly until: number;
}

export function Troubles({ chapters, window }: { chapters: readonly Chapter[]; window: TimeWindow }): ReactElement {
  const troubles = troublesOf(chapters, window.now).filter(({ until }) => until > window.from);
  return (
    <div className="troubles-strip" aria-hidden>
      <span className="lane-text">What is really the matter</span>
      <span className="track">
        {troubles.map(({ name, kind, from, until }) => (
          <i key={`${kind}${from}`} className="trouble-stretch" data-kind={kind} style={stretchOf(from, until, window)}>
            {name}
          </i>
        ))}
      </span>
    </div>
  );
}

function troublesOf(chapters: readonly Chapter[], now: number): Trouble[] {
  return [
    ...socketTroubles(chapters, now),
    ...timedTroubles(chapters, now, 'throttledUntil', { kind: 'throttled', name: '429 for everything' }),
    ...timedTroubles(chapters, now, 'expiredUntil', { kind: 'expired', name: 'credentials expired' }),
  ];
}

function socketTroubles(chapters: readonly Chapter[], now: number): Trouble[] {
  const changes = chapters.filter(({ situation }, i) => situation.sockets !== chapters[i - 1]?.situation.sockets);
  return changes.flatMap(({ at, situation: { sockets } }, i) => {
    if (sockets === 'working') return [];
    return { name: `websockets ${sockets}`, kind: sockets, from: at, until: changes[i + 1]?.at ?? now };
  });
}

function timedTroubles(
  chapters: readonly Chapter[],
  now: number,
  field: 'throttledUntil' | 'expiredUntil',
  trouble: Pick<Trouble, 'kind' | 'name'>,
): Trouble[] {
  return chapters.flatMap(({ at, situation }, i) => {
    const until = situation[field];
    if (until <= at || until === chapters[i - 1]?.situation[field]) return [];
    return { ...trouble, from: at, until: Math.min(now, until) };
  });
}
