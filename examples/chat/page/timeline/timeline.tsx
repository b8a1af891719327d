// The timeline: the last twenty seconds of every message, and what the library did about it.
import { DeliveryProvider } from 'chime-delivery/react';
import type { ReactElement } from 'react';
import type { Person } from '../chime/person.ts';
import type { StageControl } from '../controls/stage-control.ts';
import { useChapters } from '../controls/use-situation.ts';
import { Legend } from './legend.tsx';
import { PersonLanes } from './person-lanes.tsx';
import { Troubles } from './faults.tsx';
import { useNow } from './use-now.ts';
import { placeOf, windowAt, type TimeWindow } from './window.ts';

export function Timeline({ people, stage }: { people: readonly Person[]; stage: StageControl }): ReactElement {
  const window = windowAt(useNow());
  const chapters = useChapters(stage);
  return (
    <section className="timeline card" aria-labelledby="timeline-title">
      <header>
        <h2 id="timeline-title">Timeline</h2>
        <Legend />
      </header>
      <Troubles chapters={chapters} window={window} />
      {people.map((person) => (
        <DeliveryProvider key={person.arn} tracker={person.tracker}>
          <PersonLanes person={person} window={window} />
        </DeliveryProvider>
      ))}
      <Axis window={window} />
    </section>
  );
}

const seconds = [15, 10, 5, 0];

function Axis({ window }: { window: TimeWindow }): ReactElement {
  return (
    <div className="lane axis" aria-hidden>
      <span className="track">
        {seconds.map((ago) => (
          <i key={ago} style={{ left: `${placeOf(window.now - ago * 1_000, window)}%` }}>
            {ago === 0 ? 'now' : `${ago} s ago`}
          </i>
        ))}
      </span>
    </div>
  );
}
