// How a property is fuzzed: cases that are the same each time, five thousand in the whole search, and some that are new in
// each commit. When a case fails, fast-check prints its seed and path: put them into `fc.assert` to repeat it.

import { freshSeed } from '../support/fresh-seed.ts';
import { searchSize } from '../support/search-size.ts';

const CASES = searchSize({ part: 600, whole: 5_000 });
const NEW_CASES = searchSize({ part: 100, whole: 1_000 });

export type Cases = readonly [
  name: string,
  parameters: { readonly seed: number; readonly numRuns: number; readonly isFresh: boolean },
];

/** For `it.each`: `perRun` cases are in each run of the property. */
export function cases(perRun = 1): Cases[] {
  const known = { seed: 20_260_101, numRuns: Math.ceil(CASES / perRun), isFresh: false };
  const fresh = { seed: freshSeed, numRuns: Math.ceil(NEW_CASES / perRun), isFresh: true };
  return [
    [`in ${known.numRuns * perRun} cases`, known],
    [`in ${fresh.numRuns * perRun} new cases`, fresh],
  ];
}

/** How often each thing came up: a fuzz test that never meets its subject proves nothing. */
export class Tally {
  readonly #counts = new Map<string, number>();
  readonly #parameters: Cases[1];

  constructor(parameters: Cases[1]) {
    this.#parameters = parameters;
  }

  count(thing: string): void {
    this.#counts.set(thing, (this.#counts.get(thing) ?? 0) + 1);
  }

  /** The `things` that came up less than once in `runs`. New cases are random, and so is a part of a search. */
  rarerThan(runs: number, ...things: string[]): string[] {
    const { isFresh, numRuns } = this.#parameters;
    if (isFresh) return [];
    return searchSize({ part: [], whole: things }).filter((thing) => (this.#counts.get(thing) ?? 0) * runs < numRuns);
  }
}
