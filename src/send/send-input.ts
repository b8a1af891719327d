/**
 * Parses the argument of `send` into the command's input: checks it, and adds a request token that stays the same on every
 * attempt. The service checks what only it can (lengths, membership).
 */
import type { SendChannelMessageCommandInput } from '@aws-sdk/client-chime-sdk-messaging';
import { v4 as uuid } from 'uuid';
import { InvalidArgumentError } from '../shared/errors.ts';
import { expectArn, expectId, expectObject, expectOneOf, expectString } from '../shared/validate.ts';

/**
 * The input of `send`: that of SendChannelMessage. `ChimeBearer` defaults to the tracker's, `ClientRequestToken` to a new
 * UUID.
 */
export type SendInput = Omit<SendChannelMessageCommandInput, 'ChimeBearer' | 'ClientRequestToken'> &
  Partial<Pick<SendChannelMessageCommandInput, 'ChimeBearer' | 'ClientRequestToken'>>;

/** The input of every attempt of one message. */
export type SendCommandInput = SendChannelMessageCommandInput & {
  readonly ChannelArn: string;
  readonly ChimeBearer: string;
  readonly ClientRequestToken: string;
};

// Documented: 2 to 64 characters of these.
const tokenPattern = /^[-_a-zA-Z0-9]{2,64}$/;

export function parseSendInput(input: SendInput, chimeBearer: string): SendCommandInput {
  // A deep copy: the app may change its object later, and that must not change a retry. The input is JSON on the wire anyway.
  const given = copyOf(expectObject('input', 'the input of SendChannelMessage', input));
  expectString('input.Content', given['Content']);
  if (given['Type'] !== undefined) expectOneOf('input.Type', ['STANDARD', 'CONTROL'], given['Type']);
  if (given['Persistence'] !== undefined) {
    expectOneOf('input.Persistence', ['PERSISTENT', 'NON_PERSISTENT'], given['Persistence']);
  }
  if (given['SubChannelId'] !== undefined) expectId('input.SubChannelId', given['SubChannelId']);
  const token = given['ClientRequestToken'] ?? uuid();
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

/** Whether a missing status can mean DENIED: only for a persistent standard message. */
export function missingMeansDenied({ Type, Persistence }: SendCommandInput): boolean {
  return Type === 'STANDARD' && Persistence === 'PERSISTENT';
}

function copyOf(input: Record<string, unknown>): Record<string, unknown> {
  let copy: unknown;
  try {
    copy = JSON.parse(JSON.stringify(input));
  } catch (cause) {
    throw new InvalidArgumentError('input', 'plain JSON', input, { cause });
  }
  return expectObject('input', 'the input of SendChannelMessage', copy);
}
