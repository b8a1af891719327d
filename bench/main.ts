/**
 * Runs all benchmarks, or the named ones, and prints their figures as tables. `--json FILE` writes all measurements,
 * `--svg DIR` draws them, `--verbose` prints more. No test depends on them.
 */
import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { bearers } from './bearers/main.ts';
import { bundle } from './bundle/main.ts';
import { failingStore } from './failing-store/main.ts';
import { fleet } from './fleet/main.ts';
import { herd } from './herd/main.ts';
import { hidden } from './hidden/main.ts';
import { outage } from './outage/main.ts';
import { overhead } from './overhead/main.ts';
import { pending } from './pending/main.ts';
import { plans } from './plans/main.ts';
import { pressure } from './pressure/main.ts';
import { react } from './react/main.ts';
import { resume } from './resume/main.ts';
import { schedule } from './schedule/main.ts';
import { snapshots } from './snapshots/main.ts';
import { draw } from './support/draw.ts';
import { textOf } from './support/print.ts';
import type { Section } from './support/section.ts';

const sections: Readonly<Record<string, Section>> = {
  overhead,
  bearers,
  schedule,
  plans,
  outage,
  pending,
  hidden,
  herd,
  pressure,
  resume,
  'failing-store': failingStore,
  snapshots,
  fleet,
  react,
  bundle,
};

const { values, positionals } = parseArgs({
  options: { json: { type: 'string' }, svg: { type: 'string' }, verbose: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const names = positionals.length > 0 ? positionals : Object.keys(sections);
const unknown = names.find((name) => sections[name] === undefined);
if (unknown !== undefined) throw new Error(`Expected sections of ${Object.keys(sections).join(', ')}; got ${unknown}.`);

console.log(`Node ${process.version}, ${cpus().length} cores`);
const figures: Record<string, unknown> = { node: process.version };
for (const name of names) {
  const results = await sections[name]?.({ verbose: values.verbose });
  if (results === undefined) continue;
  for (const table of results.tables) console.log(textOf(table));
  figures[name] = results.figures;
  for (const picture of values.svg === undefined ? [] : (results.pictures ?? [])) {
    console.log(`drawn: ${await draw(picture, values.svg ?? '')}`);
  }
}
if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(figures, undefined, 2)}\n`);
