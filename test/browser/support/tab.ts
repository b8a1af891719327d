/**
 * One tab of one user, as a test drives it: the page program's driver, called from here, whichever way leads into the page.
 */
import type { Driver, Ending, Moment } from '../page/driver.ts';

export interface Tab {
  /** Calls the page program. */
  call<Name extends keyof Driver>(
    name: Name,
    ...given: Parameters<Driver[Name]>
  ): Promise<Awaited<ReturnType<Driver[Name]>>>;
  /** Sends one message for each content, and resolves with our ids when the service has accepted all. */
  send(...contents: string[]): Promise<string[]>;
  /** Resolves when all are settled, with every `settled` event so far. */
  untilSettled(ids: readonly string[]): Promise<Ending[]>;
  /** Resolves with the time at which the observer of the session heard this for the `times`th time. */
  heard(what: string, times?: number): Promise<number>;
  /** Resolves with the time at which the page noted this for the `times`th time: 'online', 'suspended', 'warn: …'. */
  noticed(what: string, times?: number): Promise<number>;
}

/** A tab whose driver is reached by `run`, which calls the method of that name in the page. */
export function tabOver(run: (name: keyof Driver, given: readonly unknown[]) => Promise<unknown>): Tab {
  const call = ((name, ...given) => run(name, given)) as Tab['call'];
  return {
    call,
    send: async (...contents) => {
      const ids = await call('send', contents);
      await call('untilPending', ids);
      return ids;
    },
    untilSettled: async (ids) => {
      await call('untilSettled', ids);
      return call('endings');
    },
    heard: (what, times) => moment(() => call('story'), what, times),
    noticed: (what, times) => moment(() => call('notices'), what, times),
  };
}

/** Real milliseconds since the epoch. */
async function moment(record: () => Promise<Moment[]>, what: string, times = 1): Promise<number> {
  for (;;) {
    const found = (await record()).filter((one) => one.what === what)[times - 1];
    if (found !== undefined) return found.at;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
