// The lanes of one person's messages, the newest last, below the person's counters.
import type { ReactElement } from 'react';
import type { Person } from '../chime/person.ts';
import type { Row } from '../conversation/conversation.ts';
import { useConversation } from '../conversation/use-conversation.ts';
import { Bands } from './bands.tsx';
import { Counts } from './counts.tsx';
import { Lane } from './lane.tsx';
import type { TimeWindow } from './window.ts';

const MAX_LANES = 7;

export function PersonLanes({ person, window }: { person: Person; window: TimeWindow }): ReactElement {
  const { name, tracker, trace } = person;
  const rows = useConversation(person)
    .rows.filter((row) => isLive(row, window))
    .slice(-MAX_LANES);
  return (
    <section className="lanes" aria-label={`Timeline of ${name}`} data-person={name}>
      <header className="lane">
        <h3>
          <span className="avatar" aria-hidden>
            {name[0]}
          </span>
          {name}
        </h3>
        <Counts stats={tracker.stats} />
      </header>
      <ol>
        {rows.length === 0 && (
          <li className="lane">
            <span className="lane-text">no message yet</span>
            <span className="track" aria-hidden>
              <Bands links={trace.links} window={window} />
            </span>
          </li>
        )}
        {rows.map((row) => (
          <Lane key={row.key} row={row} trace={trace} window={window} />
        ))}
      </ol>
    </section>
  );
}

/** Own, and not settled before the window begins. A message listed after a reload had settled before it was tracked. */
function isLive({ delivery }: Row, { from }: TimeWindow): boolean {
  const state = delivery?.state;
  if (state === undefined) return false;
  return !('settledAt' in state) || (state.settledAt > from && state.settledAt > state.trackedAt);
}
