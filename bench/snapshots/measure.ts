/**
 * The cost of an update with one subscriber of `deliveries$`, in a separate process. An update is a push event that
 * settles one delivery. Prints one line of JSON.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createDeliveryTracker, type DeliveryState } from 'chime-delivery';
import { merge, of, Subject } from 'rxjs';
import { channel, messageIds, sentEvent, user, type PushEvent } from '../overhead/workload.ts';
import { measureCpuMicros } from '../support/cpu-time.ts';

/** A subscriber's use of each map. */
const uses: Readonly<Record<string, ((states: ReadonlyMap<string, DeliveryState>) => unknown) | undefined>> = {
  none: undefined,
  keep: (states) => states.size,
  get: (states) => states.get(first),
  copy: (states) => [...states.values()].length,
  plain: undefined,
};

const [use = 'keep', count = '1000'] = process.argv.slice(2);
/** Building a map for each takes long. */
const UPDATES = use === 'plain' ? 50 : 500;
const pending = Number(count);
const messages$ = new Subject<PushEvent>();
const client = { send: () => Promise.reject(new Error('The benchmark asks for nothing.')) };
const tracker = createDeliveryTracker({ client, chimeBearer: user });
tracker.attach({ messages$, link$: merge(of('up' as const), new Subject<'up'>()) });

const ids = messageIds(pending + 2 * UPDATES);
const [first = ''] = ids;
for (const messageId of ids) tracker.track({ channelArn: channel, messageId });
// From all over the map.
const step = Math.floor(ids.length / (2 * UPDATES));
const events = ids.filter((_, index) => index % step === 0).map(sentEvent);
let used: unknown;
const onMap = uses[use];
// The cost of building a map of all for each update in the app itself.
if (use === 'plain') tracker.updates$.subscribe(() => (used = new Map(ids.map((id) => [id, tracker.get(id)]))));
if (onMap !== undefined) tracker.deliveries$.subscribe((states) => (used = onMap(states)));

await update(events.slice(0, UPDATES));
const micros = await update(events.slice(UPDATES, 2 * UPDATES));
if (onMap !== undefined && used === undefined) throw new Error('No map came.');
console.log(JSON.stringify({ micros }));
await tracker.close();
process.exit();

/** Microseconds of CPU time for each. */
async function update(all: readonly PushEvent[]): Promise<number> {
  const cpuMicros = measureCpuMicros();
  for (const event of all) {
    messages$.next(event);
    await nextTurn();
  }
  return cpuMicros() / all.length;
}
