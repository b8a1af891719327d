/**
 * Observes the result of an app's function, or the result of its promise, without a change for the app.
 *
 * - A value is returned as it is.
 * - For a plain promise, a new promise of the same outcome is returned: a listener on the original would count as a handler
 *   of its rejection, and an unhandled rejection would go unreported.
 * - A promise with members of its own, or of a class of its own, is returned itself: `cancel()` and the like stay. Its
 *   rejection then counts as handled: JavaScript has no other way to observe it.
 * - Any other thenable, and a promise whose class has its own `then`, is returned itself, and observed once the app calls its
 *   `then`: that call may start the work (a query of Knex or Mongoose, a lazy promise).
 */
import { tryRead } from '../shared/unknown-json.ts';

type Then = (this: unknown, ...handlers: unknown[]) => unknown;

/**
 * @param onOutput called with each output; must not throw. @param hooked the thenables that have our `then` already.
 * @param onRejection called where the result rejects, or may never be asked for
 */
export function observeResult(
  result: unknown,
  onOutput: (output: unknown) => void,
  hooked: WeakSet<object>,
  onRejection: () => void = () => undefined,
): unknown {
  const then = thenOf(result);
  if (then === undefined) {
    onOutput(result);
    return result;
  }
  const thenable = result as PromiseLike<unknown> & object;
  if (!isThenOfPromises(then, thenable)) {
    hookThen(thenable, then, onOutput, hooked);
    onRejection();
  } else if (hasMembers(thenable)) thenable.then(onOutput, onRejection);
  else {
    return thenable.then(
      (output) => {
        onOutput(output);
        return output;
      },
      (error: unknown) => {
        onRejection();
        throw error;
      },
    );
  }
  return result;
}

function thenOf(value: unknown): Then | undefined {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return undefined;
  const then = tryRead(
    () => undefined,
    () => (value as { then?: unknown }).then,
  );
  return typeof then === 'function' ? (then as Then) : undefined;
}

/** Whether `then` is that of `Promise`, of this realm or another. `instanceof` does not tell: lazy promises pass it too. */
function isThenOfPromises(then: Then, thenable: object): boolean {
  if (then === Promise.prototype.then) return true;
  const owner = prototypesOf(thenable).find((prototype) => Object.hasOwn(prototype, 'then'));
  if (owner === undefined || valueOf(owner, 'then') !== then) return false;
  return (
    valueOf(owner, Symbol.toStringTag) === 'Promise' &&
    /\[native code\]\s*\}$/.test(Function.prototype.toString.call(then))
  );
}

/** Whether a promise, or its own class, has members. Symbols do not count: platforms put theirs on every promise. */
function hasMembers(promise: object): boolean {
  const prototype = Object.getPrototypeOf(promise) as object | null;
  return prototype === null || !Object.hasOwn(prototype, 'then') || Object.getOwnPropertyNames(promise).length > 0;
}

function valueOf(owner: object, member: PropertyKey): unknown {
  return Object.getOwnPropertyDescriptor(owner, member)?.value;
}

function prototypesOf(value: object): object[] {
  const prototype = Object.getPrototypeOf(value) as object | null;
  return prototype === null ? [] : [prototype, ...prototypesOf(prototype)];
}

function hookThen(thenable: object, then: Then, onOutput: (output: unknown) => void, hooked: WeakSet<object>): void {
  if (hooked.has(thenable)) return;
  hooked.add(thenable);
  const hook: Then = function (onFulfilled, ...others) {
    const observed: Then = function (...outputs) {
      onOutput(outputs[0]);
      return typeof onFulfilled === 'function' ? Reflect.apply(onFulfilled, this, outputs) : outputs[0];
    };
    return Reflect.apply(then, this, [observed, ...others]);
  };
  const enumerable = Object.getOwnPropertyDescriptor(thenable, 'then')?.enumerable ?? false;
  // oxlint-disable-next-line unicorn/no-thenable -- it is a thenable already
  Object.defineProperty(thenable, 'then', { value: hook, enumerable, writable: true, configurable: true });
}
