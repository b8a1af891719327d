// Simulates in a separate process, at full speed and in parallel: for the tests and for the defects.

import { spawn } from 'node:child_process';
import type { TallyFacts } from './tally.ts';

const root = new URL('../../', import.meta.url).pathname;

/** The result of `npm run simulate -- --json …`, in the project or in a copy of it. */
export async function simulateInChild(args: readonly string[], cwd: string = root): Promise<TallyFacts> {
  const flags = ['--import', 'tsx', '--conditions=chime-delivery/source', 'test/simulation/main.ts', '--json'];
  const child = spawn(process.execPath, [...flags, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (code !== 0 && code !== 1) throw new Error(`The simulation ended with ${code}: ${errors}`);
  return JSON.parse(out) as TallyFacts;
}
