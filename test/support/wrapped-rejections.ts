// A program with unhandled failing sends, plain and wrapped: it prints which of them Node reports. A separate process,
// since a test with an unhandled rejection fails.
import { createDeliveryTracker } from 'chime-delivery';

import { ALICE } from './scripted-service.ts';

const tracker = createDeliveryTracker({ client: { send: () => new Promise(() => undefined) }, chimeBearer: ALICE });

class Lazy {
  readonly #why: string;
  constructor(why: string) {
    this.#why = why;
  }
  // oxlint-disable-next-line unicorn/no-thenable -- a query, which runs when it is awaited
  then(...handlers: Parameters<Promise<never>['then']>): Promise<unknown> {
    return Promise.reject(new Error(this.#why)).then(...handlers);
  }
}

async function unhandledIn(adopt: <F extends (why: string) => unknown>(send: F) => F): Promise<string[]> {
  const unhandled: string[] = [];
  const note = (reason: unknown): void => void unhandled.push((reason as Error).message);
  process.on('unhandledRejection', note);
  const plain = adopt((why) => Promise.reject(new Error(why)));
  const lazy = adopt((why) => new Lazy(why));
  const cancellable = adopt((why) => Object.assign(Promise.reject(new Error(why)), { cancel: () => undefined }));
  const ignore = (): void => undefined;
  void plain('plain');
  (plain('handled plain') as Promise<unknown>).catch(ignore);
  void (lazy('lazy') as PromiseLike<unknown>).then(ignore);
  lazy('a query that nobody runs');
  void (lazy('handled lazy') as PromiseLike<unknown>).then(ignore, ignore);
  (cancellable('handled cancellable') as Promise<unknown>).catch(ignore);
  try {
    await cancellable('awaited cancellable');
  } catch {
    // As expected.
  }
  await new Promise((resolve) => setImmediate(resolve));
  process.off('unhandledRejection', note);
  return unhandled;
}

const bare = await unhandledIn((send) => send);
const wrapped = await unhandledIn((send) => tracker.wrap(send));
await tracker.close();
console.log(JSON.stringify({ bare, wrapped }));
