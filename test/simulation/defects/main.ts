// `npm run simulate:defects`: seeds each defect into a copy of `src`, simulates until it is found, and prints a table.

import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { simulateInChild } from '../child.ts';
import type { TallyFacts } from '../tally.ts';
import { defects, type Defect } from './defects.ts';

const usage = `Usage: npm run simulate:defects [-- --runs <n>] [--only <name>]

Seeds each defect of test/simulation/defects/defects.ts into a copy of src, and simulates until it is found.

  --runs <n>     maximum number of worlds for each defect (default: 3000)
  --only <name>  run this defect alone

Exit code: 0 every defect was found, 1 one was not, 2 wrong arguments.`;

const root = new URL('../../../', import.meta.url).pathname;
const request = readArguments(process.argv.slice(2));
if (typeof request === 'string') {
  console.error(`${request}\n\n${usage}`);
  process.exit(2);
}

const rows: object[] = [];
let missed = 0;
for (const defect of request.chosen) {
  const { runs, messages, first } = await simulate(defect, request.runs);
  if (first === undefined) missed += 1;
  const found = first === undefined ? 'NOT FOUND' : first.invariant;
  console.log(`${defect.name}: ${found}, ${runs} worlds, ${messages} messages${first ? `, seed ${first.seed}` : ''}`);
  rows.push({ defect: defect.what, 'broken invariant': found, worlds: runs, messages });
}
console.table(rows);
process.exitCode = missed > 0 ? 1 : 0;

function readArguments(args: string[]): { runs: number; chosen: readonly Defect[] } | string {
  try {
    const { values } = parseArgs({ args, options: { runs: { type: 'string' }, only: { type: 'string' } } });
    const runs = Number(values.runs ?? 3_000);
    if (!Number.isInteger(runs) || runs < 1) return `--runs: expected a whole number, at least 1; got '${values.runs}'`;
    const chosen = defects.filter(({ name }) => values.only === undefined || name === values.only);
    if (chosen.length === 0) return `--only: there is no defect '${values.only}'`;
    return { runs, chosen };
  } catch (error) {
    return String(error instanceof Error ? error.message : error).split(/\.\s/)[0] ?? '';
  }
}

async function simulate(defect: Defect, runs: number): Promise<TallyFacts> {
  const copy = await mkdtemp(join(tmpdir(), 'chime-delivery-defect-'));
  try {
    for (const part of ['src', 'test/simulation', 'test/support', 'package.json', 'tsconfig.json']) {
      await cp(join(root, part), join(copy, part), { recursive: true });
    }
    await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
    await plant(defect, copy);
    return await simulateInChild(['--runs', String(runs)], copy);
  } finally {
    await rm(copy, { recursive: true });
  }
}

async function plant({ name, edits }: Defect, copy: string): Promise<void> {
  for (const { file, find, replace } of edits) {
    const path = join(copy, 'src', file);
    const source = await readFile(path, 'utf8');
    const times = source.split(find).length - 1;
    if (times !== 1)
      throw new Error(`The defect ${name} no longer fits: its text occurs ${times} times in src/${file}.`);
    await writeFile(
      path,
      source.replace(find, () => replace),
    );
  }
}
