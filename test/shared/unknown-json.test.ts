import { describe, expect, it } from '@jest/globals';
import { asObject, isNonEmptyString, tryRead } from '../../src/shared/unknown-json.ts';

describe('what comes from outside', () => {
  it.each([[{ a: 1 }], [[1]], [new Map()]])('has fields where it is an object: %p', (value) => {
    expect(asObject(value)).toBe(value);
  });

  it.each([[undefined], [null], ['text'], [7], [() => undefined]])('has none where it is %p', (value) => {
    expect(asObject(value)).toBeUndefined();
  });

  it('is what is read of it, or what is said instead where it cannot be read', () => {
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
  ])('%p is text that says something: %p', (value, expected) => {
    expect(isNonEmptyString(value)).toBe(expected);
  });
});
