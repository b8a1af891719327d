#!/usr/bin/env node
/** The command `chime-delivery`. */
import { emulator, usage as emulatorUsage } from './emulator.ts';
import { fleet, usage as fleetUsage } from './fleet.ts';
import { probe, usage as probeUsage } from './probe.ts';

const commands = { fleet, emulator, probe } as const;

const usage = `${fleetUsage}

${emulatorUsage}

${probeUsage}`;

process.exitCode = await run(process.argv.slice(2));

async function run(args: readonly string[]): Promise<number> {
  const [name = ''] = args;
  if (name === '--help' || name === '-h') {
    console.log(usage);
    return 0;
  }
  const command = Object.entries(commands).find(([known]) => known === name)?.[1];
  if (command !== undefined) return command(args);
  console.error(`Unknown command: ${name === '' ? '(none)' : name}\n\n${usage}`);
  return 2;
}
