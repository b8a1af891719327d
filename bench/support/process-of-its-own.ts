/** Runs a measurement in a separate process, so that none pays for another's heap and compiled code. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The last line of its output, which is JSON; the median of several runs, by `order`. */
export async function middleOf<T>(
  file: URL,
  given: readonly string[],
  runs: number,
  order: (figures: T) => number,
): Promise<T> {
  const flags = ['--import', 'tsx', '--conditions=chime-delivery/source'];
  const all: T[] = [];
  for (let i = 0; i < runs; i += 1) {
    const env = { ...process.env, NODE_ENV: 'production' };
    const { stdout } = await run(process.execPath, [...flags, file.pathname, ...given], { env });
    all.push(JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as T);
  }
  const middle = all.toSorted((a, b) => order(a) - order(b))[Math.floor(runs / 2)];
  if (middle === undefined) throw new Error('Expected at least one run.');
  return middle;
}
