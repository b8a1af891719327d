/** The cost of sending as many bearers: the time of the loop as a ratio, and the memory of each idle bearer. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { rounded } from '../support/numbers.ts';
import type { Findings } from '../support/section.ts';

const run = promisify(execFile);
const sizes = [2_500, 10_000, 20_000];
const repeats = 3;

interface Figures {
  readonly loopMs: number;
  readonly bytes: number;
}

export async function bearers(): Promise<Findings> {
  const rows: (Figures & { readonly bearers: number })[] = [];
  for (const size of sizes) {
    const figures: Figures[] = [];
    for (let i = 0; i < repeats; i += 1) figures.push(await measure(size));
    const middle = (pick: (figure: Figures) => number): number =>
      figures.map(pick).toSorted((a, b) => a - b)[Math.floor(repeats / 2)] ?? NaN;
    rows.push({ bearers: size, loopMs: middle(({ loopMs }) => loopMs), bytes: middle(({ bytes }) => bytes) });
  }
  const [first] = rows;
  const table = {
    title: `One send for each of many bearers, in one loop; median of ${repeats} runs, each in a separate process`,
    rows: rows.map(({ bearers: count, loopMs, bytes }) => ({
      bearers: count,
      'times as many': rounded(count / (first?.bearers ?? NaN)),
      'times as long': rounded(loopMs / (first?.loopMs ?? NaN)),
      'µs per send': rounded((loopMs * 1_000) / count),
      'bytes per idle bearer': Math.round(bytes),
    })),
  };
  return { tables: [table], figures: rows };
}

async function measure(size: number): Promise<Figures> {
  const file = new URL('measure.ts', import.meta.url).pathname;
  const flags = ['--expose-gc', '--import', 'tsx', '--conditions=chime-delivery/source'];
  const { stdout } = await run(process.execPath, [...flags, file, String(size)]);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Figures;
}
