/** The options of `send`, `update` and `retry`: what an app may say of one send alone. */
import { InvalidArgumentError } from '../shared/errors.ts';
import { deepFreeze, jsonCopy } from '../shared/json-copy.ts';
import { expectNames, expectNumber, expectObject, expectReadable } from '../shared/validate.ts';

export interface SendOptions {
  /**
   * Calls the send off while it is not answered: FAILED `rejected` if nothing can have arrived, UNKNOWN `indeterminate`
   * otherwise, with the signal's reason as `error`. After the answer it has no effect.
   */
  signal?: AbortSignal | undefined;
  /** The app's own JSON (a draft's id, say): copied, kept with the delivery and in the store, and never sent. */
  context?: unknown;
  /**
   * Milliseconds within which it has to be sent, for this send alone; default: the tracker's `send.expireMs`. A typing indicator
   * takes a few seconds.
   */
  expireMs?: number | undefined;
}

export interface ParsedSendOptions {
  readonly signal: AbortSignal | undefined;
  readonly context: unknown;
  readonly expireMs: number | undefined;
}

export function parseSendOptions(options: SendOptions): ParsedSendOptions {
  expectObject('options', 'an object', options);
  return expectReadable('options', options, () => {
    expectNames('options', options, ['signal', 'context', 'expireMs']);
    const { signal, context, expireMs } = options;
    if (signal !== undefined) expectSignal(signal);
    return {
      signal,
      context: context === undefined ? undefined : deepFreeze(jsonCopy('context', context)),
      expireMs:
        expireMs === undefined
          ? undefined
          : expectNumber('expireMs', expireMs, { min: 0, above: true, unit: 'milliseconds' }),
    };
  });
}

export function expectSignal(signal: unknown): void {
  const isSignal = expectReadable('signal', signal, () => {
    const { aborted, addEventListener, removeEventListener } = (signal ?? {}) as Partial<AbortSignal>;
    if (typeof addEventListener !== 'function' || typeof removeEventListener !== 'function') return false;
    // It is tried, too: a signal that takes no listener would leave a send half begun.
    const listener = (): void => undefined;
    addEventListener.call(signal, 'abort', listener);
    removeEventListener.call(signal, 'abort', listener);
    return typeof aborted === 'boolean';
  });
  if (!isSignal) throw new InvalidArgumentError('signal', 'an AbortSignal', signal);
}
