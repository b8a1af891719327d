/**
 * Abort signals as they are found: React Native's have no `reason` and no `throwIfAborted` (facebook/react-native#55247),
 * so nothing here relies on either.
 */
import { tryRead } from './unknown-json.ts';

/** Why `signal` was aborted; an `AbortError` where it does not say. */
export function abortReason(signal: AbortSignal): unknown {
  const reason = tryRead(
    () => undefined,
    () => signal.reason as unknown,
  );
  return reason ?? Object.assign(new Error('This was aborted.'), { name: 'AbortError' });
}

/** `signal` with all that the standard gives it. */
export function polyfillSignal(signal: AbortSignal): AbortSignal {
  if (typeof signal.throwIfAborted === 'function') return signal;
  const standard: Pick<
    AbortSignal,
    'aborted' | 'reason' | 'throwIfAborted' | 'addEventListener' | 'removeEventListener'
  > = {
    get aborted() {
      return signal.aborted;
    },
    get reason() {
      return abortReason(signal);
    },
    throwIfAborted() {
      if (signal.aborted) throw abortReason(signal);
    },
    addEventListener: signal.addEventListener.bind(signal),
    removeEventListener: signal.removeEventListener.bind(signal),
  };
  return standard as AbortSignal;
}
