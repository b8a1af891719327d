/** @jest-environment jsdom */
import { afterEach, describe, expect, it } from '@jest/globals';
import { act, cleanup, render, screen, waitFor } from '@testing-library/react';
import { useMessages } from 'chime-delivery/react';
import type { ReactElement } from 'react';

import { ALICE, CHANNEL, createKit, draft } from './kit.tsx';

interface Row {
  readonly MessageId: string;
  readonly Content: string;
  readonly Sender: { readonly Arn: string };
  readonly CreatedTimestamp: Date;
}

const rowOf = (MessageId: string, Content = 'hi'): Row => ({
  MessageId,
  Content,
  Sender: { Arn: ALICE },
  CreatedTimestamp: new Date(),
});

function List({ rows, lists }: { rows: readonly Row[]; lists: unknown[] }): ReactElement {
  const messages = useMessages(rows, { channelArn: CHANNEL });
  lists.push(messages);
  return (
    <ul>
      {messages.map(({ key, message, delivery }) => (
        <li key={key}>{`${message?.Content ?? delivery?.input?.Content ?? ''} ${delivery?.status ?? ''}`}</li>
      ))}
    </ul>
  );
}

const shown = (): (string | null)[] => screen.queryAllByRole('listitem').map(({ textContent }) => textContent);

afterEach(cleanup);

describe('useMessages', () => {
  it('shows an own message once, from its send over its event to its outcome', async () => {
    const { tracker, push, provided } = createKit();
    const lists: unknown[] = [];
    const empty: readonly Row[] = [];
    const view = render(provided(<List rows={empty} lists={lists} />));
    act(() => void tracker.send(draft));
    // Its event comes before the answer.
    const rows = [rowOf('sent-1')];
    view.rerender(provided(<List rows={rows} lists={lists} />));
    expect(shown()).toHaveLength(1);
    await waitFor(() => expect(shown()).toEqual(['hi PENDING']));
    act(() => push('sent-1', 'SENT'));
    await act(() => Promise.resolve());
    expect(shown()).toEqual(['hi SENT']);
    await tracker.close();
  });

  it('returns the same list while nothing in it changed', async () => {
    const { tracker, provided } = createKit();
    const lists: unknown[] = [];
    const rows = [rowOf('m1'), rowOf('m2')];
    const view = render(provided(<List rows={rows} lists={lists} />));
    view.rerender(provided(<List rows={rows} lists={lists} />));
    act(() => void tracker.track({ channelArn: `${CHANNEL}-2`, messageId: 'elsewhere' }));
    await act(() => Promise.resolve());
    expect(new Set(lists).size).toBe(1);
    await tracker.close();
  });
});
