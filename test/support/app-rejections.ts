// A program whose own callbacks throw, on promises of the library: it prints the unhandled rejections that Node
// reports. A separate process, since a test with an unhandled rejection fails.
import { createDeliveryTracker, type Delivery } from 'chime-delivery';

import { ALICE, CHANNEL } from './scripted-service.ts';

const unhandled: string[] = [];
process.on('unhandledRejection', (reason) => unhandled.push(String(reason)));

function open(): Delivery & { close: () => Promise<void> } {
  const tracker = createDeliveryTracker({ client: { send: () => new Promise(() => undefined) }, chimeBearer: ALICE });
  const delivery = tracker.track({ channelArn: CHANNEL, messageId: 'm1' });
  return Object.assign(delivery, { close: () => tracker.close() });
}

const nothing = (): void => undefined;
const fail = (why: string) => (): never => {
  throw new Error(why);
};

const closed = open();
void closed.settled.then(nothing);
void closed.settled.finally(nothing);
void closed.settled.finally(fail('finally'));
void closed.settled.catch(fail('catch'));
void closed.settled.then(nothing, fail('then'));
void closed.settled.then(nothing).catch(fail('then and catch'));
await closed.close();
const done = createDeliveryTracker({ client: { send: () => new Promise(() => undefined) }, chimeBearer: ALICE });
const { settled } = done.track({ channelArn: CHANNEL, messageId: 'm1', status: 'SENT' });
void settled.then(fail('fulfilled'));
void settled.then(nothing).finally(fail('fulfilled and finally'));
await done.close();
await new Promise((resolve) => setImmediate(resolve));
console.log(JSON.stringify(unhandled.toSorted()));
