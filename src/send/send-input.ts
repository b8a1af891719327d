/**
 * Parses the argument of `send` or `update` into the command's input: checks it, and adds what is missing. The input stays
 * the same on every attempt, and so does the request token of a send. The service checks what only it can (lengths, membership).
 */
import type {
  SendChannelMessageCommandInput,
  UpdateChannelMessageCommandInput,
} from '@aws-sdk/client-chime-sdk-messaging';
import { newId } from '../shared/new-id.ts';
import type { SendInput, UpdateInput } from '../core/delivery-details.ts';
import { jsonCopy } from '../shared/json-copy.ts';
import { InvalidArgumentError } from '../shared/errors.ts';
import { expectArn, expectId, expectObject, expectOneOf, expectString } from '../shared/validate.ts';

export type { SendInput, UpdateInput };

/** The input of every attempt of one message. */
export type SendCommandInput = SendChannelMessageCommandInput & {
  readonly ChannelArn: string;
  readonly ChimeBearer: string;
  readonly ClientRequestToken: string;
};

/** The input of every attempt of one edit. */
export type UpdateCommandInput = UpdateChannelMessageCommandInput & {
  readonly ChannelArn: string;
  readonly ChimeBearer: string;
  readonly MessageId: string;
};

// Documented: 2 to 64 characters of these.
const tokenPattern = /^[-_a-zA-Z0-9]{2,64}$/;

export function parseSendInput(input: SendInput, chimeBearer: string): SendCommandInput {
  // A deep copy: the app may change its object later, and that must not change a retry. The input is JSON on the wire anyway.
  const given = copyOf('the input of SendChannelMessage', input);
  expectString('input.Content', given['Content']);
  if (given['Type'] !== undefined) expectOneOf('input.Type', ['STANDARD', 'CONTROL'], given['Type']);
  if (given['Persistence'] !== undefined) {
    expectOneOf('input.Persistence', ['PERSISTENT', 'NON_PERSISTENT'], given['Persistence']);
  }
  if (given['SubChannelId'] !== undefined) expectId('input.SubChannelId', given['SubChannelId']);
  const token = given['ClientRequestToken'] ?? newId();
  if (typeof token !== 'string' || !tokenPattern.test(token)) {
    throw new InvalidArgumentError('input.ClientRequestToken', '2 to 64 characters of A-Z, a-z, 0-9, - and _', token);
  }
  return {
    ...(given as unknown as SendInput),
    ChannelArn: expectArn('input.ChannelArn', given['ChannelArn']),
    ChimeBearer: expectArn('input.ChimeBearer', given['ChimeBearer'] ?? chimeBearer),
    ClientRequestToken: token,
  };
}

export function parseUpdateInput(input: UpdateInput, chimeBearer: string): UpdateCommandInput {
  const given = copyOf('the input of UpdateChannelMessage', input);
  expectString('input.Content', given['Content']);
  if (given['SubChannelId'] !== undefined) expectId('input.SubChannelId', given['SubChannelId']);
  return {
    ...(given as unknown as UpdateInput),
    ChannelArn: expectArn('input.ChannelArn', given['ChannelArn']),
    MessageId: expectId('input.MessageId', given['MessageId']),
    ChimeBearer: expectArn('input.ChimeBearer', given['ChimeBearer'] ?? chimeBearer),
  };
}

/** `command` without what was added to `input`. */
export function inputAsGiven<I extends SendInput | UpdateInput>(input: I, command: object): I {
  const added = ['ChimeBearer', 'ClientRequestToken'].filter(
    (name) => ((input as Fields)[name] ?? undefined) === undefined,
  );
  return Object.fromEntries(Object.entries(command).filter(([name]) => !added.includes(name))) as unknown as I;
}

/** Whether a missing status can mean DENIED: only for a persistent standard message. */
export function missingMeansDenied({ Type, Persistence }: SendCommandInput): boolean {
  return Type === 'STANDARD' && Persistence === 'PERSISTENT';
}

function copyOf(expected: string, input: unknown): Fields {
  return expectObject('input', expected, jsonCopy('input', expectObject('input', expected, input)));
}

type Fields = Record<string, unknown>;
