/**
 * What `send` is given, read into the command's input: checked for what would make no sense to send, with a request token
 * that stays the same on every try. What the service alone can judge (lengths, membership) is left to it.
 */
import type { SendChannelMessageCommandInput } from '@aws-sdk/client-chime-sdk-messaging';
import { v4 as uuid } from 'uuid';
import { InvalidArgumentError } from '../shared/errors.ts';
import { expectArn, expectId, expectObject, expectOneOf, expectString } from '../shared/validate.ts';

/** What `send` takes: the command's input; `ChimeBearer` and `ClientRequestToken` are filled in where they are absent. */
export type SendInput = Omit<SendChannelMessageCommandInput, 'ChimeBearer' | 'ClientRequestToken'> &
  Partial<Pick<SendChannelMessageCommandInput, 'ChimeBearer' | 'ClientRequestToken'>>;

/** The input of every try of one message. */
export type SendCommandInput = SendChannelMessageCommandInput & {
  readonly ChannelArn: string;
  readonly ChimeBearer: string;
  readonly ClientRequestToken: string;
};

// Documented: 2 to 64 characters of these.
const tokenPattern = /^[-_a-zA-Z0-9]{2,64}$/;

export function parseSendInput(input: SendInput, chimeBearer: string): SendCommandInput {
  // A copy, all through: what the app does to its object later must not change a retry. It is JSON on the wire anyway, and
  // what is checked is what is sent.
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

/** Whether a missing status of this message can mean that it was denied. */
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
