/** What tabs need of the platform to find each other, taken where all of it is there: in the pages of a browser. */
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

/** Locks that tell of every failure by the promise, also where the platform throws. They may never answer all the same. */
export function containedLocks(locks: Locks): Locks {
  return {
    request: async (name, options, callback) => locks.request(name, options, callback),
    query: async () => locks.query(),
  };
}

/** Undefined where this is no page, or lacks anything. Node has some of it, and no tabs. */
export function tabEnvironment(): TabEnvironment | undefined {
  return tryRead(() => undefined, readEnvironment);
}

function readEnvironment(): TabEnvironment | undefined {
  const page = globalThis as Partial<Target> & {
    document?: TabEnvironment['document'];
    navigator?: { locks?: Locks };
    BroadcastChannel?: new (name: string) => Channel;
  };
  const { document, navigator, BroadcastChannel: Opened } = page;
  const locks = navigator?.locks;
  if (Opened === undefined || typeof locks?.request !== 'function') return undefined;
  if (typeof document?.addEventListener !== 'function' || page.addEventListener === undefined) return undefined;
  return { locks, openChannel: (name) => new Opened(name), page: page as Target, document };
}
