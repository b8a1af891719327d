/** A chat with a thousand bubbles, whose deliveries settle one after the other; it measures its own frames. */
import { createDeliveryTracker, type DeliveryState } from 'chime-delivery';
import { DeliveryProvider, useDeliveries, useDelivery } from 'chime-delivery/react';
import { type ReactElement } from 'react';
import { createRoot } from 'react-dom/client';
import { merge, of, Subject } from 'rxjs';
import { channel, messageIds, sentEvent, user, type PushEvent } from '../../overhead/workload.ts';

export interface FrameFigures {
  /** Milliseconds of the main thread for each update: the event, React, style, layout and paint. */
  readonly work: readonly number[];
  /** Milliseconds from one frame to the next. */
  readonly intervals: readonly number[];
  readonly shown: number;
}

/** `text`: the same texts change without React and this library, which shows what the browser itself needs. */
export type UpdateBy = 'tracker' | 'text';

declare global {
  interface Window {
    measure: (updates: number, perSecond: number, how: UpdateBy) => Promise<FrameFigures>;
  }
}

const DELIVERIES = 10_000;
const BUBBLES = 1_000;

const messages$ = new Subject<PushEvent>();
const client = { send: () => Promise.reject(new Error('The benchmark asks for nothing.')) };
const tracker = createDeliveryTracker({ client, chimeBearer: user });
tracker.attach({ messages$, link$: merge(of('up' as const), new Subject<'up'>()) });
const ids = messageIds(DELIVERIES);
for (const messageId of ids) tracker.track({ channelArn: channel, messageId });
const onScreen = ids.slice(-BUBBLES);

const isPending = ({ status }: DeliveryState): boolean => status === 'PENDING';

function Bubble({ id }: { id: string }): ReactElement {
  const state = useDelivery(id);
  return (
    <p>
      Shall we meet at seven, at the usual place? <b>{state?.status}</b>
    </p>
  );
}

function Badge(): ReactElement {
  return <h1>{useDeliveries(isPending).length} pending</h1>;
}

const main = document.querySelector('main');
if (main !== null) {
  createRoot(main).render(
    <DeliveryProvider tracker={tracker}>
      <Badge />
      {onScreen.map((id) => (
        <Bubble key={id} id={id} />
      ))}
    </DeliveryProvider>,
  );
}

/** After all that the browser has to do now. */
const afterwards = (): Promise<void> =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.addEventListener('message', () => {
      port1.close();
      resolve();
    });
    port1.start();
    port2.postMessage(undefined);
  });
const frame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(() => resolve(performance.now())));

const writeText = (index: number, bubbles: ArrayLike<Element>, badge: Element | null): void => {
  const bubble = bubbles[index];
  if (bubble) bubble.textContent = 'SENT';
  if (badge) badge.textContent = `${DELIVERIES - index} pending`;
};

window.measure = async (updates, perSecond, how) => {
  const [bubbles, badge] = [document.querySelectorAll('p > b'), document.querySelector('h1')];
  const work: number[] = [];
  const intervals: number[] = [];
  let last = performance.now();
  const tick = (now: number): void => {
    intervals.push(now - last);
    last = now;
    if (work.length < updates) requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
  // Each bubble once: at most that many updates.
  for (const [index, id] of onScreen.slice(0, updates).entries()) {
    const begun = performance.now();
    if (how === 'text') writeText(index, bubbles, badge);
    else messages$.next(sentEvent(id));
    await afterwards();
    const told = performance.now();
    const drawn = await frame();
    await afterwards();
    work.push(told - begun + (performance.now() - drawn));
    await new Promise((resolve) => setTimeout(resolve, begun + 1_000 / perSecond - performance.now()));
  }
  return { work, intervals, shown: document.querySelectorAll('p').length };
};
