/**
 * Wraps an app's own send function: same arguments, same result or rejection, same kind of result. Each output that has a
 * MessageId is tracked. An error of the wrapper never reaches the app's send.
 */
import { asObject } from '../shared/unknown-json.ts';
import { monotonicNow } from '../shared/time.ts';
import { observeResult } from './observe-result.ts';
import type { Trackable } from './trackable.ts';

/** Any function that sends; its first argument may be the input of a command, or a command. */
// A constraint for functions of any parameters: `unknown[]` would not accept most of them.
// oxlint-disable-next-line typescript/no-explicit-any
export type SendFunction = (...args: any[]) => unknown;

export type Fields = Readonly<Record<string, unknown>>;

export interface WrapPorts {
  /** Called with the sender before the call, since an event may come before the result. */
  readonly onSender: (chimeBearer: unknown) => void;
  /** Whether the tracker itself sends this, through a client with a wrapped `send`: then it is tracked already. */
  readonly isOwn: (input: Fields) => boolean;
  /** Called with the result as an argument of `track`, completed from the first argument, and with the call's start time. */
  readonly track: (message: Trackable, startedAt: number) => void;
  /** Called with an error of the wrapper itself. */
  readonly onError: (error: unknown) => void;
}

export function wrapSend<F extends SendFunction>(fn: F, { onSender, isOwn, track, onError }: WrapPorts): F {
  const quietly = (act: () => void): void => {
    try {
      act();
    } catch (error) {
      onError(error);
    }
  };
  const hooked = new WeakSet<object>();
  const send = (self: unknown, args: unknown[]): unknown => {
    // For an argument that cannot be read, a missing status must not mean DENIED.
    let input: Fields = { Persistence: 'NON_PERSISTENT' };
    let own = false;
    const startedAt = monotonicNow();
    quietly(() => {
      input = inputOf(args[0]);
      own = isOwn(input);
      onSender(input['ChimeBearer']);
    });
    let result = Reflect.apply(fn, self, args) as unknown;
    if (own) return result;
    const onOutput = (output: unknown): void =>
      quietly(() => {
        const message = toTrackable(input, output);
        // `track` checks the message, as it does any that an app passes.
        if (message !== undefined) track(message, startedAt);
      });
    quietly(() => (result = observeResult(result, onOutput, hooked)));
    return result;
  };
  // A proxy, so that the function keeps its name, its length and its members.
  return new Proxy(fn, { apply: (_fn, self, args) => send(self, args) });
}

/** The input in the first argument, which is an input or a command. It is copied, since the app may reuse the object. */
function inputOf(argument: unknown): Fields {
  const given = asObject(argument) ?? {};
  const { ChannelArn, SubChannelId, ChimeBearer, Persistence, Type, MessageId, ClientRequestToken, Content } =
    asObject(given['input']) ?? given;
  return { ChannelArn, SubChannelId, ChimeBearer, Persistence, Type, MessageId, ClientRequestToken, Content };
}

function toTrackable(input: Fields, output: unknown): Fields | undefined {
  const result = asObject(output) ?? {};
  const { MessageId, Status } = result;
  if (typeof MessageId !== 'string' || MessageId === '') return undefined;
  // The input of a send has no MessageId: this is an edit, or (without a status) a redaction, which no channel flow processes.
  const isEdit = input['MessageId'] !== undefined;
  if (isEdit && Status === undefined) return undefined;
  return {
    ChannelArn: result['ChannelArn'] ?? input['ChannelArn'],
    MessageId,
    SubChannelId: result['SubChannelId'] ?? input['SubChannelId'],
    Status,
    chimeBearer: input['ChimeBearer'],
    persistence: input['Persistence'],
    type: input['Type'],
    operation: isEdit ? 'update' : 'create',
    // An edit is recognized by its content, and by the message's content before the edit.
    ...(typeof input['Content'] === 'string' ? { content: input['Content'] } : {}),
  };
}
