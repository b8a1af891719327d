/** What a pending delivery costs: memory, the time to begin tracking, the time per push event; beside its contenders. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { rounded } from '../support/numbers.ts';
import type { Findings } from '../support/section.ts';
import { contenders } from './contenders.ts';

const run = promisify(execFile);
const sizes = [1_000, 10_000, 100_000];
const repeats = 3;

interface Figures {
  readonly bytes: number;
  readonly trackMicros: number;
  readonly pushMicros: number;
}

interface Row extends Figures {
  readonly contender: string;
  readonly pending: number;
}

export async function overhead(): Promise<Findings> {
  const rows: Row[] = [];
  for (const pending of sizes) {
    for (const contender of Object.keys(contenders)) {
      const figures: Figures[] = [];
      for (let i = 0; i < repeats; i += 1) figures.push(await measure(contender, pending));
      rows.push({ contender, pending, ...medianOf(figures) });
    }
  }
  const table = {
    title: `What a pending delivery costs; median of ${repeats} runs, each in a process of its own`,
    rows: rows.map(({ contender, pending, bytes, trackMicros, pushMicros }) => ({
      pending,
      contender,
      'bytes each': Math.round(bytes),
      'µs to track': rounded(trackMicros),
      'µs per push event': rounded(pushMicros),
    })),
  };
  const polls: number[] = [];
  for (let i = 0; i < repeats; i += 1) polls.push((await runAlone<{ pollMicros: number }>('polls.ts')).pollMicros);
  const pollMicros = polls.toSorted((a, b) => a - b)[Math.floor(repeats / 2)] ?? NaN;
  const ofPolls = {
    title: `What a poll costs, with a client that answers at once; median of ${repeats} runs`,
    rows: [{ contender: 'chime-delivery', "µs of the processor's": rounded(pollMicros) }],
  };
  return { tables: [table, ofPolls], figures: { deliveries: rows, pollMicros } };
}

function measure(contender: string, pending: number): Promise<Figures> {
  return runAlone<Figures>('measure.ts', contender, String(pending));
}

/** Runs a program of this folder in a process of its own. */
async function runAlone<T>(program: string, ...args: readonly string[]): Promise<T> {
  const file = new URL(program, import.meta.url).pathname;
  const flags = ['--expose-gc', '--import', 'tsx', '--conditions=chime-delivery/source'];
  const { stdout } = await run(process.execPath, [...flags, file, ...args]);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as T;
}

/** The middle one of each figure: these machines are noisy. */
function medianOf(figures: readonly Figures[]): Figures {
  const middle = (pick: (figure: Figures) => number): number =>
    figures.map(pick).toSorted((a, b) => a - b)[Math.floor(figures.length / 2)] ?? NaN;
  return {
    bytes: middle(({ bytes }) => bytes),
    trackMicros: middle(({ trackMicros }) => trackMicros),
    pushMicros: middle(({ pushMicros }) => pushMicros),
  };
}
