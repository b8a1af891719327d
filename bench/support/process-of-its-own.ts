/** Runs a measurement in a separate process, so that none pays for another's heap and compiled code. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { bundled } from './bundled.ts';

const run = promisify(execFile);

/** The last line of the program's output, which is JSON. The program may call `gc`. */
export async function figuresOf<T>(program: URL, given: readonly string[]): Promise<T> {
  const env = { ...process.env, NODE_ENV: 'production' };
  const { stdout } = await run(process.execPath, ['--expose-gc', await bundled(program), ...given], { env });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as T;
}

/** The median of several runs, by `order`. */
export async function middleOf<T>(
  program: URL,
  given: readonly string[],
  runs: number,
  order: (figures: T) => number,
): Promise<T> {
  const all: T[] = [];
  for (let i = 0; i < runs; i += 1) all.push(await figuresOf<T>(program, given));
  const middle = all.toSorted((a, b) => order(a) - order(b))[Math.floor(runs / 2)];
  if (middle === undefined) throw new Error('Expected at least one run.');
  return middle;
}
