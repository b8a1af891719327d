/**
 * Abort signals of all platforms: those of React Native have no `reason` and no `throwIfAborted`
 * (facebook/react-native#55247).
 */
import { tryRead } from './unknown-json.ts';

/** The reason of `signal`, or an `AbortError` if it has none. */
export function abortReason(signal: AbortSignal): unknown {
  const reason = tryRead(
    () => undefined,
    () => signal.reason as unknown,
  );
  return reason ?? Object.assign(new Error('The operation was aborted.'), { name: 'AbortError' });
}

/** `signal` with the standard members that it may lack. */
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
