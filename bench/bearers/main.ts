/** The cost of sending as many bearers: the time of the loop as a ratio, and the memory of each idle bearer. */
import { rounded } from '../support/numbers.ts';
import { figuresOf } from '../support/process-of-its-own.ts';
import type { Findings } from '../support/section.ts';

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

function measure(size: number): Promise<Figures> {
  return figuresOf(new URL('measure.ts', import.meta.url), [String(size)]);
}
