/** A deep copy of an app's JSON, which the app may change later. */
import { InvalidArgumentError } from './errors.ts';

/** @throws InvalidArgumentError where `value` is no plain JSON (it has a cycle or a BigInt, say) */
export function jsonCopy(argument: string, value: unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(value));
  } catch (cause) {
    throw new InvalidArgumentError(argument, 'plain JSON', value, { cause });
  }
}

/** Freezes JSON with everything in it, and returns it. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const each of Object.values(value)) deepFreeze(each);
  }
  return value;
}
