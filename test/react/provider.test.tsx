/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { cleanup, render, screen } from '@testing-library/react';
import { DeliveryProvider, MissingProviderError, useDeliveries, useDelivery, useSend } from 'chime-delivery/react';
import type { ReactElement } from 'react';

import { accepted, Bubble, createKit, draft, isChimeDeliveryError, type Kit } from './kit.tsx';

let kit: Kit;
beforeEach(() => {
  kit = createKit();
});
afterEach(async () => {
  cleanup();
  jest.restoreAllMocks();
  await kit.tracker.close();
});

/** The error of a render. */
function thrownBy(element: ReactElement): unknown {
  jest.spyOn(console, 'error').mockImplementation(() => undefined);
  try {
    render(element);
  } catch (error) {
    return error;
  }
  return 'nothing was thrown';
}

describe('DeliveryProvider', () => {
  it.each([
    ['useDelivery', () => void useDelivery('m1')],
    ['useDeliveries', () => void useDeliveries()],
    ['useSend', () => void useSend()],
  ])('is named in the error if it is missing: %s', (hook, use) => {
    jest.spyOn(console, 'error').mockImplementation(() => undefined);
    function Component(): null {
      use();
      return null;
    }
    let thrown: unknown;
    try {
      render(<Component />);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(MissingProviderError);
    expect(isChimeDeliveryError(thrown)).toBe(true);
    expect(thrown).toMatchObject({ code: 'MISSING_PROVIDER', hook, name: 'MissingProviderError' });
    expect(String(thrown)).toContain(`${hook}() found no tracker: wrap the component`);
    expect(String(thrown)).toContain('<DeliveryProvider tracker={tracker}>');
  });

  it('provides the nearest tracker, and follows when that changes', async () => {
    const other = createKit();
    kit.track('m1');
    other.track('m1');
    other.push('m1', 'DENIED');
    const { rerender } = render(kit.provided(<Bubble of="m1" />));
    expect(screen.getByTestId('m1').textContent).toBe('PENDING');
    rerender(other.provided(<Bubble of="m1" />));
    expect(screen.getByTestId('m1').textContent).toBe('DENIED');
    rerender(kit.provided(other.provided(<Bubble of="m1" />)));
    expect(screen.getByTestId('m1').textContent).toBe('DENIED');
    await other.tracker.close();
  });

  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'got undefined'],
    ['null', null, 'got null'],
    ['an empty object', {}, 'got an empty object'],
    ['a promise of one', Promise.resolve(), 'got an empty object'],
    ['the options of one', { client: {}, chimeBearer: 'a' }, 'got an object with client, chimeBearer'],
    ['a string', 'tracker', "got 'tracker'"],
  ])('rejects %s as its tracker with what it expects', (_name, tracker, got) => {
    expect(thrownBy(<DeliveryProvider tracker={tracker as never} />)).toMatchObject({
      code: 'INVALID_ARGUMENT',
      argument: 'tracker',
      received: tracker,
      message: expect.stringMatching(
        `Expected \`tracker\` to be a tracker made by createDeliveryTracker\\(\\), ${got}`,
      ),
    });
  });

  it('keeps showing the last state of a closed tracker; sending throws', async () => {
    kit.track('m1');
    await kit.tracker.close();
    let send: ReturnType<typeof useSend> | undefined;
    function Composer(): null {
      send = useSend();
      return null;
    }
    render(kit.provided([<Bubble key="bubble" of="m1" />, <Composer key="composer" />]));
    expect(screen.getByTestId('m1').textContent).toBe('PENDING');
    expect(() => send?.(draft)).toThrow(expect.objectContaining({ code: 'TRACKER_CLOSED' }));
  });

  it('leaves the tracker open when it is unmounted', () => {
    render(kit.provided(null)).unmount();
    expect(() => kit.track('m1')).not.toThrow();
  });
});

describe('a hook with an invalid argument', () => {
  it.each<[string, () => unknown, string, unknown]>([
    ['useDelivery(42)', () => useDelivery(42 as never), 'which', 42],
    ['useDelivery(null)', () => useDelivery(null as never), 'which', null],
    ['useDelivery(a state)', () => useDelivery({ id: 'm1' } as never), 'which', { id: 'm1' }],
    ["useDeliveries('x')", () => useDeliveries('x' as never), 'filter', 'x'],
    ['useDeliveries(null)', () => useDeliveries(null as never), 'filter', null],
  ])('throws with what it expects: %s', (_name, use, argument, received) => {
    function Component(): null {
      use();
      return null;
    }
    expect(thrownBy(kit.provided(<Component />))).toMatchObject({ code: 'INVALID_ARGUMENT', argument, received });
  });
});

describe('useSend', () => {
  it('sends, and is the same function in every render', async () => {
    const seen: ReturnType<typeof useSend>[] = [];
    function Composer(): null {
      seen.push(useSend());
      return null;
    }
    const { rerender } = render(kit.provided(<Composer />));
    rerender(kit.provided(<Composer />));
    const [send, again] = seen;
    expect(again).toBe(send);
    const delivery = send?.(draft) ?? kit.track('none');
    expect(delivery.state.status).toBe('SENDING');
    await accepted(delivery);
    expect(delivery.state).toMatchObject({ status: 'PENDING', messageId: 'sent-1' });
  });

  it('passes on the signal', () => {
    let send: ReturnType<typeof useSend> | undefined;
    function Composer(): null {
      send = useSend();
      return null;
    }
    render(kit.provided(<Composer />));
    const delivery = send?.(draft, { signal: AbortSignal.abort(new Error('changed my mind')) });
    expect(delivery?.state).toMatchObject({ status: 'FAILED', evidence: 'rejected' });
  });
});
