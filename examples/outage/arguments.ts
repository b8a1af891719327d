// Parses the command line: what to run, or what is wrong with it. Pure; `main.ts` prints.
import { parseArgs } from 'node:util';

export type Request =
  | { readonly kind: 'help' }
  | { readonly kind: 'emulator' }
  | { readonly kind: 'aws'; readonly region: string; readonly channelArn: string; readonly bearer: string }
  | { readonly kind: 'wrong'; readonly why: string };

export const usage = `Usage: npm start                                             on a local emulator, nothing to configure
       npm start -- --aws --channel <arn> --bearer <arn>     on a real account

Sends 40 messages, cuts the websocket in the middle, and shows the outcome of each message and its source.

  --aws              use Amazon Chime SDK messaging, with the default credential chain
  --channel <arn>    the channel to send to; its Region is used
  --bearer <arn>     the AppInstanceUser or bot that sends; a member of the channel
  --help             print this text

Exit code: 0 every outcome is true, 1 an outcome is false or missing after 30 s, 2 wrong arguments, 130 interrupted.`;

export function readArguments(args: readonly string[]): Request {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        aws: { type: 'boolean' },
        channel: { type: 'string' },
        bearer: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help === true) return { kind: 'help' };
    return values.aws === true ? readAws(values.channel, values.bearer) : readLocal(values.channel, values.bearer);
  } catch (error) {
    // The first sentence of parseArgs' message names the error; the rest suggests how to escape the argument.
    return wrong(String(error instanceof Error ? error.message : error).split(/\.\s/)[0] ?? '');
  }
}

function readLocal(channel: string | undefined, bearer: string | undefined): Request {
  if (channel !== undefined) return wrong('--channel is only used together with --aws');
  if (bearer !== undefined) return wrong('--bearer is only used together with --aws');
  return { kind: 'emulator' };
}

const channelArnPattern = /^arn:[^:]+:chime:([a-z0-9-]+):\d+:app-instance\/[^/]+\/channel\/[^/]+$/;
const bearerArnPattern = /^arn:[^:]+:chime:([a-z0-9-]+):\d+:app-instance\/[^/]+\/(?:user|bot)\/[^/]+$/;

function readAws(channel: string | undefined, bearer: string | undefined): Request {
  if (channel === undefined) return wrong('--aws needs --channel <arn>');
  if (bearer === undefined) return wrong('--aws needs --bearer <arn>');
  const region = channelArnPattern.exec(channel)?.[1];
  if (region === undefined) return wrong(notAnArn('--channel', 'channel', 'channel', channel));
  const bearerRegion = bearerArnPattern.exec(bearer)?.[1];
  if (bearerRegion === undefined) return wrong(notAnArn('--bearer', 'user or bot', 'user', bearer));
  if (region !== bearerRegion) return wrong(`--channel is in ${region}, --bearer in ${bearerRegion}`);
  return { kind: 'aws', region, channelArn: channel, bearer };
}

function notAnArn(option: string, what: string, word: string, got: string): string {
  return `${option}: expected the ARN of a ${what} (arn:aws:chime:<region>:<account>:app-instance/<id>/${word}/<id>); got '${got}'`;
}

function wrong(why: string): Request {
  return { kind: 'wrong', why };
}
