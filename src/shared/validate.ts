/** Validates arguments: each function returns the value, or throws `InvalidArgumentError` with what was expected. Pure. */
import { InvalidArgumentError, isChimeDeliveryError } from './errors.ts';
import { nearest } from './nearest.ts';

// The patterns of the service model (documented), where an ARN has 5 to 1600 characters.
const arnPattern = /^arn:[a-z0-9-.]{1,63}:[a-z0-9-.]{0,63}:[a-z0-9-.]{0,63}:[a-z0-9-.]{0,63}:[^/].{0,1023}$/;
const idPattern = /^[-_a-zA-Z0-9]{1,128}$/;

/** Whether `value` can be an ARN. */
export function isArn(value: unknown): value is string {
  return typeof value === 'string' && arnPattern.test(value);
}

export function expectArn(argument: string, value: unknown): string {
  if (isArn(value)) return value;
  throw new InvalidArgumentError(argument, 'an ARN such as arn:aws:chime:us-east-1:…', value);
}

/** Whether `value` can be an id of the service. */
export function isId(value: unknown): value is string {
  return typeof value === 'string' && idPattern.test(value);
}

export function expectId(argument: string, value: unknown): string {
  if (isId(value)) return value;
  throw new InvalidArgumentError(argument, '1 to 128 characters of A-Z, a-z, 0-9, - and _', value);
}

export function expectString(argument: string, value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new InvalidArgumentError(argument, 'a non-empty string', value);
}

export function expectObject(argument: string, expected: string, value: unknown): Record<string, unknown> {
  const isObject =
    typeof value === 'object' && value !== null && expectReadable(argument, value, () => !Array.isArray(value));
  if (isObject) return value as Record<string, unknown>;
  throw new InvalidArgumentError(argument, expected, value);
}

/**
 * Checks that each option in `options` is one of `names`; inherited options count, methods of its class do not. The error
 * suggests the nearest of `names`, or of `others`, which are paths.
 *
 * @param path the path of the options, such as 'polling'; '' for the top level
 */
export function expectNames(
  path: string,
  options: object,
  names: readonly string[],
  others: readonly string[] = [],
): void {
  const pathOf = (name: string): string => [path, name].filter(Boolean).join('.') || 'options';
  for (const name in options) {
    if (names.includes(name) || name in Object.prototype) continue;
    const value = (options as Record<string, unknown>)[name];
    if (typeof value === 'function' && !Object.hasOwn(options, name)) continue;
    const meant = nearest(name, names.map(pathOf), others);
    throw new InvalidArgumentError(pathOf(name), `an option (did you mean \`${meant}\`?)`, value);
  }
}

export function expectFunction(argument: string, value: unknown): void {
  if (typeof value !== 'function') throw new InvalidArgumentError(argument, 'a function', value);
}

export function expectBoolean(argument: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw new InvalidArgumentError(argument, 'true or false', value);
}

export function expectOneOf(argument: string, words: readonly string[], value: unknown): void {
  if (typeof value === 'string' && words.includes(value)) return;
  throw new InvalidArgumentError(argument, `one of ${words.join(', ')}`, value);
}

/** The result of `read` on an argument. One that cannot be read (a getter throws) is an `InvalidArgumentError`. */
export function expectReadable<T>(argument: string, value: unknown, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (isChimeDeliveryError(cause)) throw cause;
    throw new InvalidArgumentError(argument, 'readable', value, { cause });
  }
}

/** Checks that `value` is a finite number, at least `min` (above it, with `above`). */
export function expectNumber(
  argument: string,
  value: unknown,
  {
    min,
    above = false,
    integer = false,
    unit = '',
  }: { min: number; above?: boolean; integer?: boolean; unit?: string },
): number {
  const fits = typeof value === 'number' && Number.isFinite(value) && (above ? value > min : value >= min);
  if (fits && (!integer || Number.isInteger(value))) return value;
  const kind = integer ? 'a whole number' : 'a finite number';
  throw new InvalidArgumentError(
    argument,
    `${kind}${unit && ` of ${unit}`}, ${above ? 'above' : 'at least'} ${min}`,
    value,
  );
}
