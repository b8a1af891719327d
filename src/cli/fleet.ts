/** `chime-delivery fleet`: the commands for a fleet on Redis. */
import { fleetExplain, usage as explainUsage } from './fleet-explain.ts';
import { fleetStatus, usage as statusUsage } from './fleet-status.ts';

export const usage: string = `${statusUsage}\n\n${explainUsage}`;

/** @returns the exit code */
export function fleet(args: readonly string[]): Promise<number> {
  const [, ...rest] = args;
  const wanted = rest.find((arg) => arg === 'status' || arg === 'explain');
  if (wanted === 'status') return fleetStatus(args);
  if (wanted === 'explain') return fleetExplain(args);
  if (rest.includes('--help') || rest.includes('-h')) console.log(usage);
  else console.error(`Unknown command: ${args.join(' ')}\n\n${usage}`);
  return Promise.resolve(rest.includes('--help') || rest.includes('-h') ? 0 : 2);
}
