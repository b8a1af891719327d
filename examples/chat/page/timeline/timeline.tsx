// The timeline: the injected faults, and each person's deliveries in the library's devtools.
import { mountDevtools } from 'chime-delivery/devtools';
import { useEffect, useRef, type ReactElement } from 'react';
import type { Person } from '../chime/person.ts';
import type { DemoControl } from '../controls/demo-control.ts';
import { useSituationChanges } from '../controls/use-situation.ts';
import { Faults } from './faults.tsx';
import { useNow } from './use-now.ts';
import { windowAt } from './window.ts';

export function Timeline({ people, control }: { people: readonly Person[]; control: DemoControl }): ReactElement {
  return (
    <section className="timeline card" aria-labelledby="timeline-title">
      <h2 id="timeline-title">Timeline</h2>
      <FaultStrip control={control} />
      {people.map((person) => (
        <Devtools key={person.arn} person={person} />
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
