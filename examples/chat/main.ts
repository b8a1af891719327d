// A chat of two users on a local emulator, with a panel that breaks things: `npm run chat`, then open the printed address.
// This file alone touches the process: arguments, Ctrl-C, exit code.
import { parseArgs } from 'node:util';
import { openChat } from './server/open-chat.ts';
import type { PageOptions } from './server/page-server.ts';

// The AWS SDK's own switch for its Node version warning, which would be printed over the board.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

const usage = `Usage: npm run chat [-- [--port <number>] [--still]]

  --port <number>  port of the page; default: any free port
  --still          do not reload the page when one of its files changes`;

const options = {
  port: { type: 'string' },
  still: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

try {
  const { values } = parseArgs({ options });
  if (values.help === true) console.log(usage);
  else await run({ port: readPort(values.port), watch: values.still !== true });
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
  process.exitCode = 1;
}

async function run(options: PageOptions): Promise<void> {
  const chat = await openChat(options);
  console.log(`The chat is at ${chat.url}\nPress Ctrl-C to stop.`);
  process.once('SIGINT', () => {
    process.once('SIGINT', () => process.exit(130));
    void chat.close();
  });
}

function readPort(given: string | undefined): number {
  if (given === undefined) return 0;
  const port = Number(given);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new TypeError(`--port: expected a number from 0 to 65535, got '${given}'`);
}
