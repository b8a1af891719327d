/**
 * Wraps an app's own send function: same arguments, same result or rejection, same kind of result. Each output that has a
 * MessageId is tracked, or what `read` makes of it. An error of the wrapper never reaches the app's send. A send that rejects is
 * not tracked: the app has the error.
 */
import { asObject, tryRead } from '../shared/unknown-json.ts';
import { jsonCopy } from '../shared/json-copy.ts';
import { expectFunction, expectNames, expectObject, expectReadable } from '../shared/validate.ts';
import { monotonicNow } from '../shared/time.ts';
import { observeResult } from './observe-result.ts';
import type { Trackable } from './trackable.ts';

/** Any function that sends; its first argument may be the input of a command, or a command. */
// A constraint for functions of any parameters: `unknown[]` would not accept most of them.
// oxlint-disable-next-line typescript/no-explicit-any
export type SendFunction = (...args: any[]) => unknown;

export type Fields = Readonly<Record<string, unknown>>;

export interface WrapOptions<F extends SendFunction = SendFunction> {
  /**
   * Reads the message from a result of another shape than the SDK's, and from the arguments: what `track` takes, or undefined
   * for a result without a message. With the `input` of SendChannelMessage in it, `retry` can send it again.
   */
  read?: ((result: Awaited<ReturnType<F>>, args: Parameters<F>) => Trackable | undefined) | undefined;
}

type Read = (result: unknown, args: unknown[]) => Trackable | undefined;

export function parseWrapOptions(options: object): Read | undefined {
  expectObject('options', 'an object', options);
  return expectReadable('options', options, () => {
    expectNames('options', options, ['read']);
    const { read } = options as { read?: Read };
    if (read !== undefined) expectFunction('read', read);
    return read;
  });
}

/** The wrapped sends without a result so far. */
export class WrappedSends {
  /** Each with the message that it edits, if it is an edit. */
  readonly #sends = new Map<Promise<void>, unknown>();

  /** Adds one that begins now. It has its answer, and then, once the answer is tracked, its end. */
  begin(edited: unknown): WrappedSend {
    let resolve = (): void => undefined;
    const send = new Promise<void>((end) => (resolve = end));
    this.#sends.set(send, edited);
    return {
      onAnswer: () => void this.#sends.set(send, undefined),
      end: () => {
        resolve();
        this.#sends.delete(send);
      },
    };
  }

  /** One promise for each send of now: it resolves when that has ended. */
  ends(): Iterable<Promise<void>> {
    return [...this.#sends.keys()];
  }

  /** Whether an edit of this message has no answer yet. */
  edits(messageId: string): boolean {
    return [...this.#sends.values()].includes(messageId);
  }
}

interface WrappedSend {
  onAnswer(): void;
  end(): void;
}

export interface WrapPorts {
  /** Called with the sender before the call, since an event may come before the result. */
  readonly onSender: (chimeBearer: unknown) => void;
  /** Whether the tracker itself sends this, through a client with a wrapped `send`: then it is tracked already. */
  readonly isOwn: (argument: unknown, input: Fields) => boolean;
  readonly inFlight?: WrappedSends;
  /** Called for the first result of a send that has no message. */
  readonly onNoMessage?: () => void;
  /** Called with the result as an argument of `track`, completed from the first argument, and with the call's start time. */
  readonly track: (message: Trackable, startedAt: number) => void;
  /** Called with an error of the wrapper itself. */
  readonly onError: (error: unknown) => void;
}

export function wrapSend<F extends SendFunction>(fn: F, ports: WrapPorts, read?: Read): F {
  const { onSender, isOwn, inFlight, track, onError, onNoMessage } = ports;
  let hasWarned = false;
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
      own = isOwn(args[0], input);
      onSender(input['ChimeBearer']);
    });
    if (own) return Reflect.apply(fn, self, args);
    const sending = isSend(args[0]) ? inFlight?.begin(input['MessageId']) : undefined;
    const end = (): void => sending?.end();
    let result: unknown;
    try {
      result = Reflect.apply(fn, self, args);
    } catch (error) {
      end();
      throw error;
    }
    const onOutput = (output: unknown): void => {
      sending?.onAnswer();
      quietly(() => {
        const message = read === undefined ? toTrackable(input, output) : read(output, args);
        // `track` checks the message, as it does any that an app passes.
        if (message !== undefined) track(message, startedAt);
        else if (!hasWarned && (read !== undefined || isSend(args[0])) && !isRedaction(input, output)) {
          hasWarned = true;
          onNoMessage?.();
        }
      });
      end();
    };
    quietly(() => (result = observeResult(result, onOutput, hooked, end)));
    return result;
  };
  // A proxy, so that the function keeps its name, its length and its members.
  return new Proxy(fn, { apply: (_fn, self, args) => send(self, args) });
}

/** Whether the call may send a message: it has no command of another kind as its argument. */
function isSend(argument: unknown): boolean {
  return tryRead(
    () => true,
    () => {
      const name = (asObject(argument)?.constructor as { name?: unknown } | undefined)?.name;
      const isCommand = asObject(argument)?.['input'] !== undefined && typeof name === 'string';
      // Bundlers may shorten the names of classes: the fields of the input tell as well.
      return !isCommand || asObject(asObject(argument)?.['input'])?.['Content'] !== undefined;
    },
  );
}

/** A redaction has a MessageId and no Status. It has no outcome to wait for. */
function isRedaction(input: Fields, output: unknown): boolean {
  return input['MessageId'] !== undefined && asObject(output)?.['Status'] === undefined;
}

/** The input in the first argument, which is an input or a command. It is copied, since the app may reuse the object. */
function inputOf(argument: unknown): Fields {
  const given = asObject(argument) ?? {};
  const { ChannelArn, SubChannelId, ChimeBearer, Persistence, Type, MessageId, ClientRequestToken, Content } =
    asObject(given['input']) ?? given;
  const input = { ChannelArn, SubChannelId, ChimeBearer, Persistence, Type, MessageId, ClientRequestToken, Content };
  const whole = asObject(given['input']) ?? given;
  // Where it is no JSON, the message can be tracked all the same, and not sent again.
  const copy = (): unknown =>
    typeof Content === 'string' && ChannelArn !== undefined ? jsonCopy('input', whole) : undefined;
  return { ...input, whole: tryRead(() => undefined, copy) };
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
    ...(input['whole'] === undefined ? {} : { input: input['whole'] }),
  };
}
