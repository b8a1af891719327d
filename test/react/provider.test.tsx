/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { cleanup, render, screen } from '@testing-library/react';
import { MissingProviderError, useDeliveries, useDelivery, useSend } from 'chime-delivery/react';

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

describe('DeliveryProvider', () => {
  it.each([
    ['useDelivery', () => void useDelivery('m1')],
    ['useDeliveries', () => void useDeliveries()],
    ['useSend', () => void useSend()],
  ])('says what to do where it is missing: %s', (hook, use) => {
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

  it('hands down the nearest tracker, and follows when it becomes another', async () => {
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

  it('leaves the tracker open when it is unmounted', () => {
    render(kit.provided(null)).unmount();
    expect(() => kit.track('m1')).not.toThrow();
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

  it('hands on the signal', () => {
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
