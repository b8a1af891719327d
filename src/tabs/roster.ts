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
  readonly #onDeath: (tab: string) => void;
  readonly #tabs = new Map<string, Map<string, Facts>>();
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  /** Tabs whose lock is waited for; undefined while this tab does not lead. */
  #watches: Map<string, AbortController> | undefined;

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
    const later = (ms: number): void => {
      if (this.#watches === watches) this.#later(ms, onComplete);
    };
    void this.#isComplete(own).then(
      (complete) => later(complete ? 0 : INTRODUCTION_MS),
      () => later(0),
    );
  }

  /** Waits for nothing any more. */
  unwatch(): void {
    for (const watch of this.#watches?.values() ?? []) watch.abort();
    this.#watches = undefined;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
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
    if (watches === undefined || watches.has(tab)) return;
    const watch = new AbortController();
    watches.set(tab, watch);
    const { signal } = watch;
    // Called off, perhaps by its last words: a tab that has nothing left may live, and have something again.
    const onDeath = (): void => (signal.aborted ? undefined : this.#onDeath(tab));
    const onFree = (): void => (signal.aborted ? undefined : this.#later(LAST_WORDS_MS, onDeath));
    // Rejected: called off.
    this.#locks.request(lockOf(this.#name, tab), { signal }, onFree).catch(() => undefined);
  }

  #later(ms: number, act: () => void): void {
    if (ms === 0) return act();
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, ms);
    this.#timers.add(timer);
  }
}

/** The lock that a tab holds while it has anything pending. */
export function lockOf(name: string, tab: string): string {
  return `${name} ${tab}`;
}
