// One of the three apps, as the address says.
import { createRoot } from 'react-dom/client';

const apps = {
  before: () => import('./before/app.tsx'),
  'with-wrap': () => import('./with-wrap/app.tsx'),
  'with-send': () => import('./with-send/app.tsx'),
};
const { App } = await apps[new URLSearchParams(location.search).get('app') as keyof typeof apps]();
createRoot(document.body.appendChild(document.createElement('div'))).render(<App />);
