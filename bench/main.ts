/** Runs the benchmarks and prints their figures as tables; with `--json FILE` also writes them. No test depends on them. */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { overhead } from './overhead/main.ts';

const { values } = parseArgs({ options: { json: { type: 'string' } } });
const rows = await overhead();

console.log(`Overhead of a pending delivery, Node ${process.version}; median of 3 runs, each in a process of its own`);
console.table(
  rows.map(({ contender, pending, bytes, trackMicros, pushMicros }) => ({
    pending,
    contender,
    'bytes each': Math.round(bytes),
    'µs to track': round(trackMicros),
    'µs per push event': round(pushMicros),
  })),
);
if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify({ overhead: rows }, undefined, 2)}\n`);

function round(value: number): number {
  return Number(value.toPrecision(3));
}
