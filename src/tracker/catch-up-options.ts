/** The options of `catchUp`. Pure. */
import { InvalidArgumentError } from '../shared/errors.ts';
import {
  expectArn,
  expectId,
  expectNames,
  expectNumber,
  expectObject,
  expectReadable,
  isId,
} from '../shared/validate.ts';
import { expectSignal } from './send-options.ts';

export interface CatchUpOptions {
  /** ARN of the channel. */
  channelArn: string;
  /**
   * From when on: a `Date`, milliseconds since the epoch, a message that the app has (its `MessageId` and `CreatedTimestamp`), or
   * a MessageId, which takes one request more. That message itself is left out.
   */
  after:
    Date | number | string | { readonly MessageId?: string | undefined; readonly CreatedTimestamp?: Date | undefined };
  subChannelId?: string | undefined;
  /** ARN of the bearer that reads. Default: the tracker's. */
  chimeBearer?: string | undefined;
  /** At most so many rows. Default 1 000. */
  limit?: number | undefined;
  /** Ends it; the iteration then throws the signal's reason. */
  signal?: AbortSignal | undefined;
}

export interface ParsedCatchUp {
  readonly channelArn: string;
  readonly chimeBearer: string;
  readonly subChannelId: string | undefined;
  readonly after: { readonly at?: number | undefined; readonly messageId?: string | undefined };
  readonly limit: number;
  readonly signal: AbortSignal | undefined;
}

export function parseCatchUp(options: CatchUpOptions, chimeBearer: string): ParsedCatchUp {
  expectObject('options', 'an object with channelArn and after', options);
  return expectReadable('options', options, () => {
    expectNames('options', options, ['channelArn', 'after', 'subChannelId', 'chimeBearer', 'limit', 'signal']);
    const { channelArn, after, subChannelId, limit = 1_000, signal } = options;
    if (signal !== undefined) expectSignal(signal);
    return {
      channelArn: expectArn('channelArn', channelArn),
      chimeBearer: expectArn('chimeBearer', options.chimeBearer ?? chimeBearer),
      subChannelId: subChannelId === undefined ? undefined : expectId('subChannelId', subChannelId),
      after: parseAfter(after),
      limit: expectNumber('limit', limit, { min: 1, integer: true }),
      signal,
    };
  });
}

const EXPECTED = 'a Date, milliseconds since the epoch, a MessageId, or a message with MessageId and CreatedTimestamp';

function parseAfter(after: unknown): ParsedCatchUp['after'] {
  if (typeof after === 'string') return { messageId: expectId('after', after) };
  if (typeof after === 'number' || after instanceof Date) {
    const at = Number(after);
    // What `Date` can hold.
    if (Number.isFinite(new Date(at).getTime())) return { at };
    throw new InvalidArgumentError('after', EXPECTED, after);
  }
  const { MessageId, CreatedTimestamp } = expectObject('after', EXPECTED, after);
  if (!(CreatedTimestamp instanceof Date)) throw new InvalidArgumentError('after', EXPECTED, after);
  return { ...parseAfter(CreatedTimestamp), messageId: isId(MessageId) ? MessageId : undefined };
}
