/**
 * Wraps a send function that the app already has: same arguments, same result or rejection, same kind of result, and each
 * output that carries a MessageId is handed on to be tracked. Nothing that goes wrong here reaches the app's own send.
 */
import { asObject } from '../shared/unknown-json.ts';
import { monotonicNow } from '../shared/time.ts';
import { observeResult } from './observe-result.ts';
import type { Trackable } from './trackable.ts';

/** Any function that sends; its first argument may be the input of a command, or a command. */
// A constraint for functions of any parameters: `unknown[]` would refuse most of them.
// oxlint-disable-next-line typescript/no-explicit-any
export type SendFunction = (...args: any[]) => unknown;

export type Fields = Readonly<Record<string, unknown>>;

export interface WrapPorts {
  /** Called with the sender before the call, since an event may come before the result. */
  readonly onSender: (chimeBearer: unknown) => void;
  /** Whether the tracker itself sends this, through a client whose `send` is wrapped: then it is tracked already. */
  readonly isOwn: (input: Fields) => boolean;
  /** Called with the result as `track` takes it, completed from the first argument, and when the call began. */
  readonly track: (message: Trackable, startedAt: number) => void;
  /** Told of what went wrong here. */
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
    // Where the argument cannot be read, nothing is known of the message that a missing status could prove.
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
    const notice = (output: unknown): void =>
      quietly(() => {
        const message = toTrackable(input, output);
        // What comes of it is judged by `track`, as anything that an app passes is.
        if (message !== undefined) track(message, startedAt);
      });
    quietly(() => (result = observeResult(result, notice, hooked)));
    return result;
  };
  // A proxy, so that the function keeps its name, its length and its members.
  return new Proxy(fn, { apply: (_fn, self, args) => send(self, args) });
}

/** What is read from the first argument: an input, or the command that carries it; copied, since the app may reuse it. */
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
    // An edit can be recognized by its content, and by that of the message before.
    ...(typeof input['Content'] === 'string' ? { content: input['Content'] } : {}),
  };
}
