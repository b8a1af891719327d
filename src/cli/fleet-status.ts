/** `chime-delivery fleet status`: who holds the shards of a fleet, and what waits. */
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { runCommand } from './command.ts';
import { fleetOptions, withEngine, type FleetAddress } from './fleet-engine.ts';
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

function run({ watch, ...address }: Request): Promise<number> {
  return withEngine(address, async (engine, first) => {
    let inspection = first;
    for (;;) {
      if (watch && process.stdout.isTTY) console.log('\u001B[2J\u001B[H');
      console.log(statusTable(inspection));
      if (!watch) return inspection.shards.every(({ holder }) => holder !== undefined) ? 0 : 1;
      await pause(WATCH_MS);
      inspection = await engine.inspect();
    }
  });
}

interface Request extends FleetAddress {
  readonly watch: boolean;
  readonly help: boolean;
}

/** What is wanted, or what is wrong with the arguments. */
function read(args: readonly string[]): Request | string {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { ...fleetOptions, watch: { type: 'boolean', default: false } },
  });
  const { redis = '', name, watch, help } = values;
  if (help) return { redis, name, watch, help };
  if (positionals.length > 2) return `Unexpected argument: ${positionals[2]}`;
  return redis === '' ? 'Give the Redis of the fleet: --redis URL' : { redis, name, watch, help };
}
