// Trackers as tabs of one origin, in fake time: locks, channels and documents as a browser has them, scripted. A tab can be
// hidden, frozen, hung, closed, reloaded into or killed; all of them are in front of one scripted service.

import { afterEach, beforeEach } from '@jest/globals';
import type { MessagingClient } from 'chime-delivery';

import { replies, ScriptedService, type Operation } from './scripted-service.ts';
import { startTracker, type KitOptions, type TrackerKit } from './tracker-kit.ts';

type Visibility = 'visible' | 'hidden';

/** A tab: `live` as usual; `hung`: nothing of it runs, all of it is kept; `dead`: nothing is left of it. */
type Life = 'live' | 'hung' | 'dead';

export interface TabOptions extends KitOptions {
  /** Default: visible. */
  visibility?: Visibility;
  without?: 'locks' | 'channel';
}

class ScriptedDocument extends EventTarget {
  visibilityState: Visibility = 'visible';
}

export class ScriptedTab {
  readonly document: ScriptedDocument = new ScriptedDocument();
  readonly page: EventTarget = new EventTarget();
  readonly requests: Record<Operation, number> = { send: 0, status: 0, message: 0, list: 0 };
  life: Life = 'live';
  /** Its credentials are old. */
  expired = false;
  /** What waits for it while it hangs. */
  readonly inbox: (() => void)[] = [];
  #kit: TrackerKit | undefined;

  set kit(kit: TrackerKit) {
    this.#kit = kit;
  }

  get kit(): TrackerKit {
    if (this.#kit === undefined) throw new Error('This tab is not open yet.');
    return this.#kit;
  }

  get tracker(): TrackerKit['tracker'] {
    return this.kit.tracker;
  }

  /** Looks that it took itself. */
  get looks(): number {
    const { status, message, list } = this.requests;
    return status + message + list;
  }

  /** Runs `act` in this tab, when it can. */
  run(act: () => void): void {
    if (this.life === 'live') act();
    else if (this.life === 'hung') this.inbox.push(act);
  }

  show(visibility: Visibility = 'visible'): void {
    this.document.visibilityState = visibility;
    this.document.dispatchEvent(new Event('visibilitychange'));
  }
}

interface Request {
  readonly tab: ScriptedTab;
  readonly name: string;
  readonly grant: () => void;
  readonly rob: () => void;
}

/** Web Locks, as far as they are used: exclusive, with a queue, `signal` and `steal`. */
class LockManager {
  readonly held: Map<string, Request> = new Map();
  queue: Request[] = [];

  request(tab: ScriptedTab, name: string, options: object, callback: () => unknown): Promise<unknown> {
    const { signal, steal = false } = options as { signal?: AbortSignal; steal?: boolean };
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        this.queue = this.queue.filter((each) => each !== request);
        reject(Object.assign(new Error('The request was aborted.'), { name: 'AbortError' }));
      };
      const request: Request = {
        tab,
        name,
        grant: () => {
          this.held.set(name, request);
          tab.run(() => {
            signal?.removeEventListener('abort', abort);
            void Promise.resolve(callback()).then((value) => {
              resolve(value);
              if (this.held.get(name) === request) this.#free(name);
            });
          });
        },
        rob: () => tab.run(() => reject(Object.assign(new Error('Lock broken.'), { name: 'AbortError' }))),
      };
      signal?.addEventListener('abort', abort, { once: true });
      const enter = (): void => {
        if (signal?.aborted === true) return;
        const holder = this.held.get(name);
        if (holder === undefined || steal) {
          holder?.rob();
          request.grant();
        } else this.queue.push(request);
      };
      // As in a browser, no lock is had in the turn in which it is asked for; and a tab that hangs asks for none.
      setTimeout(() => tab.run(enter));
    });
  }

  /** Whatever a dead tab had or waited for. */
  bury(tab: ScriptedTab): void {
    this.queue = this.queue.filter((each) => each.tab !== tab);
    for (const [name, request] of this.held) if (request.tab === tab) this.#free(name);
  }

  #free(name: string): void {
    this.held.delete(name);
    const next = this.queue.find((each) => each.name === name);
    if (next === undefined) return;
    this.queue = this.queue.filter((each) => each !== next);
    next.grant();
  }
}

/** A channel: what is posted reaches every other one of that name, in the order in which it was posted. */
export class ScriptedChannel {
  readonly tab: ScriptedTab;
  readonly name: string;
  readonly #browser: ScriptedBrowser;
  #listener: (event: { data: unknown }) => void = () => undefined;

  constructor(browser: ScriptedBrowser, tab: ScriptedTab, name: string) {
    this.#browser = browser;
    this.tab = tab;
    this.name = name;
    browser.channels.add(this);
  }

  addEventListener(_type: 'message', listener: (event: { data: unknown }) => void): void {
    this.#listener = listener;
  }

  hear(data: unknown): void {
    this.tab.run(() => this.#listener({ data }));
  }

  postMessage(message: unknown): void {
    if (this.tab.life !== 'live') return;
    this.#browser.posted.push(message);
    const data = structuredClone(message);
    for (const other of this.#browser.channels) {
      if (other !== this && other.name === this.name) void Promise.resolve().then(() => other.hear(data));
    }
  }

  close(): void {
    this.#browser.channels.delete(this);
  }
}

/** The constructor of channels that a tab finds. What a constructor returns is what `new` gives. */
function channelsOf(browser: ScriptedBrowser, tab: ScriptedTab): (name: string) => ScriptedChannel {
  return function open(name: string): ScriptedChannel {
    return new ScriptedChannel(browser, tab, name);
  };
}

/** A browser with tabs of one origin. */
export class ScriptedBrowser {
  readonly service: ScriptedService = new ScriptedService();
  readonly locks: LockManager = new LockManager();
  readonly tabs: ScriptedTab[] = [];
  /** Channels that are open. */
  readonly channels: Set<ScriptedChannel> = new Set();
  /** Every message that was posted. */
  readonly posted: unknown[] = [];

  open({ visibility = 'visible', without, ...options }: TabOptions = {}): ScriptedTab {
    const tab = new ScriptedTab();
    tab.document.visibilityState = visibility;
    this.tabs.push(tab);
    const { locks } = this;
    const client: MessagingClient = {
      send: (command: object, more) => {
        if (tab.life !== 'live') return new Promise(() => undefined);
        if (tab.expired) return Promise.reject(replies.expiredToken().error);
        const before = this.service.calls.length;
        const answer = this.service.client.send(command, more) as Promise<unknown>;
        const call = this.service.calls[before];
        if (call !== undefined) tab.requests[call.operation] += 1;
        // What comes back to a tab that is no more is nobody's.
        return new Promise((resolve, reject) => {
          answer.then(
            (output) => tab.run(() => resolve(output)),
            (error: unknown) => tab.run(() => reject(error)),
          );
        });
      },
    };
    const restore = place({
      document: tab.document,
      navigator: {
        onLine: true,
        locks:
          without === 'locks'
            ? undefined
            : {
                request: (name: string, given: object, callback: () => unknown) =>
                  locks.request(tab, name, given, callback),
                query: async () => ({ held: [...locks.held.keys()].map((name) => ({ name })) }),
              },
      },
      BroadcastChannel: without === 'channel' ? undefined : channelsOf(this, tab),
      addEventListener: tab.page.addEventListener.bind(tab.page),
    });
    tab.kit = startTracker({ client, ...options });
    restore();
    return tab;
  }

  /** Its process ends, and tells nobody. */
  kill(tab: ScriptedTab): void {
    tab.life = 'dead';
    this.locks.bury(tab);
    for (const channel of this.channels) if (channel.tab === tab) this.channels.delete(channel);
    void tab.tracker.close();
  }

  /** Nothing of it runs any more, and nobody is told. */
  hang(tab: ScriptedTab): void {
    tab.life = 'hung';
  }

  unhang(tab: ScriptedTab): void {
    tab.life = 'live';
    for (const act of tab.inbox.splice(0)) act();
  }

  /** It is closed, as a person does. */
  close(tab: ScriptedTab): void {
    tab.page.dispatchEvent(new Event('pagehide'));
    this.kill(tab);
  }

  /** Which tabs have taken looks themselves. */
  get pollers(): number[] {
    return this.tabs.flatMap(({ looks }, index) => (looks > 0 ? index : []));
  }
}

let browser: ScriptedBrowser | undefined;

beforeEach(() => {
  browser = undefined;
  // Listeners are taken away when the tab that added them is not in place any more.
  const restore = place({
    removeEventListener: (...given: Parameters<EventTarget['removeEventListener']>) => {
      for (const tab of browser?.tabs ?? []) tab.page.removeEventListener(...given);
    },
  });
  restorers.push(restore);
});

const restorers: (() => void)[] = [];
afterEach(async () => {
  for (const tab of browser?.tabs ?? []) await tab.tracker.close();
  for (const restore of restorers.splice(0)) restore();
});

export function startBrowser(): ScriptedBrowser {
  browser = new ScriptedBrowser();
  return browser;
}

/** Puts these in place of globals. Returns the way back. */
function place(globals: Readonly<Record<string, unknown>>): () => void {
  const before = Object.keys(globals).map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const);
  for (const [name, value] of Object.entries(globals)) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
  return () => {
    for (const [name, descriptor] of before) {
      if (descriptor === undefined) Reflect.deleteProperty(globalThis, name);
      else Object.defineProperty(globalThis, name, descriptor);
    }
  };
}
