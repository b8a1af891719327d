/**
 * A promise that rejects when the app itself has closed the tracker, or forgotten the delivery. The app need not handle such a
 * rejection: neither the promise nor those that `then` and `finally` derive from it count as an unhandled rejection, which
 * would end a Node process. An exception of the app's own callback still does.
 */
import { DeliveryForgottenError, TrackerClosedError } from './errors.ts';

export class HandledPromise<T> extends Promise<T> {
  /** A copy of `promise` whose rejection counts as handled. */
  static from<T>(promise: Promise<T>): HandledPromise<T> {
    const quiet = new HandledPromise<T>((resolve) => resolve(promise));
    countAsHandled(quiet);
    return quiet;
  }

  // A promise is a thenable.
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

/** Both handlers are given, so that the derived promise cannot reject. */
function countAsHandled(promise: Promise<unknown>): void {
  const nothing = (): void => undefined;
  promise.then(nothing, nothing);
}
