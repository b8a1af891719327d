/** The platform APIs for cooperation of tabs. All of them exist only in the pages of a browser. */
import { tryRead } from '../../shared/unknown-json.ts';

export interface Locks {
  request(name: string, options: object, callback: () => unknown): Promise<unknown>;
  query(): Promise<{ readonly held?: readonly { readonly name?: string }[] }>;
}

export interface Channel {
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  postMessage(message: unknown): void;
  close(): void;
}

interface Target {
  addEventListener(type: string, listener: () => void): void;
  removeEventListener(type: string, listener: () => void): void;
}

export interface TabEnvironment {
  readonly locks: Locks;
  readonly openChannel: (name: string) => Channel;
  readonly page: Target;
  readonly document: Target & { readonly visibilityState?: string };
}

/** Locks whose failures all reject the promise, even if the platform throws. The promise may still never settle. */
export function containedLocks(locks: Locks): Locks {
  return {
    request: async (name, options, callback) => locks.request(name, options, callback),
    query: async () => locks.query(),
  };
}

/** The environment of this page; undefined outside a page, or if an API is missing. Node has some of the APIs, but no tabs. */
export function tabEnvironment(): TabEnvironment | undefined {
  return tryRead(() => undefined, readEnvironment);
}

function readEnvironment(): TabEnvironment | undefined {
  const page = globalThis as Partial<Target> & {
    document?: TabEnvironment['document'];
    navigator?: { locks?: Locks };
    BroadcastChannel?: new (name: string) => Channel;
  };
  const { document, navigator, BroadcastChannel } = page;
  const locks = navigator?.locks;
  if (BroadcastChannel === undefined || typeof locks?.request !== 'function') return undefined;
  if (typeof document?.addEventListener !== 'function' || page.addEventListener === undefined) return undefined;
  return { locks, openChannel: (name) => new BroadcastChannel(name), page: page as Target, document };
}
