/** @jest-environment jsdom */
// The element with a scripted trace, in a document.
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { DeliveryState, TraceFact } from 'chime-delivery';
import { defineDevtools, mountDevtools, type DeliveryDevtools } from 'chime-delivery/devtools';
import { BehaviorSubject, Subject } from 'rxjs';

const channelArn = 'arn:aws:chime:us-east-1:111122223333:app-instance/lab/channel/general';
const chimeBearer = 'arn:aws:chime:us-east-1:111122223333:app-instance/lab/user/alice';

function state(fields: object): DeliveryState {
  return {
    id: 't1',
    operation: 'create',
    channelArn,
    chimeBearer,
    trackedAt: Date.now(),
    polls: 0,
    status: 'SENDING',
    input: { Content: 'hello' },
    ...fields,
  } as DeliveryState;
}

/** A tracker whose facts are scripted. */
function scripted(...before: DeliveryState[]) {
  const trace$ = new Subject<TraceFact>();
  const tracker = {
    trace$,
    deliveries$: new BehaviorSubject(new Map(before.map((each) => [each.id, each]))),
    stats: {
      link: 'up',
      pending: 1,
      suspended: false,
      requests: { send: 2, status: 1, message: 0, list: 0 },
      evidence: { websocket: 1, prefetch: 0 },
      throttles: 0,
    },
    explain: (id: string) => ({
      id,
      state: state({ id }),
      lastEvidence: { kind: 'accepted', at: Date.now() },
      next: { why: 'poll', at: Date.now() + 5_000 },
      link: 'up',
      budget: { requestsPerSecond: 5, pausedForMs: 0 },
      suspended: false,
      sentence: `The sentence of ${id}.`,
    }),
  };
  const tells = (fact: object): void => trace$.next({ at: Date.now(), ...fact } as TraceFact);
  const moves = (fields: object): void => {
    const now = state(fields);
    tells({ kind: 'transition', delivery: now.id, from: undefined, to: now.status, state: now });
  };
  return { tracker: tracker as unknown as Parameters<typeof mountDevtools>[0], trace$, tells, moves };
}

let element: DeliveryDevtools | undefined;
const inside = (): ShadowRoot => element?.shadowRoot as ShadowRoot;
const lanes = (): HTMLButtonElement[] => [...inside().querySelectorAll<HTMLButtonElement>('.lane')];
const texts = (): string[] => lanes().map((lane) => lane.textContent?.replaceAll(/\s+/g, ' ').trim() ?? '');
const button = (name: RegExp): HTMLButtonElement =>
  [...inside().querySelectorAll('button')].find(({ textContent }) => name.test(textContent ?? '')) as HTMLButtonElement;

async function mount(tracker: Parameters<typeof mountDevtools>[0], parent?: Element): Promise<void> {
  element = mountDevtools(tracker, parent);
  await element.updateComplete;
}

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  element?.remove();
  element = undefined;
  // oxlint-disable-next-line jest/no-standalone-expect -- proves it for every test of this file
  expect(jest.getTimerCount()).toBe(0);
  jest.useRealTimers();
});

describe('<delivery-devtools>', () => {
  it('shows each delivery as a lane, newest first, with its state and what happened to it', async () => {
    const { tracker, tells, moves } = scripted();
    await mount(tracker);
    expect(inside().textContent).toContain('No delivery yet.');
    moves({});
    moves({ id: 't2', input: { Content: 'second' } });
    tells({ kind: 'attempt', request: 'send', chimeBearer, deliveries: ['t1'] });
    tells({ kind: 'evidence', delivery: 't1', evidence: 'status', source: 'websocket', status: 'SENT' });
    moves({ status: 'SENT', settledAt: Date.now() + 1_500, evidence: 'websocket', messageId: 'm1' });
    await element?.updateComplete;
    expect(texts()).toEqual(['second SENDING 0 ms', 'hello SENT websocket, 1.5 s']);
    const kinds = [...(lanes()[1]?.querySelectorAll('.mark') ?? [])].map((mark) => mark.getAttribute('data-kind'));
    expect(kinds).toEqual(['send', 'push']);
  });

  it('shows what was tracked before it was mounted', async () => {
    await mount(scripted(state({ id: 't9', input: { Content: 'earlier' } })).tracker);
    expect(texts()).toEqual(['earlier SENDING 0 ms']);
  });

  it('explains the lane that is selected, and unselects it again', async () => {
    const { tracker, moves } = scripted();
    await mount(tracker);
    moves({});
    await element?.updateComplete;
    lanes()[0]?.click();
    await element?.updateComplete;
    expect(lanes()[0]?.getAttribute('aria-pressed')).toBe('true');
    expect(inside().querySelector('.sentence')?.textContent).toBe('The sentence of t1.');
    lanes()[0]?.click();
    await element?.updateComplete;
    expect(inside().querySelector('.sentence')?.textContent).toMatch(/^Select a delivery/);
  });

  it('pauses: what comes meanwhile is shown when it goes on', async () => {
    const { tracker, moves } = scripted();
    await mount(tracker);
    moves({});
    await element?.updateComplete;
    button(/Pause/).click();
    moves({ id: 't2' });
    await element?.updateComplete;
    expect(lanes()).toHaveLength(1);
    button(/Go on/).click();
    await element?.updateComplete;
    expect(lanes()).toHaveLength(2);
  });

  it('filters by text, status and id', async () => {
    const { tracker, moves } = scripted();
    await mount(tracker);
    moves({});
    moves({ id: 't2', status: 'DENIED', settledAt: Date.now(), evidence: 'websocket', input: { Content: 'spam' } });
    const filter = async (value: string): Promise<number> => {
      const input = inside().querySelector('input') as HTMLInputElement;
      input.value = value;
      input.dispatchEvent(new Event('input'));
      await element?.updateComplete;
      return lanes().length;
    };
    await element?.updateComplete;
    expect([
      await filter('denied'),
      await filter('HELLO'),
      await filter('t2'),
      await filter('nothing'),
      await filter(''),
    ]).toEqual([1, 1, 1, 0, 2]);
  });

  it('copies what it has recorded as JSON, and says where it cannot', async () => {
    const { tracker, moves } = scripted();
    await mount(tracker);
    moves({});
    let copied = '';
    const clipboard = { writeText: (text: string) => ((copied = text), Promise.resolve()) };
    Object.defineProperty(navigator, 'clipboard', { value: clipboard, configurable: true });
    button(/Copy JSON/).click();
    await jest.advanceTimersByTimeAsync(1);
    expect(JSON.parse(copied)).toMatchObject({ facts: [{ kind: 'transition' }], deliveries: [{ id: 't1' }] });
    expect(inside().querySelector('[role=status]')?.textContent).toBe('Copied.');
    Object.defineProperty(navigator, 'clipboard', { value: undefined, configurable: true });
    button(/Copy JSON/).click();
    await jest.advanceTimersByTimeAsync(1);
    expect(inside().querySelector('[role=status]')?.textContent).toMatch(/^Not copied/);
  });

  it('listens only while it is in the document, and to the tracker that it has', async () => {
    const first = scripted();
    const second = scripted();
    await mount(first.tracker);
    expect(first.trace$.observed).toBe(true);
    if (element !== undefined) element.tracker = second.tracker;
    await element?.updateComplete;
    expect([first.trace$.observed, second.trace$.observed]).toEqual([false, true]);
    element?.remove();
    expect(second.trace$.observed).toBe(false);
    document.body.append(element as DeliveryDevtools);
    await element?.updateComplete;
    expect(second.trace$.observed).toBe(true);
  });

  it('is defined once, and floats unless it has a parent', async () => {
    defineDevtools();
    defineDevtools();
    const { tracker } = scripted();
    await mount(tracker);
    expect(element?.hasAttribute('floating')).toBe(true);
    element?.remove();
    await mount(tracker, document.body);
    expect(element?.hasAttribute('floating')).toBe(false);
  });

  it('keeps a bounded number of lanes', async () => {
    const { tracker, moves } = scripted();
    await mount(tracker);
    for (let i = 0; i < 300; i += 1) moves({ id: `t${i}` });
    expect((element?.toJSON() as { deliveries: unknown[] } | undefined)?.deliveries).toHaveLength(100);
  });
});
