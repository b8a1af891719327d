// The seed of the fresh cases: other ones for each commit, and the same ones for each run of a commit, so that a case
// that fails once fails again. `FRESH_SEED=<a number>` gives others.

import { execFileSync } from 'node:child_process';

function seedOfCommit(): number {
  const tree = execFileSync('git', ['rev-parse', 'HEAD^{tree}'], { cwd: import.meta.dirname, encoding: 'utf8' });
  return Number.parseInt(tree.slice(0, 7), 16);
}

const wanted = process.env['FRESH_SEED'];

/** From 0 to 2 ** 28. */
export const freshSeed: number = wanted === undefined ? seedOfCommit() : Number(wanted) % 2 ** 28;
