/**
 * Hears what a function of the app's has returned, or what its promise brings, without a consequence for the app.
 *
 * - A value comes back as it is.
 * - A plain promise comes back as a promise of the same outcome. It is a new one on purpose: whoever listens to the app's own
 *   would handle its rejection, and a failure that nobody handles would go unreported.
 * - A promise with members of its own, or of a class of its own, comes back itself: `cancel()` and the like stay. A rejection
 *   that nobody handles counts as handled then: JavaScript has no other way to listen to it.
 * - Any other thenable, and a promise whose class has a `then` of its own, comes back itself, and is heard where somebody calls
 *   its `then`: that call may be what starts it (a query of Knex or Mongoose, a lazy promise).
 */
import { tryRead } from '../shared/unknown-json.ts';

type Then = (this: unknown, ...handlers: unknown[]) => unknown;

/** @param notice told of each output; throws nothing. @param hooked the thenables whose `then` is ours already */
export function observeResult(result: unknown, notice: (output: unknown) => void, hooked: WeakSet<object>): unknown {
  const then = thenOf(result);
  if (then === undefined) {
    notice(result);
    return result;
  }
  const thenable = result as PromiseLike<unknown> & object;
  if (!isThenOfPromises(then, thenable)) hookThen(thenable, then, notice, hooked);
  else if (hasMembers(thenable)) thenable.then(notice, () => undefined);
  else {
    return thenable.then((output) => {
      notice(output);
      return output;
    });
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

/** That of `Promise` itself, of this realm or of another: `instanceof` is true for lazy promises, too. */
function isThenOfPromises(then: Then, thenable: object): boolean {
  if (then === Promise.prototype.then) return true;
  const owner = prototypesOf(thenable).find((prototype) => Object.hasOwn(prototype, 'then'));
  if (owner === undefined || valueOf(owner, 'then') !== then) return false;
  return (
    valueOf(owner, Symbol.toStringTag) === 'Promise' &&
    /\[native code\]\s*\}$/.test(Function.prototype.toString.call(then))
  );
}

/** By a class of its own, or itself. Symbols do not count: platforms put theirs on every promise, to follow it. */
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

function hookThen(thenable: object, then: Then, notice: (output: unknown) => void, hooked: WeakSet<object>): void {
  if (hooked.has(thenable)) return;
  hooked.add(thenable);
  const hook: Then = function (onFulfilled, ...others) {
    const heard: Then = function (...outputs) {
      notice(outputs[0]);
      return typeof onFulfilled === 'function' ? Reflect.apply(onFulfilled, this, outputs) : outputs[0];
    };
    return Reflect.apply(then, this, [heard, ...others]);
  };
  const enumerable = Object.getOwnPropertyDescriptor(thenable, 'then')?.enumerable ?? false;
  // oxlint-disable-next-line unicorn/no-thenable -- it is one
  Object.defineProperty(thenable, 'then', { value: hook, enumerable, writable: true, configurable: true });
}
