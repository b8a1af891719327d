/**
 * What every other tab has pending, as it says itself; and, for the leader, which of these tabs are no more: each holds a
 * lock of its own while it has anything pending, and whoever gets that lock knows.
 */
import { isSameAddress, type MessageAddress } from '../../core/identity.ts';
import type { Locks } from './environment.ts';
import type { PeerDelivery, TabMessage } from './protocol.ts';

/** For what a tab says as it ends: that is still on its way when its lock is free. */
const FINAL_MESSAGE_MS = 100;
/** For the tabs that this one knows too little of to say what they have. One that is frozen does not, and locks may not answer. */
const DISCOVERY_MS = 250;

/** What one tab has, as far as it was heard. */
interface PeerState {
  readonly deliveries: Map<string, PeerDelivery>;
  readonly n: number;
  /** Whether the list was heard from its beginning, and everything that was said since. */
  readonly gapless: boolean;
  readonly complete: boolean;
}

export class Peers {
  readonly #locks: Locks;
  readonly #name: string;
  /** Has to take what it had, by `remove`. */
  readonly #onPeerGone: (tab: string) => void;
  readonly #tabs = new Map<string, PeerState>();
  /** Tabs whose lock is waited for; undefined while this tab does not lead. */
  #watches: Map<string, AbortController> | undefined;
  /** Tabs whose lock is had, while their last words are waited for: how to let go of it. */
  readonly #ending = new Map<string, () => void>();
  #discovery: ReturnType<typeof setTimeout> | undefined;

  constructor(locks: Locks, name: string, onDeath: (tab: string) => void) {
    this.#locks = locks;
    this.#name = name;
    this.#onPeerGone = onDeath;
  }

  /** Whether another tab has it. */
  has({ id, ...address }: Pick<PeerDelivery, 'id' | keyof MessageAddress>): boolean {
    return [...this.#tabs.values()].some(({ deliveries }) => {
      const other = deliveries.get(id);
      return other !== undefined && isSameAddress(other, address);
    });
  }

  /** The tabs of which everything is known. */
  get known(): string[] {
    return [...this.#tabs.keys()].filter((tab) => this.knows(tab));
  }

  /** Whether everything is known of each tab that was heard. */
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

  /** Gives what it had, in the order in which tracking began. */
  remove(tab: string): readonly PeerDelivery[] {
    const deliveries = [...(this.#tabs.get(tab)?.deliveries.values() ?? [])];
    this.#tabs.delete(tab);
    this.#watches?.get(tab)?.abort();
    this.#watches?.delete(tab);
    this.#ending.get(tab)?.();
    return deliveries.sort((a, b) => a.trackedAt - b.trackedAt);
  }

  /**
   * Begins to wait for the end of each tab.
   *
   * @param onComplete called once, when the tabs beside `own` that have anything pending have had time to say what
   */
  watchAll(own: string, onComplete: () => void): void {
    this.#watches ??= new Map<string, AbortController>();
    for (const tab of this.#tabs.keys()) this.#watch(tab);
    const introduction = setTimeout(() => end(), DISCOVERY_MS);
    clearTimeout(this.#discovery);
    this.#discovery = introduction;
    const end = (): void => {
      if (this.#discovery !== introduction) return;
      clearTimeout(introduction);
      this.#discovery = undefined;
      onComplete();
    };
    void this.#hasAll(own).then((all) => {
      if (all) end();
    }, end);
  }

  /** Waits for no end any more; one that has come is seen through, since who leads now may not know of that tab. */
  stopWatching(): void {
    for (const watch of this.#watches?.values() ?? []) watch.abort();
    this.#watches = undefined;
    clearTimeout(this.#discovery);
    this.#discovery = undefined;
  }

  /** Waits for nothing any more. */
  close(): void {
    this.stopWatching();
    for (const letGo of this.#ending.values()) letGo();
  }

  /** Whether every tab beside `own` that has anything pending has said what. */
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
    // Rejected: called off, or taken back by the tab itself, which lives.
    this.#locks.request(lockOf(this.#name, tab), { signal }, onFree).catch(() => {
      this.#ending.get(tab)?.();
      if (this.#tabs.has(tab)) this.#watch(tab);
    });
  }

  /** Resolves to let go of its lock. By its last words a tab may also say that it has nothing left, and live. */
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

/** The lock that a tab holds while it has anything pending. */
export function lockOf(name: string, tab: string): string {
  return `${name} ${tab}`;
}
