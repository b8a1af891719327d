/** `chime-delivery probe`: what AWS does not publish, found out on the user's own account. */
import { writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { runCommand } from './command.ts';
import { optionsFor, tableOf } from './probe/findings.ts';
import { Probe } from './probe/probe.ts';
import { RecordingHandler } from './probe/recording-handler.ts';

export const usage: string = `Usage: chime-delivery probe --channel ARN --bearer ARN [--deny-content TEXT] [--region us-east-1]
                          [--wait SECONDS] [--json FILE] [--endpoint URL] [--yes]

Sends some messages to a channel of your account, reads and edits them, and prints what the service does where AWS does not say it:
the status of a denied message, read lag, request tokens, edits, messages that are not persistent, headers for pages. It sends at most
one request a second, and removes its messages. It uses the credentials of the SDK's default chain.

  --deny-content TEXT   a content that your channel flow denies
  --wait SECONDS        how long the flow may take (default: 60)
  --json FILE           writes the settings for the emulator: the "settings" of its seed
  --yes                 does not ask before it sends

Exit code: 0 where all was asked, 1 where the service refused, 2 for wrong arguments.`;

const PACE_MS = 1_000;

interface Request {
  readonly channel: string;
  readonly bearer: string;
  readonly denyContent: string | undefined;
  readonly region: string;
  readonly endpoint: string | undefined;
  readonly waitMs: number;
  readonly json: string | undefined;
  readonly yes: boolean;
  readonly help: boolean;
}

/** @returns the exit code */
export function probe(args: readonly string[]): Promise<number> {
  return runCommand(usage, () => read(args), run);
}

async function run(request: Request): Promise<number> {
  if (!request.yes && !(await isConfirmed(request))) return 2;
  // Only this command needs the SDK.
  const sdk = await import('@aws-sdk/client-chime-sdk-messaging');
  const handler = new RecordingHandler();
  const { region, endpoint } = request;
  const client = new sdk.ChimeSDKMessagingClient({
    region,
    maxAttempts: 1,
    requestHandler: handler as never,
    ...(endpoint === undefined ? {} : { endpoint, credentials: { accessKeyId: 'local', secretAccessKey: 'local' } }),
  });
  try {
    const { found, findings } = await new Probe({
      sdk,
      client,
      handler,
      channelArn: request.channel,
      chimeBearer: request.bearer,
      denyContent: request.denyContent,
      waitMs: request.waitMs,
      // An emulator has no quota that matters.
      paceMs: endpoint === undefined ? PACE_MS : 20,
      onStep: (step) => console.error(`… ${step}`),
    }).run();
    console.log(tableOf(findings));
    const options = optionsFor(found);
    if (options.length > 0) console.log(`\nOptions of the tracker:\n${tableOf(options)}`);
    console.log(`\nSettings of the emulator:\n${JSON.stringify(found, undefined, 2)}`);
    if (request.json !== undefined)
      await writeFile(request.json, `${JSON.stringify({ settings: found }, undefined, 2)}\n`);
    return 0;
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    console.error(`The service refused: ${name}: ${message}`);
    return 1;
  } finally {
    client.destroy();
  }
}

async function isConfirmed({ channel, bearer }: Request): Promise<boolean> {
  if (!process.stdin.isTTY) {
    console.error('The probe sends messages. Give --yes where there is no terminal to ask.');
    return false;
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(`Send some messages to ${channel} as ${bearer}? All members see them. (y/N) `);
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}

function read(args: readonly string[]): Request | string {
  const { values } = parseArgs({
    args: args.slice(1),
    options: {
      channel: { type: 'string' },
      bearer: { type: 'string' },
      'deny-content': { type: 'string' },
      region: { type: 'string', default: 'us-east-1' },
      endpoint: { type: 'string' },
      wait: { type: 'string', default: '60' },
      json: { type: 'string' },
      yes: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const { channel = '', bearer = '', region, endpoint, json, yes, help } = values;
  const waitMs = Number(values.wait) * 1_000;
  if (!help && !channel.includes('/channel/')) return 'Give the channel: --channel ARN';
  if (!help && !/\/(user|bot)\//.test(bearer)) return 'Give the user or bot that sends: --bearer ARN';
  if (!(waitMs > 0)) return 'Expected --wait to be seconds above 0.';
  return { channel, bearer, denyContent: values['deny-content'], region, endpoint, waitMs, json, yes, help };
}
