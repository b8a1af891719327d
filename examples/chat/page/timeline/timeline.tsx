// The timeline: the injected faults, and each person's deliveries in the library's devtools.
import { mountDevtools } from 'chime-delivery/devtools';
import { useEffect, useRef, useState, type ReactElement } from 'react';
import type { Person } from '../chime/person.ts';
import type { DemoControl } from '../controls/demo-control.ts';
import { useSituationChanges } from '../controls/use-situation.ts';
import { Faults } from './faults.tsx';
import { useNow } from './use-now.ts';
import { windowAt } from './window.ts';

export function Timeline({ people, control }: { people: readonly Person[]; control: DemoControl }): ReactElement {
  const [shown, setShown] = useState(people[0]?.arn);
  return (
    <section className="timeline card" aria-labelledby="timeline-title">
      <header>
        <h2 id="timeline-title">Timeline</h2>
        <div role="tablist" aria-label="Whose timeline">
          {people.map(({ arn, name }) => (
            <button
              key={arn}
              type="button"
              role="tab"
              id={`${name}-tab`}
              aria-selected={arn === shown}
              aria-controls={`${name}-timeline`}
              onClick={() => setShown(arn)}
            >
              {name}
            </button>
          ))}
        </div>
      </header>
      <FaultStrip control={control} />
      {people.map((person) => (
        <div
          key={person.arn}
          role="tabpanel"
          id={`${person.name}-timeline`}
          aria-labelledby={`${person.name}-tab`}
          hidden={person.arn !== shown}
        >
          <Devtools person={person} />
        </div>
      ))}
    </section>
  );
}

function FaultStrip({ control }: { control: DemoControl }): ReactElement {
  return <Faults changes={useSituationChanges(control)} window={windowAt(useNow())} />;
}

function Devtools({ person: { name, tracker } }: { person: Person }): ReactElement {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (place.current === null) return undefined;
    const devtools = mountDevtools(tracker, place.current);
    devtools.label = `Timeline of ${name}`;
    return () => devtools.remove();
  }, [name, tracker]);
  return <div ref={place} />;
}
