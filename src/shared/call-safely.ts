/** Calls a function of the app's that may fail in two ways: by a throw, or by a promise that rejects later. */

/** Calls `act`. `onError` is told once where it fails, at once or later; nothing is thrown. */
export function callSafely(act: () => unknown, onError: (error: unknown) => void): void {
  try {
    const returned = act();
    // Most return nothing. What is no promise is taken as one that has resolved.
    if ((typeof returned !== 'object' && typeof returned !== 'function') || returned === null) return;
    Promise.resolve(returned).then(undefined, onError);
  } catch (error) {
    onError(error);
  }
}
