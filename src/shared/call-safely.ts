/** Calls `act`, a function of the app's. `onError` gets what it throws, or the rejection of its promise; nothing is thrown. */
export function callSafely(act: () => unknown, onError: (error: unknown) => void): void {
  try {
    const returned = act();
    // Most functions return nothing: no promise is made for them.
    if ((typeof returned !== 'object' && typeof returned !== 'function') || returned === null) return;
    Promise.resolve(returned).then(undefined, onError);
  } catch (error) {
    onError(error);
  }
}
