// A fresh app in an empty folder, with the packed library and the packages that it names, installed by npm as a user would.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const SDK = '@aws-sdk/client-chime-sdk-messaging@3.1142.0';
/** The longest that one command may take, in milliseconds. */
const TIMEOUT_MS = 10 * 60_000;

export class App {
  readonly directory: string;

  private constructor(directory: string) {
    this.directory = directory;
  }

  static async create(tarball: string, packages: readonly string[], manifest: object = {}): Promise<App> {
    const app = new App(await mkdtemp(join(tmpdir(), 'chime-delivery-environment-')));
    await app.write('package.json', JSON.stringify({ name: 'app', private: true, ...manifest }));
    const quiet = ['--no-audit', '--no-fund', '--loglevel', 'error'];
    await app.run('npm', ['install', ...quiet, tarball, SDK, ...packages]);
    return app;
  }

  async write(file: string, content: string): Promise<void> {
    const path = join(this.directory, file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }

  /** Runs a command in the folder and returns what it printed. Rejects with that, unless it exits with 0. */
  async run(command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
    const options = {
      cwd: this.directory,
      env: { ...process.env, NODE_OPTIONS: '', NO_COLOR: '1', FORCE_COLOR: '0', CI: '1', ...env },
      maxBuffer: 64 * 1024 * 1024,
      timeout: TIMEOUT_MS,
    };
    try {
      const { stdout } = await run(command, [...args], options);
      return stdout;
    } catch (error) {
      const { stdout = '', stderr = '', message } = error as { stdout?: string; stderr?: string; message: string };
      throw new Error(`${message.split('\n')[0]}\n${stdout}\n${stderr}`, { cause: error });
    }
  }

  /** Runs a program of an installed package. */
  bin(name: string, ...args: readonly string[]): Promise<string> {
    return this.run(join(this.directory, 'node_modules/.bin', name), args);
  }

  remove(): Promise<void> {
    return rm(this.directory, { recursive: true, force: true });
  }
}

/** Fails unless a program has printed this line. */
export function expectLine(output: string, line: string): void {
  if (!output.split('\n').some((each) => each.trim() === line))
    throw new Error(`Expected the line "${line}" in its output, got:\n${output}`);
}
