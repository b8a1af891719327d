// The timeline: the last 20 seconds of each message, with its requests and push events.
import { DeliveryProvider } from 'chime-delivery/react';
import type { ReactElement } from 'react';
import type { Person } from '../chime/person.ts';
import type { DemoControl } from '../controls/demo-control.ts';
import { useSituationChanges } from '../controls/use-situation.ts';
import { Legend } from './legend.tsx';
import { PersonLanes } from './person-lanes.tsx';
import { Faults } from './faults.tsx';
import { useNow } from './use-now.ts';
import { positionOf, windowAt, type TimeWindow } from './window.ts';

export function Timeline({ people, control }: { people: readonly Person[]; control: DemoControl }): ReactElement {
  const window = windowAt(useNow());
  const changes = useSituationChanges(control);
  return (
    <section className="timeline card" aria-labelledby="timeline-title">
      <header>
        <h2 id="timeline-title">Timeline</h2>
        <Legend />
      </header>
      <Faults changes={changes} window={window} />
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
          <i key={ago} style={{ left: `${positionOf(window.now - ago * 1_000, window)}%` }}>
            {ago === 0 ? 'now' : `${ago} s ago`}
          </i>
        ))}
      </span>
    </div>
  );
}
