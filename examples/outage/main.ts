// The outage: 40 messages, a websocket that is cut in the middle, and the outcome of every message.
// `npm start` runs it on a local emulator. This file alone touches the process: arguments, Ctrl-C, exit code.
import { createDeliveryTracker } from 'chime-delivery';
import { readArguments, usage, type Request } from './arguments.ts';
import { runScenario } from './run-scenario.ts';
import { problemsIn } from './result.ts';
import { messages } from './scenario.ts';
import { createDisplay } from './display.ts';
import { openAwsBackend } from './backend-aws.ts';
import { openEmulatorBackend } from './backend-emulator.ts';
import { summarize } from './summary.ts';

const LIMIT_MS = 30_000;
/** The part of the limit that is reserved for closing. */
const CLOSING_MS = 1_000;

// The AWS SDK's own switch for its Node version warning, which would be printed over the board.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
// The reader of a pipe may close it early.
process.stdout.on('error', () => process.exit(1));

const request = readArguments(process.argv.slice(2));
switch (request.kind) {
  case 'help':
    console.log(usage);
    break;
  case 'wrong':
    console.error(`${request.why}\n\n${usage}`);
    process.exitCode = 2;
    break;
  case 'aws':
  case 'emulator':
    process.exitCode = await run(request).catch((error: unknown) => {
      console.error(`The demo failed: ${error instanceof Error ? error.message : String(error)}`);
      return 1;
    });
}

async function run(on: Extract<Request, { kind: 'aws' | 'emulator' }>): Promise<number> {
  const stop = new AbortController();
  let interrupted = false;
  process.once('SIGINT', () => {
    interrupted = true;
    stop.abort();
    process.once('SIGINT', () => process.exit(130));
  });
  setTimeout(() => stop.abort(), LIMIT_MS - CLOSING_MS).unref();
  setTimeout(() => process.exit(1), LIMIT_MS).unref();

  const backend = on.kind === 'aws' ? await openAwsBackend(on) : await openEmulatorBackend();
  const { client, bearer } = backend;
  const tracker = createDeliveryTracker({ client, chimeBearer: bearer });
  const display = createDisplay(process.stdout, process.env);
  try {
    const result = await runScenario({ backend, tracker, messages, display, signal: stop.signal });
    display.end(interrupted ? ['Interrupted.'] : summarize(result, display.colors));
    return interrupted ? 130 : problemsIn(result).length === 0 ? 0 : 1;
  } finally {
    await tracker.close();
    await backend.close();
    // The library leaves nothing open. Exit even if the session does.
    setTimeout(() => process.exit(), CLOSING_MS).unref();
  }
}
