/**
 * The pending deliveries of the other tabs, as they announce them, and, for the leader, which of these tabs have ended: a tab
 * holds its own lock while it has pending deliveries, and the leader waits for that lock.
 */
import { isSameAddress, type MessageAddress } from '../../core/identity.ts';
import type { Locks } from './environment.ts';
import type { PeerDelivery, TabMessage } from './protocol.ts';

/** How long to wait for the final message of a tab, in milliseconds: it may arrive after the tab's lock is free. */
const FINAL_MESSAGE_MS = 100;
/** How long to wait for the lists of unknown tabs, in milliseconds. A frozen tab sends none, and locks may not answer. */
const DISCOVERY_MS = 250;

/** The pending deliveries of one tab, as far as they are known. */
interface PeerState {
  readonly deliveries: Map<string, PeerDelivery>;
  /** The number of its last message about them. */
  readonly n: number;
  /** Whether the list was received from its first part, and all messages since. */
  readonly gapless: boolean;
  readonly complete: boolean;
}

export class Peers {
  readonly #locks: Locks;
  readonly #name: string;
  /** Has to call `remove` to take the tab's deliveries over. */
  readonly #onPeerGone: (tab: string) => void;
  readonly #tabs = new Map<string, PeerState>();
  /** The tabs whose lock this tab waits for; undefined while it does not lead. */
  #watches: Map<string, AbortController> | undefined;
  /** The tabs whose lock this tab holds while it waits for their final message; the functions release the locks. */
  readonly #ending = new Map<string, () => void>();
  #discovery: ReturnType<typeof setTimeout> | undefined;

  constructor(locks: Locks, name: string, onPeerGone: (tab: string) => void) {
    this.#locks = locks;
    this.#name = name;
    this.#onPeerGone = onPeerGone;
  }

  /** Whether another tab has this delivery. */
  has({ id, ...address }: Pick<PeerDelivery, 'id' | keyof MessageAddress>): boolean {
    return [...this.#tabs.values()].some(({ deliveries }) => {
      const other = deliveries.get(id);
      return other !== undefined && isSameAddress(other, address);
    });
  }

  /** The tabs whose lists are complete. */
  get known(): string[] {
    return [...this.#tabs.keys()].filter((tab) => this.knows(tab));
  }

  /** Whether the lists of all known tabs are complete. */
  get isComplete(): boolean {
    return [...this.#tabs.values()].every(({ complete }) => complete);
  }

  knows(tab: string): boolean {
    return this.#tabs.get(tab)?.complete === true;
  }

  update(
    tab: string,
    { n, all, remaining, deliveries: more, ended }: Extract<TabMessage, { kind: 'deliveries' }>,
  ): void {
    const before = this.#tabs.get(tab);
    const deliveries = (all ? undefined : before?.deliveries) ?? new Map<string, PeerDelivery>();
    const gapless = all || (before?.gapless === true && n === before.n + 1);
    for (const each of more) deliveries.set(each.id, each);
    for (const id of ended) deliveries.delete(id);
    if (all && remaining === 0 && deliveries.size === 0) return void this.remove(tab);
    this.#tabs.set(tab, { deliveries, n, gapless, complete: gapless && remaining === 0 });
    this.#watch(tab);
  }

  /** Removes a tab, and returns its deliveries in the order in which tracking began. */
  remove(tab: string): readonly PeerDelivery[] {
    const deliveries = [...(this.#tabs.get(tab)?.deliveries.values() ?? [])];
    this.#tabs.delete(tab);
    this.#watches?.get(tab)?.abort();
    this.#watches?.delete(tab);
    this.#ending.get(tab)?.();
    return deliveries.sort((a, b) => a.trackedAt - b.trackedAt);
  }

  /**
   * Watches for the end of each tab.
   *
   * @param onComplete called once, when all tabs beside `own` with pending deliveries have sent their lists, or had time to
   */
  watchAll(own: string, onComplete: () => void): void {
    this.#watches ??= new Map<string, AbortController>();
    for (const tab of this.#tabs.keys()) this.#watch(tab);
    const discovery = setTimeout(() => end(), DISCOVERY_MS);
    clearTimeout(this.#discovery);
    this.#discovery = discovery;
    const end = (): void => {
      if (this.#discovery !== discovery) return;
      clearTimeout(discovery);
      this.#discovery = undefined;
      onComplete();
    };
    void this.#hasAll(own).then((all) => {
      if (all) end();
    }, end);
  }

  /** Stops watching. A tab that has already ended is still handled: the new leader may not know of it. */
  stopWatching(): void {
    for (const watch of this.#watches?.values() ?? []) watch.abort();
    this.#watches = undefined;
    clearTimeout(this.#discovery);
    this.#discovery = undefined;
  }

  /** Stops watching, and releases all locks. */
  close(): void {
    this.stopWatching();
    for (const release of this.#ending.values()) release();
  }

  /** Whether all tabs beside `own` with pending deliveries have sent their lists. */
  async #hasAll(own: string): Promise<boolean> {
    const { held = [] } = await this.#locks.query();
    const prefix = lockOf(this.#name, '');
    return held.every(({ name = '' }) => {
      const tab = name.startsWith(prefix) ? name.slice(prefix.length) : own;
      return tab === own || this.knows(tab);
    });
  }

  #watch(tab: string): void {
    const watches = this.#watches;
    if (watches === undefined || watches.has(tab) || this.#ending.has(tab)) return;
    const watch = new AbortController();
    const { signal } = watch;
    watches.set(tab, watch);
    const onFree = (): Promise<void> | undefined => {
      if (signal.aborted) return undefined;
      watches.delete(tab);
      return this.#awaitFinalMessage(tab);
    };
    // Rejected: aborted, or the tab itself, which is alive, has stolen its lock back.
    this.#locks.request(lockOf(this.#name, tab), { signal }, onFree).catch(() => {
      this.#ending.get(tab)?.();
      if (this.#tabs.has(tab)) this.#watch(tab);
    });
  }

  /** Holds the lock until the promise resolves. By its final message a tab may also announce that it has nothing pending. */
  #awaitFinalMessage(tab: string): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#onPeerGone(tab), FINAL_MESSAGE_MS);
      this.#ending.set(tab, () => {
        clearTimeout(timer);
        this.#ending.delete(tab);
        resolve();
      });
    });
  }
}

/** The name of the lock that a tab holds while it has pending deliveries. */
export function lockOf(name: string, tab: string): string {
  return `${name} ${tab}`;
}
