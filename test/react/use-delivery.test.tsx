/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { act, cleanup, render, screen } from '@testing-library/react';
import { memo, StrictMode } from 'react';

import { accepted, Bubble, createKit, draft, type Kit } from './kit.tsx';

let kit: Kit;
beforeEach(() => {
  kit = createKit();
});
afterEach(async () => {
  cleanup();
  await kit.tracker.close();
});

const textOf = (id: string): string | null => screen.getByTestId(id).textContent;

describe('useDelivery', () => {
  it('follows a delivery from its handle to its outcome', () => {
    const delivery = kit.track('m1');
    render(kit.provided(<Bubble of={delivery} />));
    expect(textOf('m1')).toBe('PENDING');
    act(() => kit.push('m1', 'SENT'));
    expect(textOf('m1')).toBe('SENT');
  });

  it('finds a delivery by our id and by the MessageId of Chime', async () => {
    const delivery = kit.tracker.send(draft);
    render(kit.provided(<Bubble of={delivery.id} />));
    expect(textOf(delivery.id)).toBe('SENDING');
    await accepted(delivery);
    render(kit.provided(<Bubble of="sent-1" />));
    expect([textOf(delivery.id), textOf('sent-1')]).toEqual(['PENDING', 'PENDING']);
    act(() => kit.push('sent-1', 'FAILED'));
    expect([textOf(delivery.id), textOf('sent-1')]).toEqual(['FAILED', 'FAILED']);
  });

  it('waits for an id that is not tracked yet', () => {
    render(kit.provided(<Bubble of="later" />));
    expect(textOf('later')).toBe('nothing');
    act(() => void kit.track('later'));
    expect(textOf('later')).toBe('PENDING');
    act(() => kit.push('later', 'DENIED'));
    expect(textOf('later')).toBe('DENIED');
  });

  it('notices that a delivery is forgotten', () => {
    kit.track('m1');
    render(kit.provided(<Bubble of="m1" />));
    act(() => void kit.tracker.forget('m1'));
    expect(textOf('m1')).toBe('nothing');
  });

  it('renders a component again only when its own delivery changes', () => {
    const Row = memo(Bubble);
    const rows = ['m1', 'm2', 'm3'].map((id) => ({ of: kit.track(id), rendered: [] as string[] }));
    const [first, second, third] = rows.map(({ rendered }) => rendered);
    render(kit.provided(rows.map((row) => <Row key={row.of.id} {...row} />)));
    act(() => kit.push('m2', 'SENT'));
    expect([first, second, third]).toEqual([['PENDING'], ['PENDING', 'SENT'], ['PENDING']]);
    act(() => void kit.track('m4'));
    act(() => kit.push('m2', 'SENT'));
    act(() => kit.push('m3', 'FAILED'));
    expect([first, second, third]).toEqual([['PENDING'], ['PENDING', 'SENT'], ['PENDING', 'FAILED']]);
  });

  it('follows another delivery when its argument changes', () => {
    kit.track('m1');
    kit.track('m2');
    const { rerender } = render(kit.provided(<Bubble of="m1" />));
    rerender(kit.provided(<Bubble of="m2" />));
    act(() => kit.push('m2', 'SENT'));
    expect(textOf('m2')).toBe('SENT');
  });

  it('misses nothing under StrictMode, and leaves nothing behind', () => {
    const delivery = kit.track('m1');
    const rendered: string[] = [];
    const { unmount } = render(<StrictMode>{kit.provided(<Bubble of={delivery} rendered={rendered} />)}</StrictMode>);
    act(() => kit.push('m1', 'SENT'));
    expect(textOf('m1')).toBe('SENT');
    unmount();
    const count = rendered.length;
    act(() => void kit.tracker.forget('m1'));
    expect(rendered).toHaveLength(count);
  });

  it('shows a change that came between rendering and subscribing', () => {
    const delivery = kit.track('m1');
    function Meddler(): null {
      kit.push('m1', 'SENT');
      return null;
    }
    render(kit.provided([<Bubble key="1" of={delivery} />, <Meddler key="2" />]));
    expect(textOf('m1')).toBe('SENT');
  });
});
