// One worker process, as the parent sees it.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export class WorkerProcess {
  readonly name: string;
  /** Resolves when it takes part in the fleet. */
  readonly ready: Promise<void>;
  readonly #child: ChildProcess;

  constructor(name: string, redis: string, endpoint: string) {
    this.name = name;
    const file = fileURLToPath(new URL('worker.ts', import.meta.url));
    const program = ['--import', 'tsx', '--conditions=chime-delivery/source', file, redis, endpoint, name];
    const child = spawn(process.execPath, program, { stdio: ['ignore', 'pipe', 'ignore'] });
    this.#child = child;
    const said = once(createInterface(child.stdout), 'line').then(() => undefined);
    const ended = once(child, 'exit').then(() => Promise.reject(new Error(`${name} has ended`)));
    ended.catch(() => undefined);
    this.ready = Promise.race([said, ended]);
  }

  async kill(signal: NodeJS.Signals): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill(signal);
    await ended;
  }
}
