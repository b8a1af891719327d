// Kills a sending program with SIGKILL at random instants and restarts it, with an emulator that survives. Then it lets
// the program finish, and compares what the programs knew with what the service knows.

import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startChimeEmulator, type ChimeEmulator } from 'chime-delivery/emulator';
import { build } from 'esbuild';

import type { Orders } from './orders.ts';

/** Some sends of the program: so that the kill comes at any moment of one, not just after an output. */
const MORE_MS = 30;

export interface KillOptions {
  readonly times: number;
  /** Each process lasts until up to so many messages were kept, and up to `MORE_MS` longer. */
  readonly mostKept?: number;
  readonly random?: () => number;
  readonly onLife?: (life: number) => void;
}

export interface KillReport {
  readonly lives: number;
  /** Messages whose write the store had acknowledged, or that were restored from it. */
  readonly kept: number;
  /** Restored deliveries, over all processes. */
  readonly restored: number;
  /** Records that were torn, and dropped. */
  readonly torn: number;
  /** Kept, and not at the service. */
  readonly lost: readonly string[];
  /** More than once in the service. */
  readonly duplicated: readonly string[];
  /** In the service, and never kept: it left before it was written. */
  readonly unkept: readonly string[];
  /** Without an outcome, or with a false one, or with two. */
  readonly untrue: readonly string[];
  /** Complaints of the program. */
  readonly errors: readonly string[];
  /** What was left in the store. */
  readonly left: number;
}

interface Told {
  readonly kept: Set<string>;
  readonly ended: Map<string, Set<string>>;
  restored: number;
  torn: number;
  readonly errors: string[];
}

export async function killAgain({
  times,
  mostKept = 20,
  random = Math.random,
  onLife = () => undefined,
}: KillOptions): Promise<KillReport> {
  const directory = await mkdtemp(join(tmpdir(), 'chime-delivery-kill-'));
  const emulator = await startChimeEmulator({
    requestsPerSecond: Infinity,
    channelRequestsPerSecond: { sends: Infinity, lists: Infinity, gets: Infinity },
    flow: ({ content }) => {
      const [outcome, afterMs] = content.split(' ');
      return { outcome: outcome as 'SENT', afterMs: Number(afterMs) };
    },
  });
  const told: Told = { kept: new Set(), ended: new Map(), restored: 0, torn: 0, errors: [] };
  const orders: Orders = {
    url: emulator.url,
    region: emulator.region,
    chimeBearer: emulator.userArn('alice'),
    ChannelArn: emulator.createChannel(),
    base: join(directory, 'store'),
  };
  const children = new Set<Program>();
  try {
    const file = await bundle(directory);
    const start = (): Program => {
      const program = new Program(file, orders, told);
      children.add(program);
      return program;
    };
    let next = start();
    for (let life = 1; life <= times; life += 1) {
      const program = next;
      next = start();
      await program.ready;
      program.say(`send ${life}`);
      await program.kept(Math.floor(random() * mostKept));
      await new Promise((resolve) => setTimeout(resolve, random() * MORE_MS));
      await program.kill();
      onLife(life);
    }
    await next.ready;
    next.say('finish');
    await next.gone;
    const files = (await readdir(orders.base, { recursive: true, withFileTypes: true })).filter((each) =>
      each.isFile(),
    );
    return { lives: times + 1, ...compare(emulator, told), left: files.length };
  } finally {
    for (const child of children) await child.kill();
    await emulator.close();
    await rm(directory, { recursive: true });
  }
}

function compare(
  emulator: ChimeEmulator,
  { kept, ended, restored, torn, errors }: Told,
): Omit<KillReport, 'lives' | 'left'> {
  const truths = new Map<string, string[]>();
  for (const { token, messageId } of emulator.messages) {
    truths.set(token, [...(truths.get(token) ?? []), emulator.truth(messageId) ?? 'nothing']);
  }
  const untrue = [...kept].filter((id) => {
    const outcomes = [...(ended.get(id) ?? [])];
    return outcomes.length !== 1 || outcomes[0] !== truths.get(id)?.[0];
  });
  return {
    kept: kept.size,
    restored,
    torn,
    lost: [...kept].filter((id) => !truths.has(id)),
    duplicated: [...truths].filter(([, of]) => of.length > 1).map(([token]) => token),
    unkept: [...truths.keys()].filter((token) => !kept.has(token)),
    untrue: untrue.map((id) => `${id}: told ${[...(ended.get(id) ?? ['nothing'])].join(', ')}`),
    errors,
  };
}

/** One file, so that it starts fast. */
async function bundle(directory: string): Promise<string> {
  const outfile = join(directory, 'program.cjs');
  await build({
    entryPoints: [join(process.cwd(), 'test/kill/program.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    conditions: ['chime-delivery/source'],
    logLevel: 'error',
  });
  return outfile;
}

class Program {
  readonly #child: ChildProcess;
  readonly ready: Promise<void>;
  readonly gone: Promise<void>;
  #kept = 0;
  #onKept = (): void => undefined;

  constructor(file: string, orders: Orders, told: Told) {
    const child = spawn(process.execPath, ['--no-warnings', file, JSON.stringify(orders)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#child = child;
    let rest = '';
    this.gone = new Promise((resolve) => child.once('close', () => resolve()));
    this.ready = new Promise((resolve, reject) => {
      child.once('close', () => reject(new Error('The program ended before it was ready.')));
      child.stdout?.on('data', (data: Buffer) => {
        const lines = (rest + data.toString()).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) {
          if (line === 'ready') resolve();
          else this.#hear(line, told);
        }
      });
    });
    // A process that is killed before anything waits for it has not failed.
    this.ready.catch(() => undefined);
    child.stdin?.on('error', () => undefined);
  }

  say(command: string): void {
    this.#child.stdin?.write(`${command}\n`);
  }

  /** Resolves when it has reported so many kept messages of its own, or when it has exited. */
  kept(count: number): Promise<void> {
    return new Promise((resolve) => {
      this.#onKept = () => this.#kept >= count && resolve();
      this.#onKept();
      void this.gone.then(resolve);
    });
  }

  #hear(line: string, told: Told): void {
    const before = told.kept.size;
    hear(line, told);
    this.#kept += told.kept.size - before;
    this.#onKept();
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.gone;
  }
}

function hear(line: string, told: Told): void {
  const [word, id = '', status = ''] = line.split(' ');
  if (word === 'kept') told.kept.add(id);
  else if (word === 'ended') told.ended.set(id, (told.ended.get(id) ?? new Set()).add(status));
  else if (word === 'restored') told.restored += Number(id);
  else if (word === 'warn' && line.includes('unreadable')) told.torn += 1;
  else told.errors.push(line);
}
