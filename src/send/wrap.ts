/**
 * Wraps a send function that the app already has: same arguments, same result or rejection, and each result that carries
 * a MessageId is handed on to be tracked. Nothing that goes wrong here reaches the app's own send.
 */
import type { TrackableMessage } from './tracked-message.ts';

/** Any function that sends; its first argument may be the input of a command, or a command. */
// A constraint for functions of any parameters: `unknown[]` would refuse most of them.
// oxlint-disable-next-line typescript/no-explicit-any
export type SendFunction = (...args: any[]) => unknown;

type Fields = Readonly<Record<string, unknown>>;

export interface WrapPorts {
  /** Called with the sender before the call, since an event may come before the result. */
  readonly expect: (chimeBearer: unknown) => void;
  /** Called with what was read from the first argument and the result. */
  readonly track: (message: Partial<Record<keyof TrackableMessage, unknown>>) => void;
}

export function wrapSend<F extends SendFunction>(fn: F, { expect, track }: WrapPorts): F {
  const wrapped = function (this: unknown, ...args: unknown[]): unknown {
    const input = inputOf(args[0]);
    expect(input['ChimeBearer']);
    const result = Reflect.apply(fn, this, args) as unknown;
    const notice = (output: unknown): void => {
      const message = toTrackable(input, output);
      if (message !== undefined) track(message);
    };
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

/** The input of a command, or of the command that wraps it. */
function inputOf(argument: unknown): Fields {
  const given = asRecord(argument);
  return { ...(asRecord(given['input']) ?? given) };
}

function toTrackable(input: Fields, output: unknown): ReturnType<typeof trackable> | undefined {
  const { MessageId, Status } = asRecord(output);
  if (typeof MessageId !== 'string' || MessageId === '') return undefined;
  // A send has no MessageId in its input: this is an edit, or (no status in the answer) a redaction, which no flow judges.
  const edits = input['MessageId'] !== undefined;
  if (edits && Status === undefined) return undefined;
  return trackable(input, asRecord(output), edits);
}

function trackable(input: Fields, output: Fields, edits: boolean): Partial<Record<keyof TrackableMessage, unknown>> {
  return {
    channelArn: output['ChannelArn'] ?? input['ChannelArn'],
    messageId: output['MessageId'],
    subChannelId: output['SubChannelId'] ?? input['SubChannelId'],
    chimeBearer: input['ChimeBearer'],
    persistence: input['Persistence'],
    type: input['Type'],
    operation: edits ? 'update' : 'create',
    status: asRecord(output['Status'])['Value'],
  };
}

function asRecord(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}
