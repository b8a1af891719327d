/** `chime-delivery fleet`: the commands for a fleet on Redis. */
import { parseArgs } from 'node:util';
import { fleetOptions } from './fleet-engine.ts';
import { fleetExplain, usage as explainUsage } from './fleet-explain.ts';
import { fleetStatus, usage as statusUsage } from './fleet-status.ts';

export const usage: string = `${statusUsage}\n\n${explainUsage}`;

/** @returns the exit code */
export function fleet(args: readonly string[]): Promise<number> {
  // The commands check the options themselves. Here the value of an option must not be taken for a command.
  const { values, positionals } = parseArgs({
    args: [...args],
    options: fleetOptions,
    allowPositionals: true,
    strict: false,
  });
  if (positionals[1] === 'status') return fleetStatus(args);
  if (positionals[1] === 'explain') return fleetExplain(args);
  if (values['help'] === true) console.log(usage);
  else console.error(`Unknown command: ${args.join(' ')}\n\n${usage}`);
  return Promise.resolve(values['help'] === true ? 0 : 2);
}
