// For properties of very many cases: `expect` explains well and takes its time, so it is asked only where there is
// something to explain.

import { isDeepStrictEqual } from 'node:util';
import { expect } from '@jest/globals';

export function expectEqual(real: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(real, expected)) expect(real).toEqual(expected);
}
