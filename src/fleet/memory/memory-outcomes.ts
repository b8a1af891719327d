/** The outcomes and their groups of consumers, in memory. */
import type { DeadLetter, FleetOutcomes, GroupInspection, OutcomeEntry } from '../engine.ts';
import { Waiters } from './waiters.ts';

/** Outcomes that are kept for groups that have not taken them; the oldest are dropped first. */
const MAX_OUTCOMES = 100_000;

interface Taken {
  readonly entry: OutcomeEntry;
  touchedAt: number;
}

interface Group {
  /** The number of the next outcome for it. */
  next: number;
  readonly taken: Map<string, Taken>;
  readonly again: OutcomeEntry[];
  readonly dead: Map<string, DeadLetter>;
}

export class MemoryOutcomes implements FleetOutcomes {
  readonly #log: string[] = [];
  /** The number of the first outcome in the log. */
  #first = 0;
  readonly #groups = new Map<string, Group>();
  readonly #waiters = new Waiters();

  push(outcome: string): void {
    this.#log.push(outcome);
    this.#drop();
    this.#waiters.wake();
  }

  join(group: string): Promise<void> {
    this.#group(group);
    return Promise.resolve();
  }

  async take(
    name: string,
    _consumer: string,
    { count, visibilityMs, signal }: { count: number; visibilityMs: number; signal: AbortSignal },
  ): Promise<readonly OutcomeEntry[]> {
    const group = this.#group(name);
    let entries = this.#next(group, count, visibilityMs);
    if (entries.length === 0) {
      await this.#waiters.wait(signal, Math.min(visibilityMs, 5_000));
      if (signal.aborted) return [];
      entries = this.#next(group, count, visibilityMs);
    }
    for (const entry of entries) group.taken.set(entry.key, { entry, touchedAt: Date.now() });
    return entries;
  }

  touch(name: string, _consumer: string, keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      const taken = this.#group(name).taken.get(key);
      if (taken !== undefined) taken.touchedAt = Date.now();
    }
    return Promise.resolve();
  }

  done(name: string, keys: readonly string[]): Promise<void> {
    for (const key of keys) this.#group(name).taken.delete(key);
    this.#drop();
    return Promise.resolve();
  }

  bury(name: string, { key, outcome }: OutcomeEntry, error: string): Promise<void> {
    const { taken, dead } = this.#group(name);
    if (taken.delete(key)) dead.set(key, { key, outcome, error, at: Date.now() });
    return Promise.resolve();
  }

  dead(name: string, count: number): Promise<readonly DeadLetter[]> {
    return Promise.resolve([...this.#group(name).dead.values()].slice(0, count));
  }

  replay(name: string, keys: readonly string[] | 'all'): Promise<number> {
    const { dead, again } = this.#group(name);
    const replayed = [...dead.values()].filter(({ key }) => keys === 'all' || keys.includes(key));
    for (const { key, outcome } of replayed) {
      dead.delete(key);
      again.push({ key, outcome, deliveries: 1 });
    }
    this.#waiters.wake();
    return Promise.resolve(replayed.length);
  }

  inspect(): readonly GroupInspection[] {
    return [...this.#groups].map(([group, { next, taken, again, dead }]) => ({
      group,
      backlog: this.#first + this.#log.length - Math.max(next, this.#first) + taken.size + again.length,
      deadLetters: dead.size,
    }));
  }

  #next(group: Group, count: number, visibilityMs: number): OutcomeEntry[] {
    const now = Date.now();
    const abandoned = [...group.taken.values()]
      .filter(({ touchedAt }) => now - touchedAt >= visibilityMs)
      .map(({ entry }) => ({ ...entry, deliveries: entry.deliveries + 1 }));
    const entries = abandoned.slice(0, count);
    entries.push(...group.again.splice(0, count - entries.length));
    group.next = Math.max(group.next, this.#first);
    while (entries.length < count && group.next < this.#first + this.#log.length) {
      const outcome = this.#log[group.next - this.#first] ?? '';
      entries.push({ key: String(group.next), outcome, deliveries: 1 });
      group.next += 1;
    }
    return entries;
  }

  #group(name: string): Group {
    let group = this.#groups.get(name);
    if (group === undefined)
      this.#groups.set(name, (group = { next: this.#first, taken: new Map(), again: [], dead: new Map() }));
    return group;
  }

  /** Drops what every group has taken, or what is too much. */
  #drop(): void {
    const positions = [...this.#groups.values()].map(({ next }) => next);
    const taken = positions.length === 0 ? 0 : Math.min(...positions) - this.#first;
    const surplus = Math.max(taken, this.#log.length - MAX_OUTCOMES);
    if (surplus <= 0) return;
    this.#log.splice(0, surplus);
    this.#first += surplus;
  }
}
