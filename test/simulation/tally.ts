// Adds up many worlds, and formats the sum.

import type { Broken } from './invariants/judge.ts';
import type { Outcome } from './world.ts';

/** A tally as JSON. */
export interface TallyFacts extends Pick<Tally, 'runs' | 'messages' | 'broken' | 'first'> {
  readonly endings: Readonly<Record<string, number>>;
  readonly strikes: Readonly<Record<string, number>>;
}

export class Tally {
  runs = 0;
  messages = 0;
  broken = 0;
  /** The first invariant that was broken, and the seed of its world. */
  first: (Broken & { readonly seed: number }) | undefined;
  readonly endings: Map<string, number> = new Map();
  readonly strikes: Map<string, number> = new Map();

  add({ seed, messages, endings, strikes, broken }: Outcome): void {
    this.runs += 1;
    this.messages += messages;
    if (broken.length > 0) this.broken += 1;
    if (broken[0] !== undefined) this.first ??= { seed, ...broken[0] };
    addAll(this.endings, endings);
    addAll(this.strikes, strikes);
  }

  /** One line, for the progress. */
  progress(seconds: number): string {
    const { runs, messages, broken } = this;
    return `${count(runs)} worlds, ${count(messages)} messages, ${count(messages / seconds)}/s, ${broken} broken`;
  }

  summary(seconds: number): string {
    return [
      `${count(this.runs)} worlds, ${count(this.messages)} messages in ${seconds.toFixed(1)} s (${count(this.messages / seconds)}/s)`,
      `outcomes: ${listed(this.endings)}`,
      `faults: ${listed(this.strikes)}`,
      `worlds with a broken invariant: ${this.broken}`,
    ].join('\n');
  }

  toJSON(): TallyFacts {
    const { runs, messages, broken, first, endings, strikes } = this;
    return {
      runs,
      messages,
      broken,
      first,
      endings: Object.fromEntries(endings),
      strikes: Object.fromEntries(strikes),
    };
  }
}

function addAll(to: Map<string, number>, from: ReadonlyMap<string, number>): void {
  for (const [key, value] of from) to.set(key, (to.get(key) ?? 0) + value);
}

function listed(counts: ReadonlyMap<string, number>): string {
  const sorted = [...counts].sort(([a], [b]) => a.localeCompare(b));
  return sorted.map(([key, value]) => `${key} ${count(value)}`).join(', ');
}

function count(value: number): string {
  return Math.round(value).toLocaleString('en').replaceAll(',', ' ');
}
