// The entry point: gets the emulator's address from the server, connects both users and renders the app.
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { createPerson } from './chime/person.ts';
import { DemoControl } from './controls/demo-control.ts';

const control = await DemoControl.open();
const people = control.described.users.map((user) => createPerson(user, control.described));

const root = document.querySelector('#root');
if (root === null) throw new Error('The page has no element #root.');
createRoot(root).render(
  <StrictMode>
    <App people={people} control={control} />
  </StrictMode>,
);

// The chat is usable while the sessions connect. A session that was connected once reconnects by itself.
for (const { session } of people) {
  session.start().catch((error: unknown) => console.warn('The session did not start. Reload the page.', error));
}
