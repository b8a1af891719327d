// For properties of very many cases: `expect` explains well but slowly, so it is called only if there is a difference
// to explain.

import { isDeepStrictEqual } from 'node:util';
import { expect } from '@jest/globals';

export function expectEqual(real: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(real, expected)) expect(real).toEqual(expected);
}
