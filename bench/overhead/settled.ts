/**
 * The cost of a push event with so many kept settled deliveries that each one that ends evicts the oldest. In a
 * separate process. Prints one line of JSON.
 */
import { createDeliveryTracker } from 'chime-delivery';
import { merge, of, Subject } from 'rxjs';
import { channel, messageIds, sentEvent, user, type PushEvent } from './workload.ts';
import { measureCpuMicros } from '../support/cpu-time.ts';

const EVENTS = 50_000;

/** `default`, or the number. */
const keep = process.argv[2] ?? 'default';
const keepSettled = keep === 'default' ? undefined : Number(keep);
const messages$ = new Subject<PushEvent>();
const client = { send: () => Promise.reject(new Error('The benchmark asks for nothing.')) };
const tracker = createDeliveryTracker({ client, chimeBearer: user, ...(keepSettled !== undefined && { keepSettled }) });
tracker.attach({ messages$, link$: merge(of('up' as const), new Subject<'up'>()) });

const warmUp = Math.min(keepSettled ?? 10_000, 100_000);
const ids = messageIds(warmUp + EVENTS);
for (const messageId of ids) tracker.track({ channelArn: channel, messageId });
const events = ids.map(sentEvent);
for (const event of events.slice(0, warmUp)) messages$.next(event);
const cpuMicros = measureCpuMicros();
for (const event of events.slice(warmUp)) messages$.next(event);
const micros = cpuMicros() / EVENTS;
if (tracker.stats.settled.SENT !== ids.length) throw new Error(`${tracker.stats.settled.SENT} of ${ids.length} ended.`);
console.log(JSON.stringify({ micros }));
await tracker.close();
process.exit();
