/** Runs a command of the app's within the budget of its bearer: the app's requests and the tracker's share one rate. */
import { asObject } from '../shared/unknown-json.ts';
import { abortReason } from '../shared/abort.ts';
import { TrackerClosedError } from '../shared/errors.ts';
import type { HttpPort, Priority } from '../core/ports/http.ts';
import { expectNames, expectObject, expectOneOf, expectReadable, isArn } from '../shared/validate.ts';
import { expectSignal } from './send-options.ts';

export interface CallOptions {
  /**
   * Before what it goes where the budget is short: `send` (as a message), `reconcile` (before polls), or `poll`. No priority
   * starves another. Default `reconcile`.
   */
  priority?: Priority | undefined;
  /** Calls it off; the promise then rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
}

/** The part of the SDK's commands that names their output, so that `call` has its type. */
export interface CommandLike<Output> {
  readonly input: object;
  // The SDK's own parameters are generic over its client.
  // oxlint-disable-next-line typescript/no-explicit-any
  resolveMiddleware(stack: any, configuration: any, options: any): (...args: any[]) => Promise<{ output: Output }>;
}

export class Calls {
  readonly #http: HttpPort;
  readonly #chimeBearer: string;
  readonly #closed = new AbortController();

  constructor(http: HttpPort, chimeBearer: string) {
    this.#http = http;
    this.#chimeBearer = chimeBearer;
  }

  call<Output>(command: CommandLike<Output>, options: CallOptions = {}): Promise<Output> {
    const { priority, signal } = parseCall(command, options);
    const input = expectReadable('command', command, () => asObject(asObject(command)?.['input']));
    const given = input?.['ChimeBearer'];
    const chimeBearer = isArn(given) ? given : this.#chimeBearer;
    return this.#execute(command, chimeBearer, priority, signal) as Promise<Output>;
  }

  close(): void {
    this.#closed.abort(new TrackerClosedError());
  }

  async #execute(
    command: object,
    chimeBearer: string,
    priority: Priority,
    signal: AbortSignal | undefined,
  ): Promise<unknown> {
    const abort = new AbortController();
    const sources = [this.#closed.signal, ...(signal === undefined ? [] : [signal])];
    const onAbort = (): void => {
      const source = sources.find(({ aborted }) => aborted);
      if (source !== undefined) abort.abort(abortReason(source));
    };
    for (const source of sources) source.addEventListener('abort', onAbort);
    onAbort();
    try {
      const result = await this.#http.execute({
        kind: 'call',
        chimeBearer,
        priority,
        signal: abort.signal,
        command: () => command,
        retry: 'sdk',
      });
      if (result.ok) return result.output;
      throw result.failure.error;
    } finally {
      for (const source of sources) source.removeEventListener('abort', onAbort);
    }
  }
}

function parseCall(command: object, options: CallOptions): { priority: Priority; signal: AbortSignal | undefined } {
  expectObject('command', 'a command of the AWS SDK', command);
  expectObject('options', 'an object', options);
  return expectReadable('options', options, () => {
    expectNames('options', options, ['priority', 'signal']);
    const { priority = 'reconcile', signal } = options;
    expectOneOf('priority', ['send', 'reconcile', 'poll'], priority);
    if (signal !== undefined) expectSignal(signal);
    return { priority, signal };
  });
}
