/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { act, cleanup, render } from '@testing-library/react';
import type { DeliveryState } from 'chime-delivery';
import { useDeliveries } from 'chime-delivery/react';
import { StrictMode } from 'react';

import { createKit, type Kit } from './kit.tsx';

let kit: Kit;
let seen: (readonly DeliveryState[])[];
beforeEach(() => {
  kit = createKit();
  seen = [];
});
afterEach(async () => {
  cleanup();
  await kit.tracker.close();
});

/** An inline filter on purpose: its identity changes with every render. */
function Failures(): null {
  seen.push(useDeliveries((state) => state.status === 'FAILED'));
  return null;
}

function Everything({ turn = 0 }: { turn?: number }): number {
  seen.push(useDeliveries());
  return turn;
}

/** The map of all deliveries is built once a microtask. */
const later = (change: () => void): Promise<void> => act(async () => change());
const idsSeen = (): string[][] => seen.map((states) => states.map(({ id }) => id));

describe('useDeliveries', () => {
  it('returns all deliveries in the order in which tracking began', async () => {
    kit.track('m1');
    render(kit.provided(<Everything />));
    await later(() => void kit.track('m2'));
    expect(idsSeen()).toEqual([['m1'], ['m1', 'm2']]);
    await later(() => kit.push('m1', 'SENT'));
    expect(seen.at(-1)?.map(({ status }) => status)).toEqual(['SENT', 'PENDING']);
  });

  it('renders again only for what passes the filter', async () => {
    for (const id of ['m1', 'm2', 'm3']) kit.track(id);
    render(kit.provided(<Failures />));
    await later(() => kit.push('m1', 'SENT'));
    await later(() => void kit.track('m4'));
    expect(idsSeen()).toEqual([[]]);
    await later(() => kit.push('m2', 'FAILED'));
    await later(() => kit.push('m3', 'DENIED'));
    expect(idsSeen()).toEqual([[], ['m2']]);
    await later(() => void kit.tracker.forget('m2'));
    expect(idsSeen()).toEqual([[], ['m2'], []]);
  });

  it('returns the same array while nothing in it changed, whatever renders', async () => {
    kit.track('m1');
    const { rerender } = render(kit.provided(<Everything />));
    rerender(kit.provided(<Everything turn={1} />));
    expect(seen[1]).toBe(seen[0]);

    cleanup();
    seen = [];
    await later(() => kit.push('m1', 'FAILED'));
    const again = render(kit.provided(<Failures />));
    again.rerender(kit.provided(<Failures />));
    await later(() => void kit.track('m2'));
    again.rerender(kit.provided(<Failures />));
    expect(seen).toHaveLength(3);
    expect(new Set(seen).size).toBe(1);
  });

  it('renders once for many changes at once, and is correct under StrictMode', async () => {
    render(<StrictMode>{kit.provided(<Everything />)}</StrictMode>);
    const before = seen.length;
    await later(() => {
      for (let n = 1; n <= 50; n += 1) kit.track(`m${n}`);
    });
    // StrictMode renders everything twice.
    expect(seen.length - before).toBe(2);
    expect(seen.at(-1)).toHaveLength(50);
  });
});
