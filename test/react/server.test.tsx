/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { act } from '@testing-library/react';
import { useDeliveries } from 'chime-delivery/react';
import { StrictMode, startTransition, useState, type ReactElement } from 'react';
import { createRoot, hydrateRoot, type Root } from 'react-dom/client';

import { Bubble, createKit, type Kit } from './kit.tsx';

// After the kit, which sets the globals that the server renderer needs as it loads.
const { renderToString } = await import('react-dom/server');

let kit: Kit;
let complaints: unknown[];
let root: Root | undefined;
beforeEach(() => {
  kit = createKit();
  complaints = [];
  jest.spyOn(console, 'error').mockImplementation((...details) => void complaints.push(details));
});
afterEach(async () => {
  await act(async () => root?.unmount());
  jest.restoreAllMocks();
  await kit.tracker.close();
});

function Count(): ReactElement {
  return <b>{useDeliveries().length}</b>;
}

describe('server rendering', () => {
  it('shows the current state, by handle, id and MessageId', () => {
    const delivery = kit.track('m1');
    const html = renderToString(
      kit.provided([<Bubble key="1" of={delivery} />, <Bubble key="2" of="m1" />, <Count key="3" />]),
    );
    expect(html).toBe('<p data-testid="m1">PENDING</p><p data-testid="m1">PENDING</p><b>1</b>');
  });

  it('shows nothing if nothing is tracked', () => {
    const html = renderToString(kit.provided([<Bubble key="1" of="m1" />, <Count key="2" />]));
    expect(html).toBe('<p data-testid="m1">nothing</p><b>0</b>');
  });

  it('hydrates, and then shows what has happened since', async () => {
    kit.track('m1');
    const app = (): ReactElement => (
      <StrictMode>{kit.provided([<Bubble key="1" of="m1" />, <Count key="2" />])}</StrictMode>
    );
    const container = document.createElement('div');
    container.innerHTML = renderToString(app());
    await act(async () => {
      root = hydrateRoot(container, app());
    });
    expect(container.textContent).toBe('PENDING1');
    await act(async () => kit.push('m1', 'SENT'));
    expect(container.textContent).toBe('SENT1');
    expect(complaints).toEqual([]);
  });
});

describe('concurrent rendering', () => {
  it('never shows two states of one delivery', async () => {
    const delivery = kit.track('m1');
    const torn: string[] = [];
    let show: ((on: boolean) => void) | undefined;
    function Slow({ index }: { index: number }): ReactElement {
      // The outcome comes while a transition is half rendered.
      if (index === 5) kit.push('m1', 'SENT');
      return <Bubble of={delivery} />;
    }
    function App(): ReactElement {
      const [on, setOn] = useState(false);
      show = setOn;
      return <>{on && Array.from({ length: 10 }, (_, index) => <Slow key={index} index={index} />)}</>;
    }
    const container = document.createElement('div');
    const observer = new MutationObserver(() => torn.push(container.textContent));
    observer.observe(container, { childList: true, subtree: true, characterData: true });
    await act(async () => {
      root = createRoot(container);
      root.render(kit.provided(<App />));
    });
    await act(async () => startTransition(() => show?.(true)));
    observer.disconnect();
    expect(container.textContent).toBe('SENT'.repeat(10));
    expect(torn.filter((text) => text !== '' && text !== 'SENT'.repeat(10))).toEqual([]);
  });
});
