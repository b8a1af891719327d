/**
 * The cost of an update with one component that reads by a hook, in jsdom with React's production build, in a separate
 * process. An update is a push event that settles one delivery. Prints one line of JSON.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DeliveryState } from 'chime-delivery';
import { JSDOM } from 'jsdom';
import type { ReactElement } from 'react';
import { merge, of, Subject } from 'rxjs';
import { channel, messageIds, sentEvent, user, type PushEvent } from '../overhead/workload.ts';
import { measureCpuMicros } from '../support/cpu-time.ts';

const UPDATES = 500;

const [use = 'none', count = '1000'] = process.argv.slice(2);
const { window } = new JSDOM('<main></main>');
Object.assign(globalThis, { window, document: window.document });
const { createRoot } = await import('react-dom/client');
const { createDeliveryTracker } = await import('chime-delivery');
const { DeliveryProvider, useDeliveries, useDelivery } = await import('chime-delivery/react');

const messages$ = new Subject<PushEvent>();
const client = { send: () => Promise.reject(new Error('The benchmark asks for nothing.')) };
const tracker = createDeliveryTracker({ client, chimeBearer: user });
tracker.attach({ messages$, link$: merge(of('up' as const), new Subject<'up'>()) });
const ids = messageIds(Number(count) + 2 * UPDATES);
const [first = ''] = ids;
for (const messageId of ids) tracker.track({ channelArn: channel, messageId });
const step = Math.floor(ids.length / (2 * UPDATES));
const events = ids.filter((_, index) => index % step === 0).map(sentEvent);

let renders = 0;
const shown = (something: unknown): ReactElement => {
  renders += 1;
  return <b>{String(something)}</b>;
};
const isFailed = ({ status }: DeliveryState): boolean => status === 'FAILED';
const isSent = ({ status }: DeliveryState): boolean => status === 'SENT';
const uses: Readonly<Record<string, () => ReactElement>> = {
  none: () => shown(0),
  'filter-passes-none': () => shown(useDeliveries(isFailed).length),
  'filter-passes-it': () => shown(useDeliveries(isSent).length),
  'inline-filter-passes-none': () => shown(useDeliveries(({ status }) => status === 'FAILED').length),
  'inline-filter-passes-it': () => shown(useDeliveries(({ status }) => status === 'SENT').length),
  'no-filter': () => shown(useDeliveries().length),
  'one-delivery': () => shown(useDelivery(first)?.status),
};
const Component = uses[use];
if (Component === undefined) throw new Error(`Expected one of ${Object.keys(uses).join(', ')}; got ${use}.`);

const container = window.document.querySelector('main');
if (container === null) throw new Error('There is no place for the root.');
createRoot(container).render(
  <DeliveryProvider tracker={tracker}>
    <Component />
  </DeliveryProvider>,
);
for (let i = 0; i < 100; i += 1) await nextTurn();
if (renders === 0) throw new Error('Nothing was rendered.');

await update(events.slice(0, UPDATES));
const before = renders;
const micros = await update(events.slice(UPDATES, 2 * UPDATES));
console.log(JSON.stringify({ micros, renders: (renders - before) / UPDATES }));
await tracker.close();
process.exit();

/** Microseconds of CPU time for each. */
async function update(all: readonly PushEvent[]): Promise<number> {
  const cpuMicros = measureCpuMicros();
  for (const event of all) {
    messages$.next(event);
    await nextTurn();
    await nextTurn();
  }
  return cpuMicros() / all.length;
}
