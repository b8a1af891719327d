/** Starts workers as processes, and asks them for their numbers. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { bundled } from '../support/bundled.ts';
import type { WorkerOrders, WorkerReport } from './worker.ts';

export class Worker {
  readonly #process: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#process = child;
  }

  /** Resolves once it is in the fleet. */
  static async start(orders: WorkerOrders): Promise<Worker> {
    const program = await bundled(new URL('worker.ts', import.meta.url));
    const child = fork(program, [JSON.stringify(orders)], { execArgv: [] });
    await once(child, 'message');
    return new Worker(child);
  }

  async report(): Promise<WorkerReport> {
    const answer = once(this.#process, 'message');
    this.#process.send('report');
    const [report] = (await answer) as [WorkerReport];
    return report;
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const ended = once(this.#process, 'exit');
    this.#process.kill(signal);
    await ended;
  }
}

/** Asks again and again until it is so. Returns the milliseconds. */
export async function until(isSo: () => Promise<boolean>): Promise<number> {
  const begun = performance.now();
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 20));
  return performance.now() - begun;
}
