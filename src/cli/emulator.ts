/** `chime-delivery emulator`: a local Amazon Chime SDK messaging service for programs in any language. */
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { messageOf, runCommand } from './command.ts';
import { startControlServer } from '../emulator/control/control-server.ts';
import type { RequestRecord } from '../emulator/request-log.ts';
import { startChimeEmulator } from '../emulator/start-emulator.ts';
import { applySeed, parseSeed, type Seed } from './emulator-seed.ts';

export const usage: string = `Usage: chime-delivery emulator [--port 8040] [--control-port 8041] [--host 127.0.0.1] [--region us-east-1]
                               [--seed FILE] [--cert FILE --key FILE] [--quiet]

Runs a local Amazon Chime SDK messaging service until it is interrupted, and prints a line for each request.

  --port, --control-port   0: any free port
  --seed FILE              JSON: { "settings", "flow", "channels", "faults" }, see the documentation of the emulator
  --cert, --key            a certificate and its key in PEM: https and wss
  --quiet                  no line for a request

The control port takes faults and settings over HTTP: GET / lists what there is.
Exit code: 0 after an interrupt, 1 where it cannot start, 2 for wrong arguments.`;

interface Request {
  readonly port: number;
  readonly controlPort: number;
  readonly host: string;
  readonly region: string;
  readonly seed: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
  readonly quiet: boolean;
  readonly help: boolean;
}

/** @returns the exit code */
export function emulator(args: readonly string[]): Promise<number> {
  return runCommand(usage, () => read(args), run);
}

async function run(request: Request): Promise<number> {
  try {
    await serve(request);
    return 0;
  } catch (error) {
    console.error(messageOf(error));
    return 1;
  }
}

async function serve({ port, controlPort, host, region, seed, cert, key, quiet }: Request): Promise<void> {
  const given: Seed = seed === undefined ? {} : parseSeed(await readFile(seed, 'utf8'));
  const tls =
    cert === undefined || key === undefined
      ? undefined
      : { cert: await readFile(cert, 'utf8'), key: await readFile(key, 'utf8') };
  const onRequest = quiet ? undefined : (record: RequestRecord) => console.log(lineOf(record));
  const running = await startChimeEmulator({ host, port, region, tls, onRequest });
  const channels = applySeed(running, given);
  const control = await startControlServer(running, { host, port: controlPort });
  console.log(`Amazon Chime SDK messaging at ${running.url} (region ${region}), control at ${control.url}`);
  for (const { name, arn } of channels) console.log(`channel ${name}: ${arn}`);
  await interrupted();
  await control.close();
  await running.close();
}

/** Resolves at SIGINT or SIGTERM. */
function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}

function lineOf({ at, operation, status, bearer, messageId, error, fault }: RequestRecord): string {
  const time = new Date(at).toISOString().slice(11, 23);
  const who = bearer === '' ? '-' : bearer.slice(bearer.lastIndexOf('/') + 1);
  const more = [messageId, error, fault === undefined ? undefined : `fault: ${fault}`].filter(
    (one) => one !== undefined,
  );
  return [time, status === 0 ? '---' : String(status), operation, who, ...more].join('  ');
}

function read(args: readonly string[]): Request | string {
  const { values } = parseArgs({
    args: args.slice(1),
    options: {
      port: { type: 'string', default: '8040' },
      'control-port': { type: 'string' },
      host: { type: 'string', default: '127.0.0.1' },
      region: { type: 'string', default: 'us-east-1' },
      seed: { type: 'string' },
      cert: { type: 'string' },
      key: { type: 'string' },
      quiet: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const port = Number(values.port);
  const controlPort = Number(values['control-port'] ?? (port === 0 ? 0 : port + 1));
  for (const [name, value] of Object.entries({ port, 'control-port': controlPort }))
    if (!Number.isInteger(value) || value < 0 || value > 65_535) return `Expected --${name} to be a port, 0 to 65535.`;
  if ((values.cert === undefined) !== (values.key === undefined)) return 'Give both --cert and --key.';
  const { host, region, seed, cert, key, quiet, help } = values;
  return { port, controlPort, host, region, seed, cert, key, quiet, help };
}
