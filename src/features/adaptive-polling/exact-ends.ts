/**
 * A cell of age is a sixtieth of the age wide: a second, where a flow takes a minute. A poll of the end of a cell in
 * which messages ended comes as much sooner as all of them did.
 */
import { PARTS } from './age-grid.ts';
import type { Interval } from './observations.ts';

interface Ends {
  readonly first: number;
  readonly last: number;
  readonly count: number;
}

/** The same `polls`, given as edges, in parts of the way from one edge to the next. */
export function refine(looks: Uint16Array, intervals: readonly Interval[]): Uint16Array {
  const cells = new Map<number, Ends>();
  for (const { by, part } of intervals) {
    const { first, last, count } = cells.get(by) ?? { first: part, last: part, count: 0 };
    cells.set(by, { first: Math.min(first, part), last: Math.max(last, part), count: count + 1 });
  }
  return looks.map((look) => {
    const ends = cells.get(look);
    if (ends === undefined) return look * PARTS;
    // The next end may be later than all of them: by the gap that so many leave in what they span, and few span little.
    const { first, last, count } = ends;
    return Math.min(look * PARTS, Math.ceil(last + (last - first + PARTS / count) / count));
  });
}
