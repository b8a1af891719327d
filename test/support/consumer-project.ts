/**
 * A fresh project that has installed the packed package: the tarball as npm would publish it, and beside it only the
 * dependencies and peers that package.json declares, so that an undeclared import fails here as it would for a user.
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = process.cwd();

export interface ConsumerProject {
  readonly directory: string;
  write(file: string, content: string): Promise<void>;
  /** Runs node in the project and returns what it printed. Rejects, with its output, unless it exits with 0. */
  node(...args: string[]): Promise<string>;
  remove(): Promise<void>;
}

export async function createConsumerProject(): Promise<ConsumerProject> {
  const directory = await mkdtemp(join(tmpdir(), 'chime-delivery-consumer-'));
  await run(process.execPath, [join(root, 'node_modules/tsdown/dist/run.mjs'), '--logLevel', 'error'], { cwd: root });
  const packed = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', directory], {
    cwd: root,
  });
  const [{ filename }] = JSON.parse(packed.stdout) as [{ filename: string }];
  const home = join(directory, 'node_modules/chime-delivery');
  await mkdir(home, { recursive: true });
  await run('tar', ['-xzf', join(directory, filename), '-C', home, '--strip-components=1']);
  const manifest = JSON.parse(await readFile(join(home, 'package.json'), 'utf8')) as Record<string, object | undefined>;
  // What an app provides itself, for the optional parts.
  const apps = { 'react-dom': '' };
  for (const name of Object.keys({
    ...manifest['dependencies'],
    ...manifest['optionalDependencies'],
    ...manifest['peerDependencies'],
    ...apps,
  })) {
    await link(join(directory, 'node_modules', name), name);
  }
  return {
    directory,
    write: (file, content) => writeFile(join(directory, file), content),
    node: async (...args) => {
      const env = { ...process.env, NODE_OPTIONS: '' };
      const ran = await run(process.execPath, args, { cwd: directory, env }).catch(
        (error: Error & { stdout?: string }) => {
          throw new Error(`${error.message}\n${error.stdout}`, { cause: error });
        },
      );
      return ran.stdout;
    },
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

async function link(path: string, name: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await symlink(join(root, 'node_modules', name), path);
}
