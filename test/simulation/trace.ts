// The events in a world, line by line, for a reader and for the proof that a seed replays exactly. Random ids of the
// library or the service (request tokens) are named in the order in which they appear.

import type { Machine } from './clock.ts';

export interface Trace {
  /** One line: what happened, where. `say` is called only if there is a reader. */
  note(where: Machine | string, say: () => string): void;
  /** A short name for an id: 't1', 't2', … */
  name(kind: string, id: string | undefined): string;
}

export const noTrace: Trace = { note: () => undefined, name: () => '' };

export class LineTrace implements Trace {
  readonly #now: () => number;
  readonly #write: (line: string) => void;
  readonly #names = new Map<string, string>();
  readonly #counts = new Map<string, number>();

  constructor(now: () => number, write: (line: string) => void) {
    this.#now = now;
    this.#write = write;
  }

  note(where: Machine | string, say: () => string): void {
    const place = typeof where === 'string' ? where : where.name;
    this.#write(`${(this.#now() / 1_000).toFixed(3).padStart(11)}  ${place.padEnd(10)} ${say()}`);
  }

  name(kind: string, id: string | undefined): string {
    if (id === undefined) return 'none';
    const known = this.#names.get(id);
    if (known !== undefined) return known;
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    const name = `${kind}${count}`;
    this.#names.set(id, name);
    return name;
  }
}
