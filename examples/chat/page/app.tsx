// The page: two chats side by side, the panel that injects faults, and the timeline below them.
import { DeliveryProvider } from 'chime-delivery/react';
import type { ReactElement } from 'react';
import { DOCS_PATH, pages } from '../protocol.ts';
import type { Person } from './chime/person.ts';
import { ControlPanel } from './controls/control-panel.tsx';
import type { DemoControl } from './controls/demo-control.ts';
import { Pane } from './conversation/pane.tsx';
import { Timeline } from './timeline/timeline.tsx';

export function App({ people, control }: { people: readonly Person[]; control: DemoControl }): ReactElement {
  return (
    <>
      <header className="masthead">
        <h1>chime-delivery</h1>
        <p>
          Every message ends with its true outcome: by push while the websocket works, by polling while it does not.
        </p>
        <nav aria-label="Documentation">
          {pages.map(({ name, file }) => (
            <a key={file} href={`${DOCS_PATH}/${file}`}>
              {name}
            </a>
          ))}
        </nav>
      </header>
      <main>
        {people.map((person) => (
          <DeliveryProvider key={person.arn} tracker={person.tracker}>
            <Pane person={person} />
          </DeliveryProvider>
        ))}
        <ControlPanel control={control} />
        <Timeline people={people} control={control} />
      </main>
    </>
  );
}
