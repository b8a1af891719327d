/**
 * A promise of the library's that ends with an error where the app itself has closed the tracker, or forgotten the delivery.
 * The app knows that, so that it need not handle it: where it does not, neither the promise nor what `then` and `finally`
 * derive from it is an unhandled rejection, which would end Node. What a callback of the app's throws is one as ever.
 */
import { DeliveryForgottenError, TrackerClosedError } from './errors.ts';

export class HandledPromise<T> extends Promise<T> {
  /** As `promise`, whose rejection counts as handled. */
  static from<T>(promise: Promise<T>): HandledPromise<T> {
    const quiet = new HandledPromise<T>((resolve) => resolve(promise));
    countAsHandled(quiet);
    return quiet;
  }

  // A promise is a thenable by its nature.
  // oxlint-disable-next-line unicorn/no-thenable
  override then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    const passOn = (reason: unknown): never => {
      if (isExpected(reason)) countAsHandled(derived);
      throw reason;
    };
    const derived: Promise<A | B> = super.then(onFulfilled, onRejected ?? passOn);
    return derived;
  }

  override finally(onFinally?: (() => unknown) | null): Promise<T> {
    const derived: Promise<T> = this.then(
      async (value) => {
        await onFinally?.();
        return value;
      },
      async (reason: unknown) => {
        await onFinally?.();
        if (isExpected(reason)) countAsHandled(derived);
        throw reason;
      },
    );
    return derived;
  }
}

function isExpected(reason: unknown): boolean {
  return reason instanceof TrackerClosedError || reason instanceof DeliveryForgottenError;
}

/** With both handlers: what this derives in turn cannot reject. */
function countAsHandled(promise: Promise<unknown>): void {
  const nothing = (): void => undefined;
  promise.then(nothing, nothing);
}
