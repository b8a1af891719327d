// Where the page begins: it asks the stage for its address, connects both users, and shows the app.
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { createPerson } from './chime/person.ts';
import { StageControl } from './controls/stage-control.ts';

const stage = await StageControl.open();
const people = stage.described.users.map((user) => createPerson(user, stage.described));

const root = document.querySelector('#root');
if (root === null) throw new Error('The page has no #root.');
createRoot(root).render(
  <StrictMode>
    <App people={people} stage={stage} />
  </StrictMode>,
);

// The chat is usable while it connects. Once it was connected, the session reconnects by itself.
for (const { session } of people) {
  session.start().catch((error: unknown) => console.warn('The session did not start: reload the page.', error));
}
