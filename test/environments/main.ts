// `npm run check:environments`: packs the library, and builds and runs a fresh app for each environment. `--quick`: those of the gate.
// Names, or parts of them, choose some.
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';

import { App } from './app.ts';
import { bundlers } from './bundlers.ts';
import type { Environment } from './environment.ts';
import { frameworks } from './frameworks.ts';
import { metro } from './metro.ts';
import { node, runtimes } from './node.ts';
import { react } from './react.ts';
import { testRunners } from './test-runners.ts';
import { typescript } from './typescript.ts';

const run = promisify(execFile);
const all = [...node, ...typescript, ...testRunners, ...react, ...bundlers, ...frameworks, ...runtimes, ...metro];
const AT_ONCE = 2;

const { values, positionals } = parseArgs({
  options: { quick: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const chosen = all.filter(
  ({ name, quick = false }) =>
    (!values.quick || quick) &&
    (positionals.length === 0 || positionals.some((part) => name.toLowerCase().includes(part.toLowerCase()))),
);
if (chosen.length === 0) throw new Error(`Expected a part of ${all.map(({ name }) => name).join('; ')}.`);

const folder = await mkdtemp(join(tmpdir(), 'chime-delivery-packed-'));
const packed = await run('npm', ['pack', '--json', '--pack-destination', folder]);
const [{ filename }] = JSON.parse(packed.stdout.slice(packed.stdout.indexOf('[\n'))) as [{ filename: string }];
const tarball = join(folder, filename);

let failures = 0;
const queue = [...chosen];
await Promise.all(Array.from({ length: AT_ONCE }, work));
await rm(folder, { recursive: true });
console.log(`${chosen.length - failures} of ${chosen.length} environments work.`);
process.exitCode = failures > 0 ? 1 : 0;

async function work(): Promise<void> {
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) await check(next);
}

async function check({ name, packages = [], manifest, check: works }: Environment): Promise<void> {
  const begun = performance.now();
  const say = (word: string): void =>
    console.log(`${word.padEnd(6)} ${name} (${((performance.now() - begun) / 1_000).toFixed(0)} s)`);
  let app: App | undefined;
  try {
    app = await App.create(tarball, packages, manifest);
    await works(app);
    say('ok');
  } catch (error) {
    failures += 1;
    say('failed');
    console.log(messagesOf(error));
  } finally {
    await app?.remove();
  }
}

function messagesOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const inner = error.cause instanceof Error ? `\n${messagesOf(error.cause)}` : '';
  return `${error.message}${inner}`.split('\n').slice(0, 40).join('\n');
}
