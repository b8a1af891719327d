/**
 * For Bottleneck's option `Promise`. Its local store waits for a timer of 0 ms before each step, four times for one job,
 * although no step needs it. In a hidden tab each timer takes a second: 0.8 requests a second instead of 5 (measured in
 * Chromium). Such a wait is a promise whose executor returns the timer; this class resolves it at once.
 */
type Resolve = (value?: unknown) => void;

export class ImmediatePromise {
  static readonly resolve: typeof Promise.resolve = Promise.resolve.bind(Promise);
  static readonly reject: typeof Promise.reject = Promise.reject.bind(Promise);

  constructor(executor: (resolve: Resolve, reject: Resolve) => unknown) {
    // oxlint-disable-next-line no-constructor-return
    return new Promise((resolve, reject) => {
      const timer = executor(resolve, reject);
      if (!isTimer(timer)) return;
      clearTimeout(timer);
      resolve(undefined);
    });
  }
}

/** A number in browsers, an object in Node. */
function isTimer(value: unknown): value is ReturnType<typeof setTimeout> {
  return typeof value === 'number' || (typeof value === 'object' && value !== null && 'ref' in value);
}
