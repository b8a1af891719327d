/**
 * Bundles a program that is measured in a process of its own, with this library's sources. Run by tsx, each function would be
 * given its name again whenever it is made, which no app pays for.
 */
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));
const files = new Map<string, Promise<string>>();

/** The file to run. Packages are not part of it. */
export function bundled(program: URL): Promise<string> {
  const source = fileURLToPath(program);
  const known = files.get(source);
  if (known !== undefined) return known;
  const file = bundle(source, join(root, 'node_modules/.cache/bench', `${basename(source)}-${files.size}.mjs`));
  files.set(source, file);
  return file;
}

async function bundle(source: string, outfile: string): Promise<string> {
  await build({
    entryPoints: [source],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'es2022',
    packages: 'external',
    jsx: 'automatic',
    alias: aliases,
    logLevel: 'error',
  });
  return outfile;
}

/** The library's entries are its sources, though packages stay outside. */
const aliases = {
  'chime-delivery/react': join(root, 'src/react/index.ts'),
  'chime-delivery/core': join(root, 'src/core.ts'),
  'chime-delivery/fleet/redis': join(root, 'src/fleet/redis/index.ts'),
  'chime-delivery/fleet': join(root, 'src/fleet/index.ts'),
  'chime-delivery/emulator': join(root, 'src/emulator/index.ts'),
  'chime-delivery': join(root, 'src/index.ts'),
};
