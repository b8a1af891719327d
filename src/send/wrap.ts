/**
 * Wraps a send function that the app already has: same arguments, same result or rejection, and each result that carries
 * a MessageId is handed on to be tracked. Nothing that goes wrong here reaches the app's own send.
 */
import { asRecord, readOr } from '../core/as-record.ts';
import type { Trackable } from './tracked-message.ts';

/** Any function that sends; its first argument may be the input of a command, or a command. */
// A constraint for functions of any parameters: `unknown[]` would refuse most of them.
// oxlint-disable-next-line typescript/no-explicit-any
export type SendFunction = (...args: any[]) => unknown;

type Fields = Readonly<Record<string, unknown>>;

export interface WrapPorts {
  /** Called with the sender before the call, since an event may come before the result. */
  readonly expect: (chimeBearer: unknown) => void;
  /** Called with the result as `track` takes it, completed from the first argument. */
  readonly track: (message: Trackable) => void;
  /** Told of what went wrong here. */
  readonly onError: (error: unknown) => void;
}

export function wrapSend<F extends SendFunction>(fn: F, { expect, track, onError }: WrapPorts): F {
  const quietly = (act: () => void): void => {
    try {
      act();
    } catch (error) {
      onError(error);
    }
  };
  const wrapped = function (this: unknown, ...args: unknown[]): unknown {
    // Where the argument cannot be read, nothing is known of the message that a missing status could prove.
    let input: Fields = { Persistence: 'NON_PERSISTENT' };
    quietly(() => {
      input = inputOf(args[0]);
      expect(input['ChimeBearer']);
    });
    const result = Reflect.apply(fn, this, args) as unknown;
    const notice = (output: unknown): void =>
      quietly(() => {
        const message = toTrackable(input, output);
        // What comes of it is judged by `track`, as anything that an app passes is.
        if (message !== undefined) track(message);
      });
    if (!isThenable(result)) {
      notice(result);
      return result;
    }
    return result.then((output) => {
      notice(output);
      return output;
    });
  };
  return wrapped as F;
}

/** What is read from the first argument: an input, or the command that carries it; copied, since the app may reuse it. */
function inputOf(argument: unknown): Fields {
  const given = asRecord(argument) ?? {};
  const { ChannelArn, SubChannelId, ChimeBearer, Persistence, Type, MessageId } = asRecord(given['input']) ?? given;
  return { ChannelArn, SubChannelId, ChimeBearer, Persistence, Type, MessageId };
}

function toTrackable(input: Fields, output: unknown): Fields | undefined {
  const result = asRecord(output) ?? {};
  const { MessageId, Status } = result;
  if (typeof MessageId !== 'string' || MessageId === '') return undefined;
  // A send has no MessageId in its input: this is an edit, or (no status in the answer) a redaction, which no flow judges.
  const edits = input['MessageId'] !== undefined;
  if (edits && Status === undefined) return undefined;
  return {
    ChannelArn: result['ChannelArn'] ?? input['ChannelArn'],
    MessageId,
    SubChannelId: result['SubChannelId'] ?? input['SubChannelId'],
    Status,
    chimeBearer: input['ChimeBearer'],
    persistence: input['Persistence'],
    type: input['Type'],
    operation: edits ? 'update' : 'create',
  };
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return readOr(
    () => false,
    () => typeof (value as { then?: unknown } | null | undefined)?.then === 'function',
  );
}
