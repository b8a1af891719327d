// Trackers as tabs of one origin, in fake time, with scripted locks, channels and documents. A tab can be hidden,
// frozen, hung, closed, reloaded or killed; all tabs share one scripted service.

import { AsyncLocalStorage } from 'node:async_hooks';

import { afterEach, beforeEach } from '@jest/globals';
import type { MessagingClient } from 'chime-delivery';

import { writeMessage } from '../../src/features/cross-tab/protocol.ts';
import { replies, ScriptedService, type Operation } from './scripted-service.ts';
import { startTracker, type KitOptions, type TrackerKit } from './tracker-kit.ts';

type Visibility = 'visible' | 'hidden';

/** A tab: `live` as usual; `hung`: it does not run, and its state is kept; `dead`: nothing is left of it. */
type Life = 'live' | 'hung' | 'dead';

/** The fault of the locks in a tab: `dead`: no request gets an answer, until they work again. */
export type LockFault = 'dead' | 'throws' | 'rejects';

/**
 * The fault of the channel in a tab. `closed`: the browser has closed it, so that a post throws. `deaf`: the tab
 * receives nothing. `lateMs`: the tab receives everything so late.
 */
export type ChannelFault = 'closed' | 'deaf' | { readonly lateMs: number };

export interface TabOptions extends KitOptions {
  /** Default: visible. */
  visibility?: Visibility;
  without?: 'locks' | 'channel';
  locks?: LockFault;
  channel?: ChannelFault;
  /** The version of the protocol that this tab speaks. Default: the present one. */
  protocol?: number;
}

/** The tab whose code runs, also after an await: its timers stop with it. */
const running = new AsyncLocalStorage<ScriptedTab>();

class Target extends EventTarget {
  readonly #tab: ScriptedTab;

  constructor(tab: ScriptedTab) {
    super();
    this.#tab = tab;
  }

  override dispatchEvent(event: Event): boolean {
    return running.run(this.#tab, () => super.dispatchEvent(event));
  }
}

class ScriptedDocument extends Target {
  visibilityState: Visibility = 'visible';
}

export class ScriptedTab {
  readonly document: ScriptedDocument = new ScriptedDocument(this);
  readonly page: EventTarget = new Target(this);
  readonly requests: Record<Operation, number> = { send: 0, update: 0, status: 0, message: 0, list: 0 };
  life: Life = 'live';
  /** Its credentials are expired. */
  expired = false;
  /** The work that waits for it while it hangs. */
  readonly inbox: (() => void)[] = [];
  /** When its requests reached the service. */
  readonly times: number[] = [];
  lockFault: LockFault | undefined;
  channelFault: ChannelFault | undefined;
  protocol: number | undefined;
  /** Lock requests without an answer yet. */
  readonly #unanswered: (() => void)[] = [];
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

  /** Its own polls. */
  get looks(): number {
    const { status, message, list } = this.requests;
    return status + message + list;
  }

  /** Runs `act` in this tab, when it runs. */
  run(act: () => void): void {
    if (this.life === 'live') running.run(this, act);
    else if (this.life === 'hung') this.inbox.push(act);
  }

  /** Runs the callbacks of the lock manager as soon as it answers. */
  runLocks(act: () => void): void {
    if (this.lockFault === 'dead') this.#unanswered.push(act);
    else this.run(act);
  }

  /** Its lock manager answers again, also old requests. */
  healLocks(): void {
    this.lockFault = undefined;
    for (const act of this.#unanswered.splice(0)) this.run(act);
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

/** The part of Web Locks that is used: exclusive locks, with a queue, `signal` and `steal`. */
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
          tab.runLocks(() => {
            signal?.removeEventListener('abort', abort);
            void Promise.resolve(callback()).then((value) => {
              resolve(value);
              if (this.held.get(name) === request) this.#free(name);
            });
          });
        },
        rob: () => tab.runLocks(() => reject(Object.assign(new Error('Lock broken.'), { name: 'AbortError' }))),
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
      // As in a browser, no lock is granted in the turn of its request; and a hung tab makes no request.
      setTimeout(() => tab.runLocks(enter));
    });
  }

  /** Other code of this origin steals the lock. Returns how to release it. */
  stealAsStranger(name: string): () => void {
    const stranger: Request = { tab: new ScriptedTab(), name, grant: () => undefined, rob: () => undefined };
    this.held.get(name)?.rob();
    this.held.set(name, stranger);
    return () => {
      if (this.held.get(name) === stranger) this.#free(name);
    };
  }

  async query(tab: ScriptedTab): Promise<{ held: { name: string }[] }> {
    await new Promise<void>((resolve) => tab.runLocks(resolve));
    return { held: [...this.held.keys()].map((name) => ({ name })) };
  }

  /** All that a dead tab held or waited for. */
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

/** A channel: each post reaches every other channel of that name, in order. */
export class ScriptedChannel {
  readonly tab: ScriptedTab;
  readonly name: string;
  readonly #browser: ScriptedBrowser;
  /** Messages in flight to a slow tab. */
  readonly #late = new Set<ReturnType<typeof setTimeout>>();
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
    const { channelFault, protocol } = this.tab;
    if (channelFault === 'deaf') return;
    const told = protocol === undefined ? data : translate(data, protocol, PRESENT);
    const hear = (): void => this.tab.run(() => this.#listener({ data: told }));
    if (typeof channelFault !== 'object') return hear();
    running.exit(() => {
      const timer = setTimeout(() => {
        this.#late.delete(timer);
        hear();
      }, channelFault.lateMs);
      this.#late.add(timer);
    });
  }

  postMessage(message: unknown): void {
    const { life, channelFault, protocol } = this.tab;
    if (life !== 'live') return;
    if (channelFault === 'closed') {
      throw Object.assign(new Error('Channel is closed.'), { name: 'InvalidStateError' });
    }
    this.#browser.posted.push(message);
    const data = structuredClone(protocol === undefined ? message : translate(message, PRESENT, protocol));
    for (const other of this.#browser.channels) {
      if (other !== this && other.name === this.name) void Promise.resolve().then(() => other.hear(data));
    }
  }

  close(): void {
    this.#browser.channels.delete(this);
    for (const timer of this.#late) clearTimeout(timer);
  }
}

/** The protocol version of the source under test. */
const PRESENT: number = (writeMessage('', { kind: 'hello' }) as { v: number }).v;

/** A message of one version as if it were of another. A message of a third version stays unchanged. */
function translate(data: unknown, from: number, to: number): unknown {
  const { v } = data as { v?: unknown };
  if (v === from) return { ...(data as object), v: to };
  return v === to ? { ...(data as object), v: 'of another version' } : data;
}

/** The name of a lock or a channel in a tab of that version. */
function nameIn(protocol: number | undefined, name: string): string {
  return protocol === undefined ? name : name.replace(`/${PRESENT}:`, `/${protocol}:`);
}

/** The constructor of channels in a tab. `new` returns what a constructor returns. */
function channelsOf(browser: ScriptedBrowser, tab: ScriptedTab): (name: string) => ScriptedChannel {
  return function open(name: string): ScriptedChannel {
    return new ScriptedChannel(browser, tab, nameIn(tab.protocol, name));
  };
}

/** A browser with tabs of one origin. */
export class ScriptedBrowser {
  readonly service: ScriptedService = new ScriptedService();
  readonly locks: LockManager = new LockManager();
  readonly tabs: ScriptedTab[] = [];
  /** Open channels. */
  readonly channels: Set<ScriptedChannel> = new Set();
  /** Every post. */
  readonly posted: unknown[] = [];

  open({ visibility = 'visible', without, locks: fault, channel, protocol, ...options }: TabOptions = {}): ScriptedTab {
    const tab = new ScriptedTab();
    tab.document.visibilityState = visibility;
    tab.lockFault = fault;
    tab.channelFault = channel;
    tab.protocol = protocol;
    this.tabs.push(tab);
    const { locks } = this;
    const client: MessagingClient = {
      send: (command: object, more) => {
        if (tab.life !== 'live') return new Promise(() => undefined);
        if (tab.expired) return Promise.reject(replies.expiredToken().error);
        const before = this.service.calls.length;
        const answer = running.exit(() => this.service.client.send(command, more) as Promise<unknown>);
        const call = this.service.calls[before];
        if (call !== undefined) {
          tab.requests[call.operation] += 1;
          tab.times.push(call.at);
        }
        // A result for a tab that is gone has no receiver.
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
                request: (name: string, given: object, callback: () => unknown) => {
                  if (tab.lockFault === 'throws') throw new Error('No locks.');
                  if (tab.lockFault === 'rejects') return Promise.reject(new Error('No locks.'));
                  return locks.request(tab, nameIn(tab.protocol, name), given, callback);
                },
                query: () => {
                  if (tab.lockFault === 'throws') throw new Error('No locks.');
                  return tab.lockFault === 'rejects' ? Promise.reject(new Error('No locks.')) : locks.query(tab);
                },
              },
      },
      BroadcastChannel: without === 'channel' ? undefined : channelsOf(this, tab),
      addEventListener: tab.page.addEventListener.bind(tab.page),
    });
    const kit = running.run(tab, () => startTracker({ client, ...options }));
    restore();
    tab.kit = {
      ...kit,
      send: (...given) => running.run(tab, () => kit.send(...given)),
      track: (...given) => running.run(tab, () => kit.track(...given)),
    };
    return tab;
  }

  /** Its process ends without a signal. */
  kill(tab: ScriptedTab): void {
    tab.life = 'dead';
    this.locks.bury(tab);
    for (const channel of this.channels) if (channel.tab === tab) this.channels.delete(channel);
    void tab.tracker.close();
  }

  /** Nothing in it runs any more, and it gives no signal. */
  hang(tab: ScriptedTab): void {
    tab.life = 'hung';
  }

  unhang(tab: ScriptedTab): void {
    tab.life = 'live';
    for (const act of tab.inbox.splice(0)) tab.run(act);
  }

  /** The user closes it. */
  close(tab: ScriptedTab): void {
    tab.page.dispatchEvent(new Event('pagehide'));
    this.kill(tab);
  }

  /** The tabs that have polled themselves. */
  get pollers(): number[] {
    return this.tabs.flatMap(({ looks }, index) => (looks > 0 ? index : []));
  }
}

let browser: ScriptedBrowser | undefined;

beforeEach(() => {
  browser = undefined;
  // Listeners are removed when the tab that added them is no longer in place.
  const restore = place({
    removeEventListener: (...given: Parameters<EventTarget['removeEventListener']>) => {
      for (const tab of browser?.tabs ?? []) tab.page.removeEventListener(...given);
    },
  });
  restorers.push(restore);
  tieTimers();
});

/** Timers of a hung tab fire when it resumes; those of a dead one do not. The end of the fake time removes this. */
function tieTimers(): void {
  const { setTimeout: set, clearTimeout: clear } = globalThis;
  const cleared = new Set<unknown>();
  const setTied = (act: () => void, ms?: number): unknown => {
    const tab = running.getStore();
    if (tab === undefined) return set(act, ms);
    const timer = set(() => tab.run(() => cleared.has(timer) || act()), ms);
    return timer;
  };
  const clearTied = (timer?: ReturnType<typeof setTimeout>): void => {
    cleared.add(timer);
    clear(timer);
  };
  Object.assign(globalThis, { setTimeout: setTied, clearTimeout: clearTied });
}

const restorers: (() => void)[] = [];
afterEach(async () => {
  for (const tab of browser?.tabs ?? []) await tab.tracker.close();
  for (const restore of restorers.splice(0)) restore();
});

export function startBrowser(): ScriptedBrowser {
  browser = new ScriptedBrowser();
  return browser;
}

/** Replaces globals by these. Returns how to restore them. */
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
