// The service's constraints on names, sizes and enums (from its model). Each refusal says which field is invalid and why.

import { shown } from '../service/checks.ts';
import { badRequest } from '../service/service-error.ts';

export { text, word } from '../service/checks.ts';

const arnShape = /^arn:[a-z0-9-.]{1,63}:[a-z0-9-.]{0,63}:[a-z0-9-.]{0,63}:[a-z0-9-.]{0,63}:[^/].{0,1023}$/;

/** An ARN of 5 to 1600 characters that contains one of `kinds`, such as `/user/`. */
export function arn(field: string, value: unknown, ...kinds: readonly string[]): string {
  if (typeof value !== 'string' || value.length < 5 || value.length > 1600 || !arnShape.test(value)) {
    throw badRequest(`Expected ${field} to be an ARN of 5 to 1600 characters; got ${shown(value)}.`);
  }
  if (kinds.length > 0 && !kinds.some((kind) => value.includes(kind))) {
    throw badRequest(`Expected ${field} to be an ARN with ${kinds.join(' or ')}; got ${value}.`);
  }
  return value;
}

/** A MessageId or a SubChannelId: 1 to 128 of letters, digits, `-` and `_`. */
export function id(field: string, value: unknown): string {
  return matching(field, value, /^[-_a-zA-Z0-9]{1,128}$/, '1 to 128 of letters, digits, - and _');
}

/** A ClientRequestToken: 2 to 64 of letters, digits, `-` and `_`. */
export function token(field: string, value: unknown): string {
  return matching(field, value, /^[-_a-zA-Z0-9]{2,64}$/, '2 to 64 of letters, digits, - and _');
}

export function wholeNumber(field: string, value: string, from: number, to: number): number {
  const number = Number(value);
  if (!/^\d+$/.test(value) || number < from || number > to) {
    throw badRequest(`Expected ${field} to be a whole number from ${from} to ${to}; got ${value}.`);
  }
  return number;
}

/** A time in a query: ISO, as the SDK writes it, or seconds since the epoch. In milliseconds since the epoch. */
export function time(field: string, value: string): number {
  const ms = /^\d+(\.\d+)?$/.test(value) ? Number(value) * 1000 : Date.parse(value);
  if (Number.isNaN(ms)) throw badRequest(`Expected ${field} to be an ISO date or epoch seconds; got ${value}.`);
  return ms;
}

/** Checks an optional field if it is given; `null` counts as not given. */
export function optional<In, Out>(value: In, check: (value: NonNullable<In>) => Out): Out | undefined {
  return value === undefined || value === null ? undefined : check(value);
}

/** The fields of a JSON object body. */
export function jsonObject(body: string): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch (cause) {
    throw badRequest(`The request body is not JSON: ${String(cause)}`);
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw badRequest(`Expected the request body to be a JSON object; got ${shown(parsed)}.`);
  }
  return { ...parsed };
}

function matching(field: string, value: unknown, pattern: RegExp, expected: string): string {
  if (typeof value === 'string' && pattern.test(value)) return value;
  throw badRequest(`Expected ${field} to be ${expected}; got ${shown(value)}.`);
}
