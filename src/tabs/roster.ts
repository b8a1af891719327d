/**
 * What every other tab has pending, as it says itself; and, for the leader, which of these tabs are no more: each holds a
 * lock of its own while it has anything pending, and whoever gets that lock knows.
 */
import type { Locks } from './environment.ts';
import type { Facts, Message } from './message.ts';

/** For what a tab says as it ends: that is still on its way when its lock is free. */
const LAST_WORDS_MS = 100;
/** For the tabs that this one has not heard of to say what they have. One that is frozen does not: nobody waits longer. */
const INTRODUCTION_MS = 250;

export class Roster {
  readonly #locks: Locks;
  readonly #name: string;
  /** Has to take what it had, by `delete`. */
  readonly #onDeath: (tab: string) => void;
  readonly #tabs = new Map<string, Map<string, Facts>>();
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
  has(id: string): boolean {
    return [...this.#tabs.values()].some((facts) => facts.has(id));
  }

  take(tab: string, { all, facts, ended }: Extract<Message, { kind: 'have' }>): void {
    const known = (all ? undefined : this.#tabs.get(tab)) ?? new Map<string, Facts>();
    for (const each of facts) known.set(each.id, each);
    for (const id of ended) known.delete(id);
    if (known.size === 0) return void this.delete(tab);
    this.#tabs.set(tab, known);
    this.#watch(tab);
  }

  /** Gives what it had, in the order in which tracking began. */
  delete(tab: string): readonly Facts[] {
    const facts = [...(this.#tabs.get(tab)?.values() ?? [])];
    this.#tabs.delete(tab);
    this.#watches?.get(tab)?.abort();
    this.#watches?.delete(tab);
    this.#ending.get(tab)?.();
    return facts.sort((a, b) => a.trackedAt - b.trackedAt);
  }

  /**
   * Begins to wait for the end of each tab.
   *
   * @param onComplete called when the tabs beside `own` that have anything pending have had time to say so
   */
  watch(own: string, onComplete: () => void): void {
    const watches = (this.#watches ??= new Map<string, AbortController>());
    for (const tab of this.#tabs.keys()) this.#watch(tab);
    const end = (complete: boolean): void => {
      if (this.#watches !== watches) return;
      if (complete) onComplete();
      else this.#introduction = setTimeout(onComplete, INTRODUCTION_MS);
    };
    void this.#isComplete(own).then(end, () => end(true));
  }

  /** Waits for no end any more; one that has come is seen through, since who leads now may not know of that tab. */
  unwatch(): void {
    for (const watch of this.#watches?.values() ?? []) watch.abort();
    this.#watches = undefined;
    clearTimeout(this.#introduction);
  }

  /** Waits for nothing any more. */
  close(): void {
    this.unwatch();
    for (const letGo of this.#ending.values()) letGo();
  }

  /** Whether every tab beside `own` that has anything pending has said so. */
  async #isComplete(own: string): Promise<boolean> {
    const { held = [] } = await this.#locks.query();
    const prefix = lockOf(this.#name, '');
    return held.every(({ name = '' }) => {
      const tab = name.startsWith(prefix) ? name.slice(prefix.length) : own;
      return tab === own || this.#tabs.has(tab);
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
