// Checks of single values, as the service's model has them. Each refusal says which field is invalid and why.

import { badRequest } from './service-error.ts';

export function text(field: string, value: unknown, atLeast: number, atMost: number): string {
  if (typeof value !== 'string' || value.length < atLeast || value.length > atMost) {
    const got = typeof value === 'string' ? `${value.length} characters` : shown(value);
    throw badRequest(`Expected ${field} to be a text of ${atLeast} to ${atMost} characters; got ${got}.`);
  }
  return value;
}

export function word<Word extends string>(field: string, value: unknown, words: readonly Word[]): Word {
  const found = words.find((one) => one === value);
  if (found === undefined) throw badRequest(`Expected ${field} to be one of ${words.join(', ')}; got ${shown(value)}.`);
  return found;
}

/** A value as an error shows it. */
export function shown(value: unknown): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, 200);
}
