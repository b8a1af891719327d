/**
 * What every other tab has pending, as it says itself; and, for the leader, which of these tabs are no more: each holds a
 * lock of its own while it has anything pending, and whoever gets that lock knows.
 */
import { isSameAddress, type MessageAddress } from '../core/identity.ts';
import type { Locks } from './environment.ts';
import type { Facts, Message } from './message.ts';

/** For what a tab says as it ends: that is still on its way when its lock is free. */
const LAST_WORDS_MS = 100;
/** For the tabs that this one knows too little of to say what they have. One that is frozen does not, and locks may not answer. */
const INTRODUCTION_MS = 250;

/** What one tab has, as far as it was heard. */
interface Listing {
  readonly facts: Map<string, Facts>;
  readonly n: number;
  /** Whether the list was heard from its beginning, and everything that was said since. */
  readonly gapless: boolean;
  readonly complete: boolean;
}

export class Roster {
  readonly #locks: Locks;
  readonly #name: string;
  /** Has to take what it had, by `delete`. */
  readonly #onDeath: (tab: string) => void;
  readonly #tabs = new Map<string, Listing>();
  /** Tabs whose lock is waited for; undefined while this tab does not lead. */
  #watches: Map<string, AbortController> | undefined;
  /** Tabs whose lock is had, while their last words are waited for: how to let go of it. */
  readonly #ending = new Map<string, () => void>();
  #introduction: ReturnType<typeof setTimeout> | undefined;

  constructor(locks: Locks, name: string, onDeath: (tab: string) => void) {
    this.#locks = locks;
    this.#name = name;
    this.#onDeath = onDeath;
  }

  /** Whether another tab has it. */
  has({ id, ...address }: Pick<Facts, 'id' | keyof MessageAddress>): boolean {
    return [...this.#tabs.values()].some(({ facts }) => {
      const other = facts.get(id);
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

  take(tab: string, { n, all, left, facts: more, ended }: Extract<Message, { kind: 'have' }>): void {
    const before = this.#tabs.get(tab);
    const facts = (all ? undefined : before?.facts) ?? new Map<string, Facts>();
    const gapless = all || (before?.gapless === true && n === before.n + 1);
    for (const each of more) facts.set(each.id, each);
    for (const id of ended) facts.delete(id);
    if (all && left === 0 && facts.size === 0) return void this.delete(tab);
    this.#tabs.set(tab, { facts, n, gapless, complete: gapless && left === 0 });
    this.#watch(tab);
  }

  /** Gives what it had, in the order in which tracking began. */
  delete(tab: string): readonly Facts[] {
    const facts = [...(this.#tabs.get(tab)?.facts.values() ?? [])];
    this.#tabs.delete(tab);
    this.#watches?.get(tab)?.abort();
    this.#watches?.delete(tab);
    this.#ending.get(tab)?.();
    return facts.sort((a, b) => a.trackedAt - b.trackedAt);
  }

  /**
   * Begins to wait for the end of each tab.
   *
   * @param onComplete called once, when the tabs beside `own` that have anything pending have had time to say what
   */
  watch(own: string, onComplete: () => void): void {
    this.#watches ??= new Map<string, AbortController>();
    for (const tab of this.#tabs.keys()) this.#watch(tab);
    const introduction = setTimeout(() => end(), INTRODUCTION_MS);
    clearTimeout(this.#introduction);
    this.#introduction = introduction;
    const end = (): void => {
      if (this.#introduction !== introduction) return;
      clearTimeout(introduction);
      this.#introduction = undefined;
      onComplete();
    };
    void this.#hasAll(own).then((all) => {
      if (all) end();
    }, end);
  }

  /** Waits for no end any more; one that has come is seen through, since who leads now may not know of that tab. */
  unwatch(): void {
    for (const watch of this.#watches?.values() ?? []) watch.abort();
    this.#watches = undefined;
    clearTimeout(this.#introduction);
    this.#introduction = undefined;
  }

  /** Waits for nothing any more. */
  close(): void {
    this.unwatch();
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
      return this.#hearLastWords(tab);
    };
    // Rejected: called off, or taken back by the tab itself, which lives.
    this.#locks.request(lockOf(this.#name, tab), { signal }, onFree).catch(() => {
      this.#ending.get(tab)?.();
      if (this.#tabs.has(tab)) this.#watch(tab);
    });
  }

  /** Resolves to let go of its lock. By its last words a tab may also say that it has nothing left, and live. */
  #hearLastWords(tab: string): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#onDeath(tab), LAST_WORDS_MS);
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
