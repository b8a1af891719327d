/** `chime-delivery fleet explain`: where one delivery of a fleet is, and why it has no outcome yet. */
import { parseArgs } from 'node:util';
import type { FleetEngine } from '../fleet/engine.ts';
import { decodeOutcome } from '../fleet/outcome.ts';
import { decodeRecord } from '../fleet/record.ts';
import { runCommand } from './command.ts';
import { explanationOf, type FoundDelivery } from './explanation-text.ts';
import { fleetOptions, withEngine, type FleetAddress } from './fleet-engine.ts';

export const usage: string = `Usage: chime-delivery fleet explain ID --redis URL [--name NAME]

Prints where the delivery with this id is: who holds it, since when, and why it has no outcome yet; or its outcome, while that is kept.

  --redis URL   the Redis of the fleet, such as redis://127.0.0.1:6379
  --name NAME   the name of the fleet (default: default)

Exit code: 0 where the delivery is known, 1 where not, 2 for wrong arguments.`;

/** @returns the exit code */
export function fleetExplain(args: readonly string[]): Promise<number> {
  return runCommand(usage, () => read(args), run);
}

function run({ id, ...address }: Request): Promise<number> {
  return withEngine(address, async (engine, { at, shards }) => {
    // The shard follows from the bearer, which is not known here.
    const found = await Promise.all(shards.map(({ shard }) => find(engine, shard, id)));
    const index = found.findIndex((one) => one !== undefined);
    const [delivery, shard] = [found[index], shards[index]];
    if (delivery === undefined || shard === undefined) {
      console.error(
        `The fleet does not know a delivery with the id ${id}. An outcome is kept for \`keepSettledMs\` only.`,
      );
      return 1;
    }
    console.log(explanationOf(id, delivery, shard, at));
    return 0;
  });
}

async function find(engine: FleetEngine, shard: number, id: string): Promise<FoundDelivery | undefined> {
  const { record, outcome } = await engine.records.get(shard, id);
  if (record !== undefined) return { record: decodeRecord(record, id) ?? 'of another version' };
  const state = outcome === undefined ? undefined : decodeOutcome(outcome);
  return state && { outcome: state };
}

interface Request extends FleetAddress {
  readonly id: string;
  readonly help: boolean;
}

/** What is wanted, or what is wrong with the arguments. */
function read(args: readonly string[]): Request | string {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: fleetOptions });
  const { redis = '', name, help } = values;
  const [, , id = '', more] = positionals;
  if (help) return { redis, name, id, help };
  if (id === '') return 'Give the id of the delivery: fleet explain ID';
  if (more !== undefined) return `Unexpected argument: ${more}`;
  return redis === '' ? 'Give the Redis of the fleet: --redis URL' : { redis, name, id, help };
}
