/** `chime-delivery fleet status`: who holds the shards of a fleet, and what waits. Needs `bullmq` and `ioredis`. */
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { messageOf, runCommand } from './command.ts';
import { statusTable } from './status-table.ts';

export const usage: string = `Usage: chime-delivery fleet status --redis URL [--name NAME] [--watch]

Prints which worker of a fleet holds how many shards, what is pending, and what each group of consumers has to do.

  --redis URL   the Redis of the fleet, such as redis://127.0.0.1:6379
  --name NAME   the name of the fleet (default: default)
  --watch       prints it again every second, until it is interrupted

Exit code: 0 where each shard has a worker, 1 where not, 2 for wrong arguments.`;

const WATCH_MS = 1_000;

/** @returns the exit code */
export function fleetStatus(args: readonly string[]): Promise<number> {
  return runCommand(usage, () => read(args), run);
}

async function run(request: Request): Promise<number> {
  // Only this command needs Redis, and its packages are optional.
  const loaded = await import('../fleet/redis/redis-engine.ts').catch((error: unknown) => error as Error);
  if (loaded instanceof Error) {
    console.error(`The command needs two more packages: npm install bullmq ioredis (${loaded.message.split('\n')[0]})`);
    return 1;
  }
  const { redisEngine } = loaded;
  const engine = redisEngine({ connection: request.redis, name: request.name });
  try {
    for (;;) {
      const inspection = await engine.inspect();
      if (inspection.shards.length === 0) {
        console.error(`No fleet named ${request.name} has ever used this Redis.`);
        return 1;
      }
      if (request.watch && process.stdout.isTTY) console.log('\u001B[2J\u001B[H');
      console.log(statusTable(inspection));
      if (!request.watch) return inspection.shards.every(({ holder }) => holder !== undefined) ? 0 : 1;
      await pause(WATCH_MS);
    }
  } catch (error) {
    console.error(`Redis at ${request.redis} does not answer: ${messageOf(error)}`);
    return 1;
  } finally {
    await engine.close();
  }
}

interface Request {
  readonly redis: string;
  readonly name: string;
  readonly watch: boolean;
  readonly help: boolean;
}

/** What is wanted, or what is wrong with the arguments. */
function read(args: readonly string[]): Request | string {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      redis: { type: 'string' },
      name: { type: 'string', default: 'default' },
      watch: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const { redis = '', name, watch, help } = values;
  if (help) return { redis, name, watch, help };
  if (positionals.join(' ') !== 'fleet status') return `Unknown command: ${positionals.join(' ') || '(none)'}`;
  return redis === '' ? 'Give the Redis of the fleet: --redis URL' : { redis, name, watch, help };
}
