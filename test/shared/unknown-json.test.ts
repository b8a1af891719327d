import { describe, expect, it } from '@jest/globals';
import { asObject, isNonEmptyString, tryRead } from '../../src/shared/unknown-json.ts';

describe('unknown JSON', () => {
  it.each([[{ a: 1 }], [[1]], [new Map()]])('has fields if it is an object: %p', (value) => {
    expect(asObject(value)).toBe(value);
  });

  it.each([[undefined], [null], ['text'], [7], [() => undefined]])('has none if it is %p', (value) => {
    expect(asObject(value)).toBeUndefined();
  });

  it('is the result of a read, or a fallback if that throws', () => {
    const trap = new Error('trap');
    const fail = (): never => {
      throw trap;
    };
    expect(tryRead(fail, () => 'read')).toBe('read');
    expect(tryRead((error) => [error], fail)).toEqual([trap]);
  });

  it.each([
    ['m1', true],
    [' ', true],
    ['', false],
    [7, false],
    [undefined, false],
    [['m1'], false],
  ])('%p is text with content: %p', (value, expected) => {
    expect(isNonEmptyString(value)).toBe(expected);
  });
});
